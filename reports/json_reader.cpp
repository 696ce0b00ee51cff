#include "reports/json_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "reports/document_file.h"
#include "reports/terminal.h"

namespace reports {
namespace {

constexpr std::size_t longest_quote = 40;

// Watches the parser go by: depth and duplicate keys, which the library itself lets pass.
class Watch {
 public:
  bool operator()(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (static_cast<std::size_t>(depth) >= deepest_nesting) {
        throw Malformed{fmt::format("nested deeper than {}", deepest_nesting)};
      }
      open_.emplace_back();
    } else if (event == Event::object_end || event == Event::array_end) {
      open_.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!open_.back().insert(key).second) {
        throw Malformed{fmt::format("key \"{}\" occurs twice in one object", printable(key.substr(0, longest_quote)))};
      }
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> open_;
};

// `byte` counts from 1 and is where the parser stopped.
Malformed not_json(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, byte == 0 ? 0 : byte - 1);
  return {fmt::format("line {}: not JSON", 1 + std::count(before.begin(), before.end(), '\n'))};
}

}  // namespace

nlohmann::json parse_json(std::string_view text) {
  if (text.size() > document_limit) throw Malformed{fmt::format("longer than {} bytes", document_limit)};
  try {
    Watch watch;
    return nlohmann::json::parse(text, std::ref(watch));
  } catch (const nlohmann::json::parse_error& error) {
    throw not_json(text, error.byte);
  } catch (const nlohmann::json::exception&) {
    throw Malformed{"a number is too large"};  // the only other thing the parser refuses
  }
}

Place Place::at(std::string_view key) const {
  if (!value_->is_object()) fail("expected an object");
  const auto found = value_->find(key);
  if (found == value_->end()) fail(fmt::format("key \"{}\" is missing", key));
  return {*found, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key)};
}

std::optional<Place> Place::find(std::string_view key) const {
  if (!value_->is_object()) fail("expected an object");
  const auto found = value_->find(key);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return Place{*found, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key)};
}

std::vector<Place> Place::items() const {
  if (!value_->is_array()) fail("expected an array");
  std::vector<Place> out;
  out.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i) out.push_back({(*value_)[i], fmt::format("{}[{}]", path_, i)});
  return out;
}

std::vector<std::pair<std::string, Place>> Place::members() const {
  if (!value_->is_object()) fail("expected an object");
  std::vector<std::pair<std::string, Place>> out;
  for (const auto& [key, value] : value_->items()) {
    out.emplace_back(key, Place{value, fmt::format("{}.{}", path_, printable(key.substr(0, longest_quote)))});
  }
  return out;
}

const std::string& Place::text() const {
  if (!value_->is_string()) fail("expected text");
  return value_->get_ref<const std::string&>();
}

bool Place::boolean() const {
  if (!value_->is_boolean()) fail("expected true or false");
  return value_->get<bool>();
}

double Place::number(double least, double most) const {
  if (!value_->is_number()) fail("expected a number");
  const double value = value_->get<double>();
  if (!(value >= least && value <= most)) fail(fmt::format("expected a number from {} to {}", least, most));
  return value;
}

std::uint64_t Place::count(std::uint64_t most) const {
  if (!value_->is_number_unsigned() || value_->get<std::uint64_t>() > most) {
    fail(fmt::format("expected a whole number from 0 to {}", most));
  }
  return value_->get<std::uint64_t>();
}

void Place::fail(std::string_view what) const {
  throw Malformed{path_.empty() ? std::string(what) : fmt::format("{}: {}", path_, what)};
}

std::string Place::quoted(std::string_view text) {
  return fmt::format("\"{}\"", printable(text.substr(0, longest_quote)));
}

}  // namespace reports
