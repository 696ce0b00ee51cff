#include "reflector/host.h"

#include <fmt/core.h>

#include <algorithm>

#include "stun/crypto.h"

namespace reflector {
namespace {

using Derived = std::array<std::uint8_t, stun::sha256_size>;

Derived derived(net::BytesView secret, std::string_view purpose) {
  return stun::hmac_sha256(secret, net::as_bytes(purpose));
}

stun::SipKey sip_key(net::BytesView secret, std::string_view purpose) {
  stun::SipKey key{};
  const Derived bytes = derived(secret, purpose);
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

// Of a pair: from the shared key, so that one token serves both.
stun::SipKey token_secret(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret) {
  const bool shared = host.partner && !config.link_keys.empty();
  return sip_key(shared ? net::BytesView(config.link_keys.front()) : secret, "natscope return token");
}

std::uint64_t session_of(net::BytesView secret, net::Family family, std::uint32_t number) {
  const char* name = family == net::Family::V4 ? "IPv4" : "IPv6";
  const Derived bytes = derived(secret, fmt::format("session {} of {}", number, name));
  return net::get_u64(bytes) | 1U;  // 0 means none
}

std::vector<LinkKey> link_keys(const std::vector<net::Bytes>& secrets) {
  std::vector<LinkKey> keys;
  for (const net::Bytes& secret : secrets) keys.push_back(LinkKey::derived_from(secret));
  return keys;
}

std::optional<SourceLimiter> source_limiter(const ReflectorConfig& config, net::BytesView secret) {
  if (!config.requests_per_second) return std::nullopt;
  return SourceLimiter(sip_key(secret, "sources"), config.limiter_buckets, *config.requests_per_second,
                       config.requests_per_second_in_all);
}

}  // namespace

Host::Host(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret, net::SocketId first)
    : config_(host),
      mode_(config.mode),
      topology_(topology_of(host)),
      destinations_(destination_rule_of(host, config.allowed_destinations)),
      tokens_(token_secret(host, config, secret), session_of(secret, host.listen.family(), 0)),
      sent_(sip_key(secret, "sent"), config.sent_entries),
      sources_(source_limiter(config, secret)),
      ordered_destinations_(sip_key(secret, "destinations"), config.limiter_buckets),
      delayed_(config.delayed_entries, config.delayed_entries_of_a_source),
      link_keys_(link_keys(config.link_keys)),
      session_(session_of(secret, host.listen.family(), 0)),
      connections_(config.connections) {
  add_sockets(config, first);
}

void Host::add_sockets(const ReflectorConfig& config, net::SocketId first) {
  const auto add = [&](Kind kind, SocketRole role, const net::Endpoint& local) {
    const auto number = static_cast<std::uint32_t>(sockets_.size());
    sockets_.push_back({.id = {first.value + number}, .kind = kind, .role = role, .local = local});
  };
  for (const SocketRole role : all_roles) {
    if (!topology_.here(role)) continue;
    const net::Endpoint local{role.partner_address ? *config_.second_address : config_.listen.address,
                              topology_.endpoint(role).port};
    add(Kind::Udp, role, local);
    if (config.tcp) add(Kind::Tcp, role, local);
  }
  if (config_.partner) add(Kind::Link, {}, net::with_port(config_.listen, config_.link_port));
}

void Host::start() {
  for (const Socket& socket : sockets_) {
    if (socket.kind == Kind::Tcp) {
      outputs_.emplace_back(net::Listen{socket.id, socket.local});
    } else {
      outputs_.emplace_back(net::OpenUdp{socket.id, socket.local, std::nullopt});
    }
  }
}

void Host::reconfigure(const HostConfig& host, const ReflectorConfig& config, const ReflectorConfig& before,
                       net::BytesView secret, net::TimePoint now) {
  const bool other_pair = seen_address(host) != seen_address(config_) || host.partner != config_.partner;
  const bool other_limits = config.requests_per_second != before.requests_per_second ||
                            config.requests_per_second_in_all != before.requests_per_second_in_all;
  const bool other_keys = config.link_keys != before.link_keys;
  config_ = host;
  mode_ = config.mode;
  topology_ = topology_of(host);
  destinations_ = destination_rule_of(host, config.allowed_destinations);
  if (other_limits) sources_ = source_limiter(config, secret);
  link_keys_ = link_keys(config.link_keys);
  if (other_pair) {
    end_link();
    session_ = session_of(secret, family(), ++links_made_);
  } else if (link_) {
    link_->use_keys(link_keys_);
  }
  if (other_pair || other_keys) tokens_ = TokenKeeper(token_secret(host, config, secret), session_);
  open_link(now);
  if (link_) greet(now);
}

void Host::end_link() {
  counts_ = counts();
  link_.reset();
}

void Host::stop_accepting() {
  accepting_ = false;
  for (const Socket& socket : sockets_) {
    if (socket.kind == Kind::Tcp) outputs_.emplace_back(net::Close{socket.id});
  }
  connections_.close_idle(outputs_);
}

bool Host::owes(net::TimePoint until) const {
  const auto due = delayed_.next_due();
  return connections_.size() > 0 || (due && *due <= until);
}

// Not before all sockets are open: nothing is sent by a reflector that cannot work.
void Host::open_link(net::TimePoint now) {
  if (!config_.partner || link_ || !listening()) return;
  link_.emplace(LinkConfig{.own = seen_address(config_),
                           .partner = seen_address(*config_.partner),
                           .primary_port = config_.listen.port,
                           .alternate_port = config_.alternate_port.value_or(0),
                           .keys = link_keys_,
                           .session = session_},
                now);
}

void Host::handle(net::TimePoint now, const net::Input& input) {
  const auto answer_stream = [&](SocketRole role, const net::Endpoint& from, net::BytesView message) {
    const Response response = answer(message, {.role = role, .from = from, .transport = Transport::Tcp, .at = now});
    if (response.disposition == Disposition::Success && response.reply.label) {
      sent_.count_sent(from.address, *response.reply.label);
    }
    return net::BytesView(reply_bytes_);
  };
  const auto opened = [&](const net::Opened& event) {
    for (Socket& socket : sockets_) socket.open = socket.open || socket.id == event.socket;
    open_link(now);
  };
  std::visit(net::Overloaded{
                 opened, [&](const net::OpenFailed& event) { failure_ = event.attempt; },
                 [&](const net::Datagram& event) { receive(event, now); },
                 [&](const net::Accepted& event) {
                   const Socket* listener = find(event.listener);
                   connections_.accept(event, listener->role, now, outputs_);
                 },
                 [&](const net::StreamBytes& event) {
                   connections_.receive(event, now, answer_stream, outputs_);
                   if (!accepting_) connections_.close_idle(outputs_);
                 },
                 [&](const net::PeerFinished& event) { connections_.finish(event.connection, outputs_); },
                 [&](const net::Closed& event) { connections_.forget(event.connection); },
                 [](const auto&) {},  // ICMP errors: a client that went away
             },
             input);
  if (link_) greet(now);
}

void Host::tick(net::TimePoint now) {
  connections_.close_overdue(now, outputs_);
  send_delayed(now);
  if (link_) greet(now);
}

std::optional<net::TimePoint> Host::next_deadline() const {
  std::optional<net::TimePoint> earliest = connections_.next_deadline();
  const auto link = link_ ? std::optional(link_->next_deadline()) : std::nullopt;
  for (const auto& other : {delayed_.next_due(), link}) {
    if (other && (!earliest || *other < *earliest)) earliest = other;
  }
  return earliest;
}

void Host::move_outputs_to(std::vector<net::Output>& outputs) {
  std::move(outputs_.begin(), outputs_.end(), std::back_inserter(outputs));
  outputs_.clear();
}

void Host::close_all() {
  for (const Socket& socket : sockets_) outputs_.emplace_back(net::Close{socket.id});
}

// ---- requests ------------------------------------------------------------------------------------------------------

Response Host::answer(net::BytesView request, Arrived arrived) {
  reply_bytes_.clear();
  const auto message = read_request(request, mode_);
  if (!message) {
    ++counts_.requests[static_cast<std::size_t>(message.error())];
    return {.disposition = message.error()};
  }
  const auto token = message->get<stun::ReturnToken>();
  arrived.proven = proven(token ? std::optional(*token) : std::nullopt, arrived.from.address, arrived.at);
  if (sources_) arrived.allowance = sources_->admit(arrived.from.address, arrived.proven, arrived.at);
  const Context context{standpoint(arrived.at), destinations_, tokens_, sent_, delayed_};
  Response response = respond(*message, arrived, context, reply_bytes_);
  ++counts_.requests[static_cast<std::size_t>(response.disposition)];
  return response;
}

void Host::receive(const net::Datagram& datagram, net::TimePoint now) {
  const Socket* socket = find(datagram.socket);
  if (socket->kind == Kind::Link) return receive_from_partner(datagram, now);
  const Response response =
      answer(datagram.payload, {.role = socket->role, .from = datagram.from, .ttl = datagram.ttl, .at = now});
  const Reply& reply = response.reply;
  const bool mine = topology_.here(reply.from);
  if (response.disposition == Disposition::OverLimit && reply.label && mine) {
    sent_.count_refused(reply.client.address, *reply.label);
  }
  if (response.postponed) delayed_.add(response.postponed->reply, response.postponed->due);
  if (!answered(response.disposition)) return;
  if (!mine) {
    const Socket* link = find(Kind::Link, {});
    outputs_.emplace_back(net::Send{link->id, config_.partner->link, link_->relay(reply)});
    ++counts_.relayed;
    return;
  }
  if (response.disposition == Disposition::Success && reply.label) {
    sent_.count_sent(reply.client.address, *reply.label);
  }
  send_reply(reply);
}

void Host::send_reply(const Reply& reply) {
  outputs_.emplace_back(net::Send{find(Kind::Udp, reply.from)->id, reply.destination(), reply_bytes_});
}

// The client was proven to be there when it asked, so the request has paid; the limits are those of this moment.
void Host::send_delayed(net::TimePoint now) {
  while (const auto due = delayed_.take_due(now)) {
    const auto& [reply, arrival] = *due;
    if (!ordered_destinations_.admit(reply.client.address, true, now)) {
      ++counts_.delayed_limited;
      if (reply.label) sent_.count_refused(reply.client.address, *reply.label);
      continue;
    }
    const Standpoint here = standpoint(now);
    const Extras extras{.return_token = tokens_.issue(reply.client.address, now), .arrival = arrival};
    encode_success(reply, here, extras, size_limit(reply, here, reply.request_size), reply_bytes_);
    if (reply.label) sent_.count_sent(reply.client.address, *reply.label);
    ++counts_.delayed_sent;
    send_reply(reply);
  }
}

// ---- the partner ---------------------------------------------------------------------------------------------------

void Host::receive_from_partner(const net::Datagram& datagram, net::TimePoint now) {
  if (datagram.from.address != config_.partner->link.address) {
    ++counts_.strangers;
    return;
  }
  if (const auto order = link_->receive(datagram.payload, now)) send_for_partner(*order, now);
}

void Host::send_for_partner(const Reply& reply, net::TimePoint now) {
  const net::IpAddress& destination = reply.client.address;
  const bool trusted = proven(reply.token, destination, now);
  const bool allowed =
      destination.family() == family() && destinations_.allows(destination) && (trusted || mode_ == Mode::Compatible);
  if (!allowed) {
    ++counts_.destination_refused;
    return;
  }
  if (!ordered_destinations_.admit(destination, trusted, now)) {
    ++counts_.destination_limited;
    if (reply.label) sent_.count_refused(destination, *reply.label);
    return;
  }
  // The size of the request is the other host's word: only a client known to be there may have it paid back.
  const Standpoint here = standpoint(now);
  const std::size_t limit = size_limit(reply, here, trusted ? reply.request_size : 0);
  encode_success(reply, here, {.return_token = tokens_.issue(destination, now)}, limit, reply_bytes_);
  if (reply.label) sent_.count_sent(destination, *reply.label);
  ++counts_.sent_for_partner;
  send_reply(reply);
}

void Host::greet(net::TimePoint now) {
  if (auto hello = link_->take_hello(now)) {
    outputs_.emplace_back(net::Send{find(Kind::Link, {})->id, config_.partner->link, std::move(*hello)});
  }
}

bool Host::proven(const std::optional<stun::ReturnToken>& token, const net::IpAddress& source,
                  net::TimePoint now) const {
  return token && tokens_.valid(*token, source, now, link_ ? link_->partner_issuer(now) : std::nullopt);
}

Standpoint Host::standpoint(net::TimePoint now) const { return {topology_, partner_usable(now), mode_}; }

// ---- what it is ----------------------------------------------------------------------------------------------------

const Host::Socket* Host::find(net::SocketId id) const {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(), [id](const Socket& s) { return s.id == id; });
  return found == sockets_.end() ? nullptr : &*found;
}

const Host::Socket* Host::find(Kind kind, SocketRole role) const {
  const auto found =
      std::find_if(sockets_.begin(), sockets_.end(), [&](const Socket& s) { return s.kind == kind && s.role == role; });
  return found == sockets_.end() ? nullptr : &*found;
}

bool Host::owns(net::SocketId socket) const { return find(socket) != nullptr || connections_.has(socket); }

bool Host::listening() const {
  return std::all_of(sockets_.begin(), sockets_.end(), [](const Socket& s) { return s.open; });
}

std::vector<std::string> Host::listening_on() const {
  std::vector<std::string> lines;
  for (const Socket& socket : sockets_) {
    const char* transport = socket.kind == Kind::Tcp ? "tcp" : "udp";
    const char* remark = socket.kind == Kind::Link ? " (partner link)" : "";
    lines.push_back(fmt::format("{} {}{}", transport, net::to_string(socket.local), remark));
  }
  return lines;
}

const std::string& Host::link_problem() const {
  static const std::string none;
  return link_ ? link_->problem() : none;
}

Counts Host::counts() const {
  Counts all = counts_;
  for (std::size_t i = 0; link_ && i < link_fault_count; ++i) all.link_faults[i] += link_->faults()[i];
  return all;
}

HostStatus Host::status(net::TimePoint now) const {
  return {.family = family(),
          .counts = counts(),
          .connections = connections_.size(),
          .connections_refused = connections_.refused(),
          .delayed = delayed_.size(),
          .partner = config_.partner ? std::optional(config_.partner->link.address) : std::nullopt,
          .partner_usable = partner_usable(now),
          .link_problem = link_problem()};
}

}  // namespace reflector
