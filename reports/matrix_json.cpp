#include "reports/matrix_json.h"

#include "reports/json_values.h"
#include "reports/matrix_intake.h"

namespace reports {
namespace {

Json optional_ms(const std::optional<net::Duration>& duration) {
  return duration ? Json(milliseconds(*duration)) : Json();
}

template <typename T>
Json optional_word(const std::optional<T>& value) {
  return value ? Json(net::to_string(*value)) : Json();
}

net::NatClass class_of(const traversal::Host& host, const MatrixDocument& document) {
  const auto probe = document.probes.find(host.name);
  return probe == document.probes.end() ? net::nat_class(host.behavior) : probe->second.verdict.nat_class;
}

}  // namespace

Json json_host(const traversal::Host& host, const MatrixDocument& document) {
  Json out;
  out["name"] = host.name;
  out["class"] = net::to_string(class_of(host, document));
  out["behavior"] = {{"mapping", optional_word(host.behavior.mapping)},
                     {"filtering", optional_word(host.behavior.filtering)},
                     {"allocation", optional_word(host.behavior.allocation)},
                     {"udp_blocked", host.behavior.udp_blocked}};
  out["local"] = json_text(host.local);
  out["external"] = json_text(host.external);
  if (!host.external_other.empty()) out["external_other"] = host.external_other;
  if (!host.port_mapping.empty()) out["port_mapping"] = host.port_mapping;
  const auto probe = document.probes.find(host.name);
  if (probe != document.probes.end()) out["probe"] = json_report(probe->second);
  return out;
}

traversal::Host matrix_host_at(const Place& place, MatrixDocument& document) {
  traversal::Host host;
  host.name = place.at("name").text();
  const Place behavior = place.at("behavior");
  if (const auto mapping = behavior.find("mapping")) host.behavior.mapping = mapping->word(net::parse_mapping);
  if (const auto filtering = behavior.find("filtering")) {
    host.behavior.filtering = filtering->word(net::parse_filtering);
  }
  if (const auto allocation = behavior.find("allocation")) {
    host.behavior.allocation = allocation->word(net::parse_allocation);
  }
  host.behavior.udp_blocked = place.at("class").word(net::parse_nat_class) == net::NatClass::UdpBlocked;
  host.local = optional_text(place, "local");
  host.external = optional_text(place, "external");
  if (const auto other = place.find("external_other")) host.external_other = other->text();
  if (const auto protocol = place.find("port_mapping")) host.port_mapping = protocol->text();
  if (const auto probe = place.find("probe")) document.probes[host.name] = report_at(*probe);
  return host;
}

namespace {

Json json_held(const std::optional<traversal::Held>& held) {
  if (!held) return nullptr;
  return {{"sent", held->sent},
          {"answered", held->answered},
          {"round_trip_ms", optional_ms(held->round_trip)},
          {"survived", held->survived}};
}

std::optional<traversal::Held> held_in(const Place& hold, std::string_view side) {
  const auto place = hold.find(side);
  if (!place) return std::nullopt;
  traversal::Held held{.sent = unsigned_at(place->at("sent")), .answered = unsigned_at(place->at("answered"))};
  if (const auto round_trip = place->find("round_trip_ms")) held.round_trip = duration_at(*round_trip);
  held.survived = place->at("survived").boolean();
  return held;
}

Json json_event(const traversal::TimelineEvent& told) {
  const auto& [at, step, where] = told.event;
  return {{"at_ms", milliseconds(at)},
          {"by", traversal::to_string(told.by)},
          {"step", traversal::to_string(step)},
          {"where", where ? Json(net::to_string(*where)) : Json()}};
}

traversal::TimelineEvent event_at(const Place& place) {
  traversal::TimelineEvent told{.by = place.at("by").word(traversal::parse_witness)};
  told.event.at = duration_at(place.at("at_ms"));
  told.event.step = place.at("step").word(traversal::parse_step);
  if (const auto where = place.find("where")) told.event.where = endpoint_at(*where);
  return told;
}

Json json_attempt(const traversal::Attempt& attempt) {
  Json out;
  out["trial"] = attempt.trial;
  out["strategy"] = attempt.strategy;
  out["outcome"] = traversal::to_string(attempt.outcome);
  out["connect_ms"] = optional_ms(attempt.time_to_connect);
  out["packets"] = {{"a", attempt.packets_a}, {"b", attempt.packets_b}};
  out["ports"] = {{"a", attempt.ports_a}, {"b", attempt.ports_b}};
  out["hold"] = {{"a", json_held(attempt.held_a)}, {"b", json_held(attempt.held_b)}};
  out["why"] = json_text(attempt.why);
  out["timeline"] = Json::array();
  for (const auto& told : attempt.timeline) out["timeline"].push_back(json_event(told));
  return out;
}

traversal::Attempt attempt_at(const Place& place) {
  traversal::Attempt attempt;
  attempt.trial = unsigned_at(place.at("trial"));
  attempt.strategy = place.at("strategy").text();
  attempt.outcome = place.at("outcome").word(traversal::parse_outcome);
  if (const auto connect = place.find("connect_ms")) attempt.time_to_connect = duration_at(*connect);
  if (const auto packets = place.find("packets")) {
    attempt.packets_a = unsigned_at(packets->at("a"));
    attempt.packets_b = unsigned_at(packets->at("b"));
  }
  if (const auto ports = place.find("ports")) {
    attempt.ports_a = unsigned_at(ports->at("a"));
    attempt.ports_b = unsigned_at(ports->at("b"));
  }
  if (const auto hold = place.find("hold")) {
    attempt.held_a = held_in(*hold, "a");
    attempt.held_b = held_in(*hold, "b");
  }
  attempt.why = optional_text(place, "why");
  if (const auto timeline = place.find("timeline")) {
    for (const Place& told : timeline->items()) attempt.timeline.push_back(event_at(told));
  }
  return attempt;
}

Json json_times(const std::optional<traversal::ConnectTimes>& times) {
  if (!times) return nullptr;
  return {
      {"min", milliseconds(times->min)}, {"median", milliseconds(times->median)}, {"max", milliseconds(times->max)}};
}

std::optional<traversal::ConnectTimes> times_in(const Place& pair) {
  const auto times = pair.find("connect_ms");
  if (!times) return std::nullopt;
  return traversal::ConnectTimes{.min = duration_at(times->at("min")),
                                 .median = duration_at(times->at("median")),
                                 .max = duration_at(times->at("max"))};
}

}  // namespace

Json json_pair(const traversal::PairOutcome& pair) {
  Json out;
  out["a"] = pair.a;
  out["b"] = pair.b;
  out["predicted"] = traversal::to_string(pair.predicted);
  out["outcome"] = traversal::to_string(pair.outcome);
  out["direction"] = json_text(pair.direction);
  out["trials"] = pair.trials;
  out["successes"] = pair.successes;
  out["strategy"] = json_text(pair.strategy);
  out["connect_ms"] = json_times(pair.connect);
  out["why"] = json_text(pair.why);
  out["attempts"] = Json::array();
  for (const auto& attempt : pair.attempts) out["attempts"].push_back(json_attempt(attempt));
  return out;
}

namespace {

std::string direction_in(const Place& pair) {
  const auto direction = pair.find("direction");
  if (!direction) return {};
  if (direction->text() != "a-to-b" && direction->text() != "b-to-a") direction->fail("expected a-to-b or b-to-a");
  return direction->text();
}

}  // namespace

traversal::PairOutcome pair_at(const Place& place) {
  traversal::PairOutcome pair;
  pair.a = place.at("a").text();
  pair.b = place.at("b").text();
  pair.predicted = place.at("predicted").word(traversal::parse_prediction);
  pair.outcome = place.at("outcome").word(traversal::parse_outcome);
  pair.direction = direction_in(place);
  pair.trials = unsigned_at(place.at("trials"));
  pair.successes = unsigned_at(place.at("successes"));
  if (pair.successes > pair.trials) place.fail("more successes than trials");
  pair.strategy = optional_text(place, "strategy");
  pair.connect = times_in(place);
  pair.why = optional_text(place, "why");
  for (const Place& attempt : place.at("attempts").items()) pair.attempts.push_back(attempt_at(attempt));
  return pair;
}

MatrixDocument matrix_at(const Place& root) { return MatrixIntake().finish(root); }

std::string to_json(const MatrixDocument& document) {
  Json out;
  out["schema"] = matrix_schema;
  out["hosts"] = Json::array();
  for (const auto& host : document.matrix.hosts) out["hosts"].push_back(json_host(host, document));
  out["pairs"] = Json::array();
  for (const auto& pair : document.matrix.pairs) out["pairs"].push_back(json_pair(pair));
  if (document.drawn) out["drawn_from"] = json_draw(*document.drawn);
  out["started_at"] = timestamp(document.matrix.started_at);
  out["duration_ms"] = milliseconds(document.matrix.duration);
  return document_text(out);
}

net::Result<MatrixDocument, std::string> parse_matrix(std::string_view text) {
  return read_json(text, [](const Place& root) { return matrix_at(root); });
}

}  // namespace reports
