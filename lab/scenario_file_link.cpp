// A link: keys that hold for both ways, and, under "up" and "down", those of one.

#include <array>
#include <cmath>

#include "lab/scenario_file_parts.h"

namespace lab {
namespace {

struct LinkKey {
  const char* key;
  double low;
  double high;
  bool whole;
  double (*get)(const LinkProfile& link);
  void (*set)(LinkProfile& link, double value);
};

constexpr double most_ms = 60'000;

net::Duration from_ms(double ms) { return net::Duration(std::llround(ms * 1e6)); }

constexpr std::array<LinkKey, 9> link_keys = {{
    {"delay_ms", 0, most_ms, false, [](const LinkProfile& link) { return net::to_ms(link.delay); },
     [](LinkProfile& link, double value) { link.delay = from_ms(value); }},
    {"jitter_ms", 0, most_ms, false, [](const LinkProfile& link) { return net::to_ms(link.jitter); },
     [](LinkProfile& link, double value) { link.jitter = from_ms(value); }},
    {"loss", 0, 1, false, [](const LinkProfile& link) { return link.loss; },
     [](LinkProfile& link, double value) { link.loss = value; }},
    {"duplication", 0, 1, false, [](const LinkProfile& link) { return link.duplication; },
     [](LinkProfile& link, double value) { link.duplication = value; }},
    {"reordering", 0, 1, false, [](const LinkProfile& link) { return link.reordering; },
     [](LinkProfile& link, double value) { link.reordering = value; }},
    {"reordering_delay_ms", 0, most_ms, false,
     [](const LinkProfile& link) { return net::to_ms(link.reordering_delay); },
     [](LinkProfile& link, double value) { link.reordering_delay = from_ms(value); }},
    {"rate_mbps", 0.001, 100'000, false, [](const LinkProfile& link) { return static_cast<double>(link.rate) / 1e6; },
     [](LinkProfile& link, double value) { link.rate = static_cast<std::uint64_t>(std::llround(value * 1e6)); }},
    {"queue_ms", 0, most_ms, false, [](const LinkProfile& link) { return net::to_ms(link.queue); },
     [](LinkProfile& link, double value) { link.queue = from_ms(value); }},
    {"mtu", 68, 65'535, true, [](const LinkProfile& link) { return static_cast<double>(link.mtu); },  // RFC 791
     [](LinkProfile& link, double value) { link.mtu = static_cast<std::uint16_t>(value); }},
}};

void read_way(const At& at, LinkProfile& link, bool both) {
  std::vector<std::string_view> known;
  for (const LinkKey& entry : link_keys) known.push_back(entry.key);
  if (both) known.insert(known.end(), {"up", "down"});
  at.keys(known);
  for (const LinkKey& entry : link_keys) {
    at.member(entry.key, [&](const At& field) {
      entry.set(link, entry.whole ? static_cast<double>(field.whole(static_cast<std::uint64_t>(entry.low),
                                                                    static_cast<std::uint64_t>(entry.high)))
                                  : field.number(entry.low, entry.high));
    });
  }
}

Json way_json(const LinkProfile& link) {
  Json json = Json::object();
  for (const LinkKey& entry : link_keys) {
    const double value = entry.get(link);
    if (value == entry.get(LinkProfile{})) continue;
    json[entry.key] = entry.whole ? Json(static_cast<std::uint64_t>(value)) : Json(value);
  }
  return json;
}

}  // namespace

ScenarioLink read_link(const At& at) {
  LinkProfile both;
  read_way(at, both, true);
  ScenarioLink link(both);
  at.member("up", [&](const At& field) { read_way(field, link.up, false); });
  at.member("down", [&](const At& field) { read_way(field, link.down, false); });
  return link;
}

Json link_json(const ScenarioLink& link) {
  if (link.up == link.down) return way_json(link.up);
  return {{"up", way_json(link.up)}, {"down", way_json(link.down)}};
}

}  // namespace lab
