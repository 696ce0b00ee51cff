// The four-endpoint drawings: which external port each destination saw, and who was let in through an open one.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/observation_words.h"

namespace reports {
namespace {

using net::Endpoint;
using probe::Observation;

// User units; three columns: the host, the NAT, the world outside.
constexpr double width = 520;
constexpr double row_height = 46;
constexpr double top = 34;
constexpr double box_height = 32;
constexpr double box_width = 152;
constexpr double host_x = 4;
constexpr double nat_x = 184;
constexpr double world_x = width - box_width - 4;
constexpr double sender_row_height = 54;
constexpr double sender_height = 42;
constexpr double wall_x = 226;
constexpr double wall_width = 12;

// Columns shorter than the longest stand in the middle.
double row_y(std::size_t row, std::size_t rows, std::size_t most, double height = row_height) {
  const double offset = static_cast<double>(most - rows) / 2;
  return top + (static_cast<double>(row) + offset + 0.5) * height;
}

std::string box(double x, double y, std::string_view tone, const std::string& text) {
  return fmt::format(R"(<g class="{}"><rect class="box" x="{}" y="{:.1f}" width="{}" height="{}" rx="9"/><text)"
                     R"( class="port" text-anchor="middle" x="{:.1f}" y="{:.1f}">{}</text></g>)",
                     tone, x, y - box_height / 2, box_width, box_height, x + box_width / 2, y + 4, html_escaped(text));
}

std::string wire(double x1, double y1, double x2, double y2, std::string_view classes) {
  const double bend = (x1 + x2) / 2;
  return fmt::format(R"(<path class="wire {}" d="M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}"/>)", classes,
                     x1, y1, bend, y1, bend, y2, x2, y2);
}

// Points left.
std::string arrow_head(double x, double y) {
  return fmt::format(R"(<path class="head" d="M{:.1f} {:.1f}l9 -5v10z"/>)", x, y);
}

std::string column_title(double x, std::string_view text) {
  return fmt::format(R"(<text class="tiny" text-anchor="middle" x="{:.1f}" y="16">{}</text>)", x + box_width / 2, text);
}

// Long IPv6 endpoints would leave their box: the end, which holds the port, is kept.
std::string fitting(const Endpoint& endpoint) {
  constexpr std::size_t most = 20;
  const std::string text = net::to_string(endpoint);
  return text.size() <= most ? text : "…" + text.substr(text.size() - most + 1);
}

std::string figure(double height, const std::string& content, std::string_view label, const std::string& caption) {
  return fmt::format(R"(<figure class="drawing"><svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}</svg>)"
                     R"(<figcaption>{}</figcaption></figure>
)",
                     width, height, label, content, caption);
}

// ---- mapping -------------------------------------------------------------------------------------------------------

struct Crossing {
  Endpoint seen;  // as the destination saw the socket
  Endpoint to;
};

bool plain_answer(const Observation& seen) {
  return seen.outcome == probe::Outcome::Answered && seen.query.transport == probe::Transport::Udp && seen_as(seen) &&
         !(seen.query.change && seen.query.change->any());
}

// The socket that asked the most destinations tells the most.
struct Crossings {
  std::optional<Endpoint> local;
  std::vector<Crossing> list;
};

Crossings best_socket(const probe::ObservationLog& log) {
  std::map<std::uint32_t, Crossings> sockets;
  for (const Observation& seen : log) {
    if (!plain_answer(seen)) continue;
    Crossings& socket = sockets[seen.query.socket];
    socket.local = seen.local;
    const bool known = std::any_of(socket.list.begin(), socket.list.end(),
                                   [&](const Crossing& crossing) { return crossing.to == seen.query.to; });
    if (!known) socket.list.push_back({.seen = *seen_as(seen), .to = seen.query.to});
  }
  Crossings best;
  for (auto& [number, socket] : sockets) {
    if (socket.list.size() > best.list.size()) best = std::move(socket);
  }
  std::sort(best.list.begin(), best.list.end(), [](const auto& a, const auto& b) { return a.to < b.to; });
  return best;
}

std::vector<Endpoint> distinct_seen(const Crossings& crossings) {
  std::vector<Endpoint> out;
  for (const Crossing& crossing : crossings.list) {
    if (std::find(out.begin(), out.end(), crossing.seen) == out.end()) out.push_back(crossing.seen);
  }
  return out;
}

// ---- filtering -----------------------------------------------------------------------------------------------------

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

std::string mapping_drawing(const probe::Report& report) {
  const Crossings crossings = best_socket(report.observations);
  if (crossings.list.empty()) return {};
  const std::vector<Endpoint> externals = distinct_seen(crossings);
  const std::size_t rows = crossings.list.size();
  const double middle = row_y(0, 1, rows);
  std::string wires;
  std::string boxes = box(host_x, middle, "idle", crossings.local ? fitting(*crossings.local) : "this host");
  for (std::size_t i = 0; i < externals.size(); ++i) {
    const double y = row_y(i, externals.size(), rows);
    wires += wire(host_x + box_width, middle, nat_x, y, "good");
    boxes += box(nat_x, y, externals.size() == 1 ? "good" : "fair", fitting(externals[i]));
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const auto external = std::find(externals.begin(), externals.end(), crossings.list[i].seen) - externals.begin();
    const double y = row_y(i, rows, rows);
    wires += wire(nat_x + box_width, row_y(static_cast<std::size_t>(external), externals.size(), rows), world_x, y,
                  externals.size() == 1 ? "good" : "fair");
    boxes += box(world_x, y, "idle", fitting(crossings.list[i].to));
  }
  const std::string caption = fmt::format("One socket, {} destination{}, {} external endpoint{}.", rows,
                                          rows == 1 ? "" : "s", externals.size(), externals.size() == 1 ? "" : "s");
  return figure(top + static_cast<double>(rows) * row_height + 6,
                column_title(host_x, "this host") + column_title(nat_x, "seen from outside as") +
                    column_title(world_x, "when sending to") + wires + boxes,
                "How ports were mapped", caption);
}

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
