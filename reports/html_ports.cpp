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

double row_y(std::size_t row, std::size_t rows, std::size_t most) {
  const double offset = static_cast<double>(most - rows) / 2;  // short columns stand in the middle
  return top + (static_cast<double>(row) + offset + 0.5) * row_height;
}

std::string box(double x, double y, std::string_view tone, const std::string& text) {
  return fmt::format(
      "<g class=\"{}\"><rect class=\"box\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"9\"/><text "
      "class=\"port\" "
      "text-anchor=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>",
      tone, x, y - box_height / 2, box_width, box_height, x + box_width / 2, y + 4, html_escaped(text));
}

std::string wire(double x1, double y1, double x2, double y2, std::string_view classes) {
  const double bend = (x1 + x2) / 2;
  return fmt::format("<path class=\"wire {}\" d=\"M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}\"/>",
                     classes, x1, y1, bend, y1, bend, y2, x2, y2);
}

std::string column_title(double x, std::string_view text) {
  return fmt::format("<text class=\"tiny\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"16\">{}</text>", x + box_width / 2,
                     text);
}

// Long IPv6 endpoints would leave their box: the end, which holds the port, is kept.
std::string fitting(const Endpoint& endpoint) {
  constexpr std::size_t most = 20;
  const std::string text = net::to_string(endpoint);
  return text.size() <= most ? text : "…" + text.substr(text.size() - most + 1);
}

std::string figure(double height, const std::string& content, std::string_view label, const std::string& caption) {
  return fmt::format(
      "<figure class=\"drawing\"><svg viewBox=\"0 0 {} {:.0f}\" role=\"img\" "
      "aria-label=\"{}\">{}</svg><figcaption>{}</figcaption></figure>\n",
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

std::string sender_row(const Sender& sender, double y) {
  constexpr std::array<std::string_view, 3> tones = {"good", "bad stopped", "idle stopped"};
  constexpr std::array<std::string_view, 3> words = {"● let in", "✕ kept out", "? unclear"};
  const auto index = static_cast<std::size_t>(sender.passage);
  const double wall = nat_x + box_width / 2;
  const double stop = sender.passage == Passage::LetIn ? host_x + box_width : wall + 12;
  std::string out =
      fmt::format("<path class=\"wire {}\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>", tones[index], world_x, y, stop, y);
  out += fmt::format("<text class=\"toned\" text-anchor=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", world_x - 8,
                     y - 6, words[index]);
  return fmt::format("<g class=\"{}\">{}</g>", tones[index].substr(0, tones[index].find(' ')), out);
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
  const double height = static_cast<double>(rows) * row_height;
  std::string content =
      fmt::format("<rect class=\"wall\" x=\"{:.1f}\" y=\"{}\" width=\"12\" height=\"{:.1f}\" rx=\"6\"/>",
                  nat_x + box_width / 2 - 6, top, height);
  std::string boxes = box(host_x, row_y(0, 1, rows), "idle", "this host");
  std::size_t let_in = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const double y = row_y(i, rows, rows);
    content += sender_row(list[i], y);
    boxes += box(world_x, y, "idle", fitting(list[i].endpoint));
    boxes += fmt::format("<text class=\"tiny\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>",
                         world_x + box_width / 2, y + box_height / 2 + 11, list[i].relation);
    if (list[i].passage == Passage::LetIn) ++let_in;
  }
  return figure(top + height + 14,
                column_title(host_x, "") + column_title(nat_x, "the filter") +
                    column_title(world_x, "answers sent from") + content + boxes,
                "Who was let in",
                fmt::format("After sending to one endpoint, answers from {} of {} endpoints came in.", let_in, rows));
}

}  // namespace reports
