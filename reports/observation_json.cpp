// One observation as a JSON object, every field of it.

#include <limits>

#include "reports/json_values.h"

namespace reports {
namespace {

std::string_view word(probe::Transport transport) { return transport == probe::Transport::Udp ? "udp" : "tcp"; }

std::optional<probe::Transport> parse_transport(std::string_view text) {
  if (text == "udp") return probe::Transport::Udp;
  if (text == "tcp") return probe::Transport::Tcp;
  return std::nullopt;
}

Json json_change(const std::optional<stun::ChangeRequest>& change) {
  if (!change) return nullptr;
  return {{"address", change->change_address}, {"port", change->change_port}};
}

Json json_sent_count(const std::optional<stun::SentCount>& count) {
  if (!count) return nullptr;
  return {{"sent", count->sent}, {"refused", count->refused}};
}

// Eight bytes as sixteen hexadecimal digits.
std::optional<stun::ReturnToken> parse_token(std::string_view text) {
  stun::ReturnToken token;
  if (text.size() != 2 * token.bytes.size()) return std::nullopt;
  if (text.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  const net::Bytes bytes = net::from_hex(text);
  std::copy(bytes.begin(), bytes.end(), token.bytes.begin());
  return token;
}

std::uint32_t u32_at(const Place& place) {
  return static_cast<std::uint32_t>(place.count(std::numeric_limits<std::uint32_t>::max()));
}

std::optional<stun::ChangeRequest> change_in(const Place& object) {
  const auto place = object.find("change");
  if (!place) return std::nullopt;
  return stun::ChangeRequest{.change_address = place->at("address").boolean(),
                             .change_port = place->at("port").boolean()};
}

std::optional<stun::SentCount> sent_count_in(const Place& object) {
  const auto place = object.find("sent_count");
  if (!place) return std::nullopt;
  return stun::SentCount{.sent = u32_at(place->at("sent")), .refused = u32_at(place->at("refused"))};
}

probe::Query query_at(const Place& object) {
  probe::Query query;
  query.discovery = object.at("discovery").text();
  query.socket = u32_at(object.at("socket"));
  query.transport = object.at("transport").word(parse_transport);
  query.to = endpoint_at(object.at("to"));
  query.change = change_in(object);
  query.expected_from = endpoint_at(object.at("expected_from"));
  if (const auto question = object.find("question")) query.question = u32_at(*question);
  query.most_requests = unsigned_at(object.at("most_requests"));
  return query;
}

// ---- what only some discoveries ask for: keys that are absent elsewhere
// -------------------------------------------------

Json json_gateway_question(const gateway::Question& question) {
  Json out = {{"act", gateway::to_string(question.act)}};
  if (question.inside) out["inside"] = net::to_string(*question.inside);
  if (question.external_port != 0) out["external_port"] = question.external_port;
  if (question.lease > net::Duration{}) out["lease_ms"] = milliseconds(question.lease);
  if (!question.path.empty()) out["path"] = question.path;
  if (!question.service.empty()) out["service"] = question.service;
  return out;
}

Json json_gateway_answer(const gateway::Answer& answer) {
  Json out = Json::object();
  if (answer.external_address) out["external_address"] = net::to_string(*answer.external_address);
  if (answer.external_port) out["external_port"] = *answer.external_port;
  if (answer.lease) out["lease_ms"] = milliseconds(*answer.lease);
  if (answer.url_port) out["url_port"] = *answer.url_port;
  if (!answer.path.empty()) out["path"] = answer.path;
  if (!answer.service.empty()) out["service"] = answer.service;
  if (!answer.vendor.empty()) out["vendor"] = answer.vendor;
  if (!answer.model.empty()) out["model"] = answer.model;
  return out;
}

Json json_assist_question(const probe::AssistQuestion& question) {
  Json out = {{"act", probe::to_string(question.act)}, {"socket", question.socket}};
  if (question.port != 0) out["port"] = question.port;
  if (question.target) out["target"] = net::to_string(*question.target);
  if (question.proof) out["proof"] = net::to_hex(*question.proof);
  return out;
}

Json json_assist_answer(const probe::AssistAnswer& answer) {
  Json out = Json::object();
  if (answer.asker) out["asker"] = net::to_string(*answer.asker);
  if (answer.local) out["local"] = net::to_string(*answer.local);
  if (answer.external) out["external"] = net::to_string(*answer.external);
  if (answer.proof) out["proof"] = net::to_hex(*answer.proof);
  return out;
}

void add_special(Json& out, const probe::Query& query) {
  if (query.heard_on) out["heard_on"] = *query.heard_on;
  if (query.to_ourselves) out["to_ourselves"] = true;
  if (query.response_port) out["response_port"] = *query.response_port;
  if (query.padding) out["padding"] = *query.padding;
  if (query.delay) out["delay_ms"] = milliseconds(*query.delay);
  if (query.ttl) out["ttl"] = *query.ttl;
  if (query.dont_fragment) out["dont_fragment"] = true;
  if (query.in_fragments) {
    out["in_fragments"] = {{"most", query.in_fragments->most}, {"reversed", query.in_fragments->reversed}};
  }
  if (query.size != 0) out["size"] = query.size;
  if (query.bound_to) out["bound_to"] = net::to_string(*query.bound_to);
  if (!query.fill.empty()) out["fill"] = net::to_hex(query.fill);
  if (query.gateway) out["gateway"] = json_gateway_question(*query.gateway);
  if (query.assist) out["assist"] = json_assist_question(*query.assist);
}

void add_special(Json& out, const probe::Observation& seen) {
  add_special(out, seen.query);
  if (seen.arrival) {
    out["arrival"] = {{"ttl", seen.arrival->ttl},
                      {"length", seen.arrival->length},
                      {"microseconds", seen.arrival->microseconds},
                      {"fill_hash", seen.arrival->fill_hash}};
  }
  if (seen.nat64) out["nat64"] = net::to_string(*seen.nat64);
  if (seen.gateway) out["gateway_answer"] = json_gateway_answer(*seen.gateway);
  if (seen.assist) out["assist_answer"] = json_assist_answer(*seen.assist);
  if (seen.reply_ttl) out["reply_ttl"] = *seen.reply_ttl;
  if (seen.reply_size != 0) out["reply_size"] = seen.reply_size;
  if (seen.icmp) {
    out["icmp"] = {{"type", seen.icmp->type}, {"code", seen.icmp->code}, {"at_ms", milliseconds(seen.icmp->at)}};
    if (seen.icmp->from) out["icmp"]["from"] = net::to_string(*seen.icmp->from);
    if (seen.icmp->mtu != 0) out["icmp"]["mtu"] = seen.icmp->mtu;
  }
}

template <typename T>
std::optional<T> optional_count(const Place& object, std::string_view key) {
  const auto place = object.find(key);
  if (!place) return std::nullopt;
  return static_cast<T>(place->count(std::numeric_limits<T>::max()));
}

bool flag(const Place& object, std::string_view key) {
  const auto place = object.find(key);
  return place && place->boolean();
}

std::optional<net::Bytes> parse_bytes(std::string_view text) {
  if (text.size() % 2 != 0 || text.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  return net::from_hex(text);
}

std::optional<net::IpAddress> parse_ip(std::string_view text) {
  const auto address = net::parse_address(text);
  return address ? std::optional(*address) : std::nullopt;
}

std::optional<net::Nat64Prefix> parse_nat64(std::string_view text) {
  const auto prefix = net::parse_nat64_prefix(text);
  return prefix ? std::optional(*prefix) : std::nullopt;
}

std::optional<gateway::Question> gateway_question_in(const Place& object) {
  const auto place = object.find("gateway");
  if (!place) return std::nullopt;
  gateway::Question out{.act = place->at("act").word(gateway::parse_act),
                        .inside = optional_endpoint(*place, "inside"),
                        .external_port = optional_count<std::uint16_t>(*place, "external_port").value_or(0)};
  if (const auto lease = place->find("lease_ms")) out.lease = duration_at(*lease);
  out.path = optional_text(*place, "path");
  out.service = optional_text(*place, "service");
  return out;
}

std::optional<gateway::Answer> gateway_answer_in(const Place& object) {
  const auto place = object.find("gateway_answer");
  if (!place) return std::nullopt;
  gateway::Answer out;
  if (const auto address = place->find("external_address")) out.external_address = address->word(parse_ip);
  out.external_port = optional_count<std::uint16_t>(*place, "external_port");
  if (const auto lease = place->find("lease_ms")) out.lease = duration_at(*lease);
  out.url_port = optional_count<std::uint16_t>(*place, "url_port");
  out.path = optional_text(*place, "path");
  out.service = optional_text(*place, "service");
  out.vendor = optional_text(*place, "vendor");
  out.model = optional_text(*place, "model");
  return out;
}

std::optional<probe::AssistProofId> parse_proof(std::string_view text) {
  const auto bytes = parse_bytes(text);
  probe::AssistProofId out{};
  if (!bytes || bytes->size() != out.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

std::optional<probe::AssistQuestion> assist_question_in(const Place& object) {
  const auto place = object.find("assist");
  if (!place) return std::nullopt;
  probe::AssistQuestion out{.act = place->at("act").word(probe::parse_assist_act),
                            .socket = static_cast<std::uint8_t>(place->at("socket").count(0xFF)),
                            .port = optional_count<std::uint16_t>(*place, "port").value_or(0),
                            .target = optional_endpoint(*place, "target")};
  if (const auto proof = place->find("proof")) out.proof = proof->word(parse_proof);
  return out;
}

std::optional<probe::AssistAnswer> assist_answer_in(const Place& object) {
  const auto place = object.find("assist_answer");
  if (!place) return std::nullopt;
  probe::AssistAnswer out{.asker = optional_endpoint(*place, "asker"),
                          .local = optional_endpoint(*place, "local"),
                          .external = optional_endpoint(*place, "external")};
  if (const auto proof = place->find("proof")) out.proof = proof->word(parse_proof);
  return out;
}

void read_special(const Place& object, probe::Query& query) {
  query.heard_on = optional_count<std::uint32_t>(object, "heard_on");
  query.to_ourselves = flag(object, "to_ourselves");
  query.response_port = optional_count<std::uint16_t>(object, "response_port");
  query.padding = optional_count<std::uint16_t>(object, "padding");
  if (const auto delay = object.find("delay_ms")) query.delay = duration_at(*delay);
  query.ttl = optional_count<std::uint8_t>(object, "ttl");
  query.dont_fragment = flag(object, "dont_fragment");
  if (const auto parts = object.find("in_fragments")) {
    query.in_fragments = {.most = static_cast<std::uint16_t>(parts->at("most").count(0xFFFF)),
                          .reversed = flag(*parts, "reversed")};
  }
  query.size = optional_count<std::uint16_t>(object, "size").value_or(0);
  query.bound_to = optional_endpoint(object, "bound_to");
  if (const auto fill = object.find("fill")) query.fill = fill->word(parse_bytes);
  query.gateway = gateway_question_in(object);
  query.assist = assist_question_in(object);
}

std::optional<stun::Arrival> arrival_in(const Place& object) {
  const auto place = object.find("arrival");
  if (!place) return std::nullopt;
  return stun::Arrival{.ttl = static_cast<std::uint8_t>(place->at("ttl").count(0xFF)),
                       .length = static_cast<std::uint16_t>(place->at("length").count(0xFFFF)),
                       .microseconds = place->at("microseconds").count(std::numeric_limits<std::uint64_t>::max()),
                       .fill_hash = u32_at(place->at("fill_hash"))};
}

std::optional<probe::IcmpSeen> icmp_in(const Place& object) {
  const auto place = object.find("icmp");
  if (!place) return std::nullopt;
  probe::IcmpSeen out{.type = static_cast<std::uint8_t>(place->at("type").count(0xFF)),
                      .code = static_cast<std::uint8_t>(place->at("code").count(0xFF)),
                      .mtu = optional_count<std::uint16_t>(*place, "mtu").value_or(0),
                      .at = duration_at(place->at("at_ms"))};
  if (const auto from = place->find("from")) out.from = from->word(parse_ip);
  return out;
}

void read_special(const Place& object, probe::Observation& seen) {
  read_special(object, seen.query);
  seen.arrival = arrival_in(object);
  if (const auto nat64 = object.find("nat64")) seen.nat64 = nat64->word(parse_nat64);
  seen.gateway = gateway_answer_in(object);
  seen.assist = assist_answer_in(object);
  seen.reply_ttl = optional_count<std::uint8_t>(object, "reply_ttl");
  seen.reply_size = optional_count<std::uint16_t>(object, "reply_size").value_or(0);
  seen.icmp = icmp_in(object);
}

}  // namespace

Json json_observation(const probe::Observation& observation, std::size_t index) {
  const probe::Query& query = observation.query;
  Json out;
  out["index"] = index;
  out["discovery"] = query.discovery;
  out["socket"] = query.socket;
  out["transport"] = word(query.transport);
  out["to"] = net::to_string(query.to);
  out["change"] = json_change(query.change);
  out["expected_from"] = net::to_string(query.expected_from);
  out["question"] = query.question ? Json(*query.question) : Json();
  out["most_requests"] = query.most_requests;
  out["outcome"] = probe::to_string(observation.outcome);
  out["local"] = json_endpoint(observation.local);
  out["sent_at_ms"] = milliseconds(observation.sent_at);
  out["answered_at_ms"] =
      observation.answered_at == net::Duration{} ? Json() : Json(milliseconds(observation.answered_at));
  out["waited_until_ms"] = milliseconds(observation.waited_until);
  out["requests"] = observation.requests;
  out["duplicates"] = observation.duplicates;
  out["ignored"] = observation.ignored;
  out["late"] = observation.late;
  out["from"] = json_endpoint(observation.from);
  out["mapped"] = json_endpoint(observation.mapped);
  out["mapped_plain"] = json_endpoint(observation.mapped_plain);
  out["response_origin"] = json_endpoint(observation.response_origin);
  out["other_address"] = json_endpoint(observation.other_address);
  out["return_token"] = observation.return_token ? Json(net::to_hex(observation.return_token->bytes)) : Json();
  out["sent_count"] = json_sent_count(observation.sent_count);
  out["error_code"] = observation.error_code ? Json(*observation.error_code) : Json();
  out["note"] = json_text(observation.note);
  add_special(out, observation);
  return out;
}

probe::Observation observation_at(const Place& object) {
  probe::Observation out;
  out.query = query_at(object);
  out.outcome = object.at("outcome").word(probe::parse_outcome);
  out.local = optional_endpoint(object, "local");
  out.sent_at = duration_at(object.at("sent_at_ms"));
  if (const auto answered = object.find("answered_at_ms")) out.answered_at = duration_at(*answered);
  out.requests = unsigned_at(object.at("requests"));
  if (const auto waited = object.find("waited_until_ms")) out.waited_until = duration_at(*waited);
  out.duplicates = optional_unsigned(object, "duplicates");
  out.ignored = optional_unsigned(object, "ignored");
  out.late = optional_unsigned(object, "late");
  out.from = optional_endpoint(object, "from");
  out.mapped = optional_endpoint(object, "mapped");
  out.mapped_plain = optional_endpoint(object, "mapped_plain");
  out.response_origin = optional_endpoint(object, "response_origin");
  out.other_address = optional_endpoint(object, "other_address");
  if (const auto token = object.find("return_token")) out.return_token = token->word(parse_token);
  out.sent_count = sent_count_in(object);
  if (const auto code = object.find("error_code")) out.error_code = static_cast<std::uint16_t>(code->count(0xFFFF));
  out.note = optional_text(object, "note");
  read_special(object, out);
  return out;
}

}  // namespace reports
