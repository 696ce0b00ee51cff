#include "probe/expectation.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>

#include "probe/discovery.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

constexpr int all_known = 0;  // net::ExitCode, of which only programs know
constexpr int no_reflector = 3;
constexpr int partly_unknown = 4;

template <typename T>
std::string_view word(const Finding<T>& finding) {
  return finding.value ? net::to_string(*finding.value) : "unknown";
}

struct Key {
  std::string_view name;
  bool (*has_value)(std::string_view value);
  std::string_view (*found)(const Verdict& verdict);
};

bool names_class(std::string_view value) { return net::parse_nat_class(value).has_value(); }
bool names_classic_name(std::string_view value) { return net::parse_classic_name(value).has_value(); }
bool names_mapping(std::string_view value) { return net::parse_mapping(value).has_value(); }
bool names_filtering(std::string_view value) { return net::parse_filtering(value).has_value(); }

constexpr std::array keys = {
    Key{"class", names_class, [](const Verdict& verdict) { return net::to_string(verdict.nat_class); }},
    Key{"rfc3489", names_classic_name, [](const Verdict& verdict) { return net::to_string(verdict.rfc3489); }},
    Key{names::mapping, names_mapping, [](const Verdict& verdict) { return word(verdict.mapping); }},
    Key{names::filtering, names_filtering, [](const Verdict& verdict) { return word(verdict.filtering); }},
};

const Key* find_key(std::string_view name) {
  const auto* key = std::find_if(keys.begin(), keys.end(), [&](const Key& known) { return known.name == name; });
  return key == keys.end() ? nullptr : key;
}

constexpr std::string_view unknown_word = "unknown";

// Whether a text is a value of this key; nothing for a key that there is not.
std::function<bool(std::string_view)> values_of(std::string_view name) {
  if (const Key* key = find_key(name)) return key->has_value;
  const FindingKind* row = find_finding_kind(name);
  if (row == nullptr) return nullptr;
  return [row](std::string_view value) {
    return row->values.empty() ? !value.empty() : std::ranges::find(row->values, value) != row->values.end();
  };
}

std::string known_keys() {
  std::string out;
  for (const Key& key : keys) out += fmt::format("{}{}=", out.empty() ? "" : ", ", key.name);
  for (const FindingKind& row : finding_kinds()) out += fmt::format(", {}=", row.name);
  return out.insert(out.rfind(',') + 1, " or");
}

std::string found_value(const Verdict& verdict, std::string_view name) {
  if (const Key* key = find_key(name)) return std::string(key->found(verdict));
  const NamedFinding* found = verdict.find(name);
  return std::string(found != nullptr && found->finding.value ? to_string(*found->finding.value) : unknown_word);
}

}  // namespace

net::Result<Expectation, std::string> parse_expectation(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto has_value = values_of(name);
  if (equals == std::string_view::npos || !has_value) {
    return net::Unexpected(fmt::format("'{}' is not {} and a value", text, known_keys()));
  }
  const std::string_view value = text.substr(equals + 1);
  if (value == "unknown") return net::Unexpected(std::string("unknown cannot be expected"));
  if (!has_value(value)) return net::Unexpected(fmt::format("'{}' is not a value of {}", value, name));
  return Expectation{.key = std::string(name), .value = std::string(value)};
}

std::vector<std::string> unmet(const Verdict& verdict, const std::vector<Expectation>& expectations) {
  std::vector<std::string> out;
  for (const Expectation& expected : expectations) {
    const std::string found = found_value(verdict, expected.key);
    if (found == expected.value) continue;
    out.push_back(fmt::format("expected {}={}, found {}", expected.key, expected.value, found));
  }
  return out;
}

int exit_code(const Verdict& verdict, const ObservationLog& log, const std::vector<std::string_view>& findings) {
  if (!answered_over_udp(log)) return no_reflector;
  const bool all = std::all_of(findings.begin(), findings.end(),
                               [&](std::string_view finding) { return found_value(verdict, finding) != unknown_word; });
  return all ? all_known : partly_unknown;
}

}  // namespace probe
