// The hosts on a circle and a line for every pair: the matrix as a picture, for a handful of hosts.

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <numbers>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"
#include "reports/terminal.h"

namespace reports {
namespace {

using traversal::Outcome;
using traversal::PairOutcome;

constexpr std::size_t fewest_hosts = 2;
constexpr std::size_t most_hosts = 8;
constexpr std::size_t most_labelled = 4;  // with more, labels would cover lines

// User units of the drawing; a phone shows it about half as wide as a desk.
constexpr double width = 460;
constexpr double chip_width = 140;
constexpr double chip_height = 54;
constexpr double tag_width = 118;
constexpr double tag_height = 40;

struct Point {
  double x = 0;
  double y = 0;
};

struct Layout {
  double height = 0;
  std::vector<Point> hosts;
};

// From the top, clockwise; two hosts stand side by side. A triangle gets flat sides so that its labels have room.
Layout layout(std::size_t count) {
  if (count == 2) return {.height = 120, .hosts = {{chip_width / 2 + 4, 60}, {width - chip_width / 2 - 4, 60}}};
  const double side = width / 2 - chip_width / 2 - 4;
  const double half = count == 3 ? 205 : 170;
  Layout out{.height = 2 * half + chip_height + 8};
  if (count == 3) {
    out.height = 330;
    const double low = out.height - chip_height / 2 - 4;
    return {out.height,
            {{width / 2, chip_height / 2 + 4}, {chip_width / 2 + 4, low}, {width - chip_width / 2 - 4, low}}};
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count);
    out.hosts.push_back({width / 2 + side * std::sin(turn), out.height / 2 - half * std::cos(turn)});
  }
  return out;
}

std::string_view stroke(Outcome outcome) {
  if (outcome == Outcome::Direct) return "";
  return outcome == Outcome::Asymmetric || outcome == Outcome::OneWay ? " detour" : " failed";
}

std::string line(Point from, Point to, const PairOutcome& pair) {
  return fmt::format(R"(<path class="edge {}{}" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>)", look(pair.outcome).tone,
                     stroke(pair.outcome), from.x, from.y, to.x, to.y);
}

// What the pair took, or what theory says it lacks; short enough for its tag.
std::string_view lacking(traversal::Prediction prediction) {
  using enum traversal::Prediction;
  switch (prediction) {
    case Direct: return "theory: direct";
    case Needs1Port: return "one port to guess";
    case Needs2PortsInTurn:
    case Needs2PortsJointly: return "two ports to guess";
    case Impossible: return "UDP blocked";
    case SameNat: return "same NAT";
    case Unknown: return "not predicted";
  }
  return {};
}

std::string small_print(const PairOutcome& pair) {
  return pair.connect ? duration_words(pair.connect->median) : std::string(lacking(pair.predicted));
}

std::string label(Point at, const PairOutcome& pair, const std::string& id) {
  constexpr std::array<std::string_view, 6> words = {"connected", "two paths", "one way", "failed", "lost", "not run"};
  return fmt::format(
      R"(<a href="#{}" class="{}" aria-label="{}"><rect class="tag")"
      R"( x="{:.1f}" y="{:.1f}" width="{}" height="{}" rx="12"/><text class="toned" text-anchor="middle")"
      R"( x="{:.1f}" y="{:.1f}">{} {}</text><text class="small" text-anchor="middle")"
      R"( x="{:.1f}" y="{:.1f}">{}</text></a>)",
      id, look(pair.outcome).tone, html_escaped(fmt::format("{} and {}: {}", pair.a, pair.b, plain(pair.outcome))),
      at.x - tag_width / 2, at.y - tag_height / 2, tag_width, tag_height, at.x, at.y - 3, look(pair.outcome).symbol,
      words[static_cast<std::size_t>(pair.outcome)], at.x, at.y + 13, small_print(pair));
}

// The name is a text of HTML: only the browser knows how much of it fits.
std::string chip(Point at, const traversal::Host& host, const std::string& id) {
  return fmt::format(
      R"(<a href="#{}"><rect class="chip" x="{:.1f}" y="{:.1f}" width="{}" height="{}" rx="14"/><foreignObject)"
      R"( x="{:.1f}" y="{:.1f}" width="{}" height="22"><div class="name">{}</div></foreignObject><text class="small")"
      R"( text-anchor="middle" x="{:.1f}" y="{:.1f}">{}</text></a>)",
      id, at.x - chip_width / 2, at.y - chip_height / 2, chip_width, chip_height, at.x - chip_width / 2 + 8, at.y - 20,
      chip_width - 16, html_escaped(host.name), at.x, at.y + 15, html_escaped(shortened(kind_of(host.behavior), 22)));
}

Point middle(Point a, Point b) { return {(a.x + b.x) / 2, (a.y + b.y) / 2}; }

}  // namespace

bool fits_map(const traversal::Matrix& matrix) {
  return matrix.hosts.size() >= fewest_hosts && matrix.hosts.size() <= most_hosts && !matrix.pairs.empty();
}

std::string network_map(const MatrixView& view) {
  const PlacedMatrix& placed = view.placed;
  const Layout plan = layout(placed.size());
  std::string lines;
  std::string labels;
  std::string chips;
  for (std::size_t row = 0; row < placed.size(); ++row) {
    chips += chip(plan.hosts[row], placed.host(row), view.anchor.host(row).id);
    for (std::size_t column = row + 1; column < placed.size(); ++column) {
      const PairOutcome* pair = placed.pair(row, column);
      if (pair == nullptr) continue;
      lines += line(plan.hosts[row], plan.hosts[column], *pair);
      if (placed.size() > most_labelled) continue;
      const std::string id = view.anchor.pair(placed.index(row, column)).id;
      labels += label(middle(plan.hosts[row], plan.hosts[column]), *pair, id);
    }
  }
  return fmt::format(R"(<svg viewBox="0 0 {} {:.0f}" role="group")"
                     R"( aria-label="The hosts and which of them connected; the table below says the same">
{}
{}
{}
</svg>)",
                     width, plan.height, lines, labels, chips);
}

}  // namespace reports
