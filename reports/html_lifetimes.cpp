// How long idle mappings live, as bars: unanswered, answered, two-way.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "reports/html_parts.h"

namespace reports {
namespace {

// User units.
constexpr double lifetimes_width = 520;
constexpr double names_width = 92;
constexpr double row_step = 40;
constexpr double bar_thickness = 20;

constexpr double required_seconds = 120;  // RFC 4787 REQ-5
constexpr double careful_seconds = 30;    // the shortest that is usual in the field

struct Lifetime {
  std::string_view name;
  double seconds = 0;
  bool or_longer = false;
};

std::optional<double> seconds_of(const probe::NamedFinding& finding, const std::string& name) {
  const auto figure = finding.figures.find(name);
  const double* seconds = figure == finding.figures.end() ? nullptr : std::get_if<double>(&figure->second);
  return seconds == nullptr ? std::nullopt : std::optional(*seconds);
}

std::vector<Lifetime> lifetimes_of(const probe::NamedFinding& finding) {
  constexpr std::array<std::array<const char*, 2>, 3> kinds = {
      {{"outbound_only", "unanswered"}, {"answered", "answered"}, {"two_way", "two-way"}}};
  std::vector<Lifetime> out;
  for (const auto& [key, name] : kinds) {
    if (const auto seconds = seconds_of(finding, key)) {
      out.push_back({name, *seconds, finding.figures.contains(std::string(key) + "_or_longer")});
    }
  }
  return out;
}

std::string lifetime_bar(const Lifetime& lifetime, double y, double per_second) {
  const double length = lifetime.seconds * per_second;
  const double right = names_width + length;
  std::string out = fmt::format(
      R"(<text class="small" text-anchor="end" x="{}" y="{:.1f}">{}</text><rect class="bar" x="{}" y="{:.1f}" width="{:.1f}" height="{}" rx="4"/>)",
      names_width - 10, y + 14.5, lifetime.name, names_width, y, length, bar_thickness);
  if (lifetime.or_longer) {
    out += fmt::format(R"(<path class="bar" d="M{:.1f} {:.1f}l10 10l-10 10z"/>)", right + 2, y);
  }
  return out + fmt::format(R"(<text class="port" x="{:.1f}" y="{:.1f}">{:g} s{}</text>)",
                           right + (lifetime.or_longer ? 18 : 8), y + 14.5, lifetime.seconds,
                           lifetime.or_longer ? " or more" : "");
}

std::string guide(double seconds, std::string_view words, double height, double per_second) {
  const double x = names_width + seconds * per_second;
  return fmt::format(
      R"(<path class="mark-line" d="M{0:.1f} 18V{1:.1f}"/><text class="tiny" text-anchor="middle" x="{0:.1f}" y="11">{2}</text>)",
      x, height - 6, words);
}

}  // namespace

std::string lifetimes_drawing(const probe::Report& report) {
  const probe::NamedFinding* finding = report.verdict.find("lifetime");
  if (finding == nullptr) return {};
  const std::vector<Lifetime> lifetimes = lifetimes_of(*finding);
  if (lifetimes.empty()) return {};
  double longest = required_seconds;
  for (const Lifetime& lifetime : lifetimes) longest = std::max(longest, lifetime.seconds);
  constexpr double room_for_words = 124;
  const double per_second = (lifetimes_width - names_width - room_for_words) / longest;
  const double height = 30 + row_step * static_cast<double>(lifetimes.size());
  std::string content = guide(careful_seconds, "30 s", height, per_second) +
                        guide(required_seconds, "120 s, RFC 4787", height, per_second);
  double y = 30;
  for (const Lifetime& lifetime : lifetimes) {
    content += lifetime_bar(lifetime, y, per_second);
    y += row_step;
  }
  const std::string keep_alive = finding->finding.value ? fmt::format(" A keep-alive every {} s is safe.",
                                                                      probe::to_string(*finding->finding.value))
                                                        : std::string();
  return fmt::format(
      R"(<figure class="plot"><svg viewBox="0 0 {} {:.0f}" role="img" aria-label="How long idle mappings live">{}</svg>)"
      R"(<figcaption>How long an idle mapping lives.{}</figcaption></figure>
)",
      lifetimes_width, height, content, keep_alive);
}

}  // namespace reports
