#include "traversal/commands/port_findings.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace traversal {
namespace {

template <typename T>
std::optional<T> figure(const probe::NamedFinding& finding, std::string_view name) {
  const auto found = finding.figures.find(std::string(name));
  const auto* value = found == finding.figures.end() ? nullptr : std::get_if<T>(&found->second);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

// "33792 to 35839".
std::optional<PortRange> parse_range(std::string_view text) {
  constexpr std::string_view between = " to ";
  const auto middle = text.find(between);
  if (middle == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits, unsigned& into) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return error == std::errc{} && end == digits.data() + digits.size() && into <= highest_port;
  };
  PortRange range;
  const bool read =
      number(text.substr(0, middle), range.first) && number(text.substr(middle + between.size()), range.last);
  return read && range.first <= range.last ? std::optional(range) : std::nullopt;
}

// The lowest and highest of n ports seen lie on average (width / (n + 1)) from the ends of what they were drawn from.
std::optional<PortRange> drawn_from(const probe::NamedFinding& allocation) {
  const auto first = figure<double>(allocation, "first");
  const auto last = figure<double>(allocation, "last");
  const auto count = figure<double>(allocation, "ports");
  if (figure<bool>(allocation, "range_limited") != true || !first || !last || !count || *count < 2) return std::nullopt;
  const double margin = std::ceil((*last - *first) / (*count - 1));
  return PortRange{static_cast<unsigned>(std::max<double>(lowest_port, *first - margin)),
                   static_cast<unsigned>(std::min<double>(highest_port, *last + margin))};
}

}  // namespace

std::optional<PortPattern> port_pattern_of(const probe::Verdict& verdict) {
  const probe::NamedFinding* allocation = verdict.find("allocation");
  if (allocation == nullptr || !allocation->finding.value) return std::nullopt;
  PortPattern pattern;
  if (const auto step = figure<double>(*allocation, "step")) {
    pattern.step = static_cast<int>(*step);
  } else if (figure<bool>(*allocation, "parity") == true) {
    pattern.step = 2;  // RFC 4787 REQ-4: the next free port of the same parity
  }
  const auto block = figure<std::string>(*allocation, "block");
  pattern.range = block ? parse_range(*block) : drawn_from(*allocation);
  return pattern;
}

}  // namespace traversal
