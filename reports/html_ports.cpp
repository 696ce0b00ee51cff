// The scatter plot of port allocation: the external ports of a run's flows in the order the flows were asked.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "probe/seen_flows.h"
#include "reports/html_parts.h"

namespace reports {
namespace {

constexpr std::size_t fewest_flows = 5;

// User units.
constexpr double plot_width = 520;
constexpr double plot_height = 230;
constexpr double plot_left = 52;
constexpr double plot_top = 12;
constexpr double plot_floor = 200;
constexpr double dot_radius = 4;

struct PortScale {
  double low = 0;
  double high = 0;
  [[nodiscard]] double y(double port) const {
    return plot_floor - (port - low) / (high - low) * (plot_floor - plot_top);
  }
};

// A little room above and below, and never less than a few ports.
PortScale scale_of(const probe::SeenFlows& flows) {
  const auto by_port = [](const auto& one, const auto& other) { return one.external.port < other.external.port; };
  const auto [least, most] = std::minmax_element(flows.begin(), flows.end(), by_port);
  const double room = std::max(4.0, (most->external.port - least->external.port) * 0.08);
  return {std::max(0.0, least->external.port - room), std::min(65'535.0, most->external.port + room)};
}

// 1, 2 or 5 times a power of ten, so that there are three to six of them.
double tick_step(double range) {
  const double decade = std::pow(10, std::floor(std::log10(range / 3)));
  for (const double step : {5.0, 2.0}) {
    if (range / (decade * step) >= 3) return decade * step;
  }
  return std::max(1.0, decade);
}

std::string port_axis(const PortScale& scale) {
  const double step = tick_step(scale.high - scale.low);
  std::string out;
  for (double port = std::ceil(scale.low / step) * step; port <= scale.high; port += step) {
    out += fmt::format(
        R"(<path class="rule" d="M{} {:.1f}H{}"/><text class="tiny" text-anchor="end" x="{}" y="{:.1f}">{:.0f}</text>)",
        plot_left, scale.y(port), plot_width, plot_left - 8, scale.y(port) + 4, port);
  }
  return out;
}

std::string dot(const probe::SeenFlow& flow, double x, double y) {
  return fmt::format(
      R"(<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}"><title>#{}: {} to {} seen as {}</title></circle>)",
      flow.keeps_port() ? "kept" : "changed", x, y, dot_radius, flow.index, net::to_string(flow.local),
      net::to_string(flow.to), net::to_string(flow.external));
}

std::string dots(const probe::SeenFlows& flows, const PortScale& scale) {
  const double step = (plot_width - plot_left - 2 * dot_radius) / static_cast<double>(flows.size());
  std::string out;
  for (std::size_t i = 0; i < flows.size(); ++i) {
    out +=
        dot(flows[i], plot_left + dot_radius + step * (static_cast<double>(i) + 0.5), scale.y(flows[i].external.port));
  }
  return out;
}

}  // namespace

std::string ports_drawing(const probe::Report& report) {
  const probe::SeenFlows flows = probe::seen_flows(report.observations);
  if (flows.size() < fewest_flows) return {};
  const PortScale scale = scale_of(flows);
  const auto kept = std::count_if(flows.begin(), flows.end(), [](const auto& flow) { return flow.keeps_port(); });
  const std::string caption =
      fmt::format("External ports of {} flows, in the order they were asked; {} kept the local port{}.", flows.size(),
                  kept == 0 ? "none" : fmt::format("{}", kept), kept == 0 ? "" : " (blue)");
  return fmt::format(
      R"(<figure class="plot"><svg viewBox="0 0 {} {}" role="img" aria-label="How external ports were chosen">)"
      R"({}{}<text class="tiny" text-anchor="end" x="{}" y="{}">one flow after the other →</text></svg><figcaption>{}</figcaption></figure>
)",
      plot_width, plot_height, port_axis(scale), dots(flows, scale), plot_width, plot_height - 6, caption);
}

}  // namespace reports
