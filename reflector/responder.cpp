#include "reflector/responder.h"

#include "reflector/secrets.h"

namespace reflector {

Responder::Responder(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret, PartnerLink* link)
    : mode_(config.mode),
      topology_(topology_of(host)),
      destinations_(destination_rule_of(host, config.allowed_destinations)),
      tokens_(token_secrets(host, config, secret), session_of(secret, host.listen.family())),
      sent_(sip_key(secret, "sent"), config.sent_entries),
      link_(link),
      delayed_(config.delayed_entries, config.delayed_entries_of_a_source) {
  limit_sources(config, secret);
}

void Responder::limit_sources(const ReflectorConfig& config, net::BytesView secret) {
  sources_.reset();
  if (!config.requests_per_second) return;
  sources_.emplace(sip_key(secret, "sources"), config.limiter_lines, *config.requests_per_second,
                   config.requests_per_second_in_all);
}

void Responder::reconfigure(const HostConfig& host, const ReflectorConfig& config, const ReflectorConfig& before,
                            net::BytesView secret) {
  mode_ = config.mode;
  topology_ = topology_of(host);
  destinations_ = destination_rule_of(host, config.allowed_destinations);
  const bool other_limits = config.requests_per_second != before.requests_per_second ||
                            config.requests_per_second_in_all != before.requests_per_second_in_all;
  if (other_limits) limit_sources(config, secret);
}

Action Responder::answer(net::BytesView request, Arrived arrived, LiveCounts& counts, net::ByteRoom& out) {
  const auto message = stun::Message::decode(request);
  if (const auto why = passed_over(message, mode_)) {
    ++counts.requests[static_cast<std::size_t>(*why)];
    return {};
  }
  if (const auto token = message->get<stun::ReturnToken>()) {
    arrived.proven = proven(*token, arrived.from.address, arrived.at);
  }
  if (sources_) arrived.allowance = sources_->admit(arrived.from.address, arrived.proven, arrived.at);
  const bool delay = message->has(stun::AttributeType::Delay);
  const Response response = delay ? decide_on_delay(*message, arrived, out) : decide(*message, arrived, out);
  ++counts.requests[static_cast<std::size_t>(response.disposition)];
  return action_of(response, counts, out);
}

Response Responder::decide(const stun::Message& request, const Arrived& arrived, net::ByteRoom& out) {
  return respond(request, arrived, {standpoint(arrived.at), destinations_, tokens_, sent_, delayed_}, out);
}

Response Responder::decide_on_delay(const stun::Message& request, const Arrived& arrived, net::ByteRoom& out) {
  Response response;
  {
    const std::lock_guard lock(delayed_mutex_);
    response = decide(request, arrived, out);
    if (response.postponed) delayed_.add(response.postponed->reply, response.postponed->due);
  }
  if (response.postponed) wake();
  return response;
}

Action Responder::action_of(const Response& response, LiveCounts& counts, net::ByteRoom& out) {
  const Reply& reply = response.reply;
  const bool mine = topology_.here(reply.from);
  if (response.disposition == Disposition::OverLimit && mine) count_refused(reply);
  if (!answered(response.disposition)) return {};
  if (!mine) {
    link_->relay(reply, out);
    ++counts.relayed;
    return {.kind = Action::Kind::Relay};
  }
  if (response.disposition == Disposition::Success && reply.label) sent_.count_sent(reply.client.address, *reply.label);
  return {Action::Kind::Send, reply.from, reply.destination()};
}

Action Responder::send(const Reply& reply, const Extras& extras, std::size_t paid, net::TimePoint now,
                       net::ByteRoom& out) {
  const Standpoint here = standpoint(now);
  encode_success(reply, here, extras, size_limit(reply, here, paid).bytes, out);
  if (reply.label) sent_.count_sent(reply.client.address, *reply.label);
  return {Action::Kind::Send, reply.from, reply.destination()};
}

void Responder::count_refused(const Reply& reply) {
  if (reply.label) sent_.count_refused(reply.client.address, *reply.label);
}

std::optional<net::TimePoint> Responder::next_due() {
  const std::lock_guard lock(delayed_mutex_);
  return delayed_.next_due();
}

std::size_t Responder::waiting() {
  const std::lock_guard lock(delayed_mutex_);
  return delayed_.size();
}

std::optional<DelayedReply> Responder::take_due(net::TimePoint now) {
  const std::lock_guard lock(delayed_mutex_);
  return delayed_.take_due(now);
}

bool Responder::proven(const std::optional<stun::ReturnToken>& token, const net::IpAddress& source,
                       net::TimePoint now) const {
  return token && tokens_.valid(*token, source, now, link_ != nullptr ? link_->partner_issuer(now) : std::nullopt);
}

}  // namespace reflector
