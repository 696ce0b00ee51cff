// The drawing of how ports were mapped: one socket, the external endpoints it was seen as, the destinations.

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <vector>

#include "reports/html_drawing.h"
#include "reports/html_parts.h"
#include "reports/observation_words.h"

namespace reports {
namespace {

using namespace drawing;
using net::Endpoint;
using probe::Observation;

constexpr double row_height = 46;
constexpr double nat_x = 184;

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

}  // namespace

std::string mapping_drawing(const probe::Report& report) {
  const Crossings crossings = best_socket(report.observations);
  if (crossings.list.empty()) return {};
  const std::vector<Endpoint> externals = distinct_seen(crossings);
  const std::size_t rows = crossings.list.size();
  const double middle = row_y(0, 1, rows, row_height);
  std::string wires;
  std::string boxes = box(host_x, middle, "idle", crossings.local ? fitting(*crossings.local) : "this host");
  for (std::size_t i = 0; i < externals.size(); ++i) {
    const double y = row_y(i, externals.size(), rows, row_height);
    wires += wire(host_x + box_width, middle, nat_x, y, "good");
    boxes += box(nat_x, y, externals.size() == 1 ? "good" : "fair", fitting(externals[i]));
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const auto external = std::find(externals.begin(), externals.end(), crossings.list[i].seen) - externals.begin();
    const double y = row_y(i, rows, rows, row_height);
    wires += wire(nat_x + box_width, row_y(static_cast<std::size_t>(external), externals.size(), rows, row_height),
                  world_x, y, externals.size() == 1 ? "good" : "fair");
    boxes += box(world_x, y, "idle", fitting(crossings.list[i].to));
  }
  const std::string caption = fmt::format("One socket, {} destination{}, {} external endpoint{}.", rows,
                                          rows == 1 ? "" : "s", externals.size(), externals.size() == 1 ? "" : "s");
  return figure(top + static_cast<double>(rows) * row_height + 6,
                column_title(host_x, "this host") + column_title(nat_x, "seen from outside as") +
                    column_title(world_x, "when sending to") + wires + boxes,
                "How ports were mapped", caption);
}

}  // namespace reports
