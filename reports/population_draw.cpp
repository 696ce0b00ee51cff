#include "reports/population_draw.h"

#include <limits>

#include "reports/json_values.h"

namespace reports {
namespace {

Json json_interval(const Interval& interval) { return {{"low", interval.low}, {"high", interval.high}}; }

Interval interval_at(const Place& place) {
  const Interval interval{.low = place.at("low").number(0, 1), .high = place.at("high").number(0, 1)};
  if (interval.low > interval.high) place.fail("low is above high");
  return interval;
}

}  // namespace

Json json_draw(const PopulationDraw& drawn) {
  Json out;
  out["population"] = drawn.population;
  out["source"] = drawn.source;
  out["assumed"] = drawn.assumed;
  out["seed"] = drawn.seed;
  out["kinds"] = drawn.kinds;
  out["connected_over_hosts"] = json_interval(drawn.over_hosts);
  out["connected_over_pairs"] = json_interval(drawn.over_pairs);
  return out;
}

PopulationDraw draw_at(const Place& place) {
  PopulationDraw drawn{.population = place.at("population").text(),
                       .source = place.at("source").text(),
                       .assumed = place.at("assumed").text(),
                       .seed = place.at("seed").count(std::numeric_limits<std::uint64_t>::max()),
                       .over_hosts = interval_at(place.at("connected_over_hosts")),
                       .over_pairs = interval_at(place.at("connected_over_pairs"))};
  for (const Place& kind : place.at("kinds").items()) drawn.kinds.push_back(kind.text());
  return drawn;
}

}  // namespace reports
