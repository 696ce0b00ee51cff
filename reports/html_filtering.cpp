// The drawing of who was let in: the senders of answers, the filter, the host.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "reports/html_drawing.h"
#include "reports/html_escape.h"
#include "reports/html_parts.h"

namespace reports {
namespace {

using namespace drawing;
using net::Endpoint;
using probe::Observation;

constexpr double sender_row_height = 54;
constexpr double sender_height = 42;
constexpr double wall_x = 226;
constexpr double wall_width = 12;

enum class Passage : std::uint8_t { LetIn, KeptOut, Unclear };

struct Sender {
  Endpoint endpoint;
  std::string_view relation;  // to the endpoint that was asked
  Passage passage = Passage::Unclear;
};

std::string_view relation(const Endpoint& sender, const Endpoint& asked) {
  const bool same_address = sender.address == asked.address;
  if (same_address) return sender.port == asked.port ? "the one that was asked" : "its other port";
  return sender.port == asked.port ? "another address" : "another address and port";
}

Passage passage(probe::Outcome outcome) {
  if (outcome == probe::Outcome::Answered) return Passage::LetIn;
  return outcome == probe::Outcome::Silence ? Passage::KeptOut : Passage::Unclear;
}

// A sender was let in if any of its answers arrived; kept out if silence is all there was.
void add(std::vector<Sender>& senders, const Endpoint& endpoint, const Endpoint& asked, Passage passage) {
  const auto known =
      std::find_if(senders.begin(), senders.end(), [&](const Sender& sender) { return sender.endpoint == endpoint; });
  if (known == senders.end()) {
    senders.push_back({.endpoint = endpoint, .relation = relation(endpoint, asked), .passage = passage});
  } else if (passage == Passage::LetIn || known->passage == Passage::Unclear) {
    known->passage = passage;
  }
}

std::vector<Sender> senders(const probe::ObservationLog& log) {
  std::vector<Sender> out;
  for (const Observation& seen : log) {
    if (!seen.query.change || !seen.query.change->any() || seen.query.transport != probe::Transport::Udp) continue;
    if (out.empty()) add(out, seen.query.to, seen.query.to, Passage::LetIn);
    if (seen.query.to == out.front().endpoint) {
      add(out, seen.query.expected_from, seen.query.to, passage(seen.outcome));
    }
  }
  return out;
}

// From the sender to the filter; through it and on to the host when it was let in.
std::string sender_row(const Sender& sender, double y, double host_y) {
  constexpr std::array<std::string_view, 3> tones = {"good", "bad", "idle"};
  constexpr std::array<std::string_view, 3> words = {"● let in", "✕ kept out", "? unclear"};
  const auto index = static_cast<std::size_t>(sender.passage);
  const bool let_in = sender.passage == Passage::LetIn;
  std::string out = fmt::format(R"(<path class="wire{}" d="M{:.1f} {:.1f}H{:.1f}"/>)", let_in ? "" : " stopped",
                                world_x, y, wall_x + wall_width + (let_in ? 0 : 4));
  if (let_in) out += wire(wall_x, y, host_x + box_width + 7, host_y, "") + arrow_head(host_x + box_width, host_y);
  out += fmt::format(R"(<text class="toned" text-anchor="end" x="{:.1f}" y="{:.1f}">{}</text>)", world_x - 8, y - 7,
                     words[index]);
  return fmt::format(R"(<g class="{}">{}</g>)", tones[index], out);
}

// The sender's endpoint, and how it relates to the one that was asked.
std::string sender_box(const Sender& sender, double y) {
  constexpr auto form =
      R"(<g class="idle"><rect class="box" x="{:.1f}" y="{:.1f}" width="{}" height="{}" rx="9"/><text class="port" text-anchor="middle" x="{:.1f}" y="{:.1f}">{}</text><text class="tiny" text-anchor="middle" x="{:.1f}" y="{:.1f}">{}</text></g>)";
  const double middle = world_x + box_width / 2;
  return fmt::format(form, world_x, y - sender_height / 2, box_width, sender_height, middle, y - 3,
                     html_escaped(fitting(sender.endpoint)), middle, y + 12, sender.relation);
}

}  // namespace

std::string filtering_drawing(const probe::Report& report) {
  const std::vector<Sender> list = senders(report.observations);
  if (list.empty()) return {};
  const std::size_t rows = list.size();
  const double height = static_cast<double>(rows) * sender_row_height;
  const double middle = row_y(0, 1, rows, sender_row_height);
  std::string wires;
  std::string boxes = box(host_x, middle, "idle", "this host");
  for (std::size_t i = 0; i < rows; ++i) {
    const double y = row_y(i, rows, rows, sender_row_height);
    wires += sender_row(list[i], y, middle);
    boxes += sender_box(list[i], y);
  }
  const std::string wall = fmt::format(R"(<rect class="wall" x="{}" y="{}" width="{}" height="{:.1f}" rx="6"/>)",
                                       wall_x, top, wall_width, height);
  const auto let_in =
      std::count_if(list.begin(), list.end(), [](const Sender& sender) { return sender.passage == Passage::LetIn; });
  const std::string titles =
      column_title(wall_x + wall_width / 2 - box_width / 2, "the filter") + column_title(world_x, "answers sent from");
  return figure(top + height + 6, titles + wall + wires + boxes, "Who was let in",
                fmt::format("After sending to one endpoint, answers from {} of {} endpoints came in.", let_in, rows));
}

}  // namespace reports
