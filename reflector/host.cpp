#include "reflector/host.h"

#include <fmt/core.h>

#include <algorithm>

#include "reflector/secrets.h"

namespace reflector {
namespace {

std::vector<LinkKey> link_keys(const std::vector<net::Bytes>& secrets) {
  std::vector<LinkKey> keys;
  for (const net::Bytes& secret : secrets) keys.push_back(LinkKey::derived_from(secret));
  return keys;
}

LinkConfig link_config(const HostConfig& host, const ReflectorConfig& config, std::uint64_t session) {
  return {.own = seen_address(host),
          .partner = seen_address(*host.partner),
          .primary_port = host.listen.port,
          .alternate_port = host.alternate_port.value_or(0),
          .keys = link_keys(config.link_keys),
          .session = session};
}

// It is not up, and says nothing, before all sockets are open: a reflector that cannot work sends nothing.
std::optional<PartnerLink> link_of(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret) {
  if (!host.partner) return std::nullopt;
  const std::uint64_t session = session_of(secret, host.listen.family());
  return std::optional<PartnerLink>(std::in_place, link_config(host, config, session), net::TimePoint{});
}

}  // namespace

Host::Host(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret, net::SocketId first)
    : config_(host),
      link_(link_of(host, config, secret)),
      responder_(host, config, secret, link_ ? &*link_ : nullptr),
      ordered_destinations_(sip_key(secret, "destinations"), config.limiter_buckets),
      connections_(config.connections),
      counts_(1) {
  add_sockets(config, first);
}

void Host::add_sockets(const ReflectorConfig& config, net::SocketId first) {
  const auto add = [&](Kind kind, SocketRole role, const net::Endpoint& local) {
    const auto number = static_cast<std::uint32_t>(sockets_.size());
    sockets_.push_back({.id = {first.value + number}, .kind = kind, .role = role, .local = local});
  };
  for (const auto& [role, local] : stun_sockets_of(config_)) {
    add(Kind::Udp, role, local);
    if (config.tcp) add(Kind::Tcp, role, local);
  }
  if (const auto link = link_socket_of(config_)) add(Kind::Link, {}, *link);
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
  const bool other_keys = config.link_keys != before.link_keys;
  config_ = host;
  if (link_ && other_pair) {
    begin_link_anew(config, secret, now);
  } else if (link_ && other_keys) {
    link_->use_keys(link_keys(config.link_keys));
  }
  responder_.reconfigure(host, config, before, secret);
  if (other_pair || other_keys) {
    responder_.issue_tokens_of(token_secrets(host, config, secret), session_of(secret, family(), links_made_));
  }
  if (link_) responder_.issue_tokens_under(link_->agreed_key());
  greet(now);
}

void Host::begin_link_anew(const ReflectorConfig& config, net::BytesView secret, net::TimePoint now) {
  for (std::size_t i = 0; i < link_fault_count; ++i) faults_of_earlier_links_[i] += link_->faults()[i];
  link_.emplace(link_config(config_, config, session_of(secret, family(), ++links_made_)), now);
}

void Host::stop_accepting() {
  accepting_ = false;
  for (const Socket& socket : sockets_) {
    if (socket.kind == Kind::Tcp) outputs_.emplace_back(net::Close{socket.id});
  }
  connections_.close_idle(outputs_);
}

bool Host::owes(net::TimePoint until) {
  const auto due = responder_.next_due();
  return connections_.size() > 0 || (due && *due <= until);
}

void Host::handle(net::TimePoint now, const net::Input& input) {
  const auto answer_stream = [&](const stun::StreamConnections::Origin& origin, net::BytesView message) {
    const SocketRole role = find(origin.listener)->role;
    const Arrived arrived{.role = role, .from = origin.from, .transport = Transport::Tcp, .at = now};
    net::ByteRoom out(out_bytes_);
    (void)responder_.answer(message, arrived, counts_.front(), out);  // over the same stream, whatever it says
    return out.bytes();
  };
  const auto opened = [&](const net::Opened& event) {
    for (Socket& socket : sockets_) socket.open = socket.open || socket.id == event.socket;
  };
  std::visit(net::Overloaded{
                 opened, [&](const net::OpenFailed& event) { failure_ = event.attempt; },
                 [&](const net::Datagram& event) { receive(event, now); },
                 [&](const net::Accepted& event) { connections_.accept(event, now, outputs_); },
                 [&](const net::StreamBytes& event) {
                   connections_.receive(event, now, answer_stream, outputs_);
                   if (!accepting_) connections_.close_idle(outputs_);
                 },
                 [&](const net::PeerFinished& event) { connections_.finish(event.connection, outputs_); },
                 [&](const net::Closed& event) { connections_.forget(event.connection); },
                 [](const auto&) {},  // ICMP errors: a client that went away
             },
             input);
  greet(now);
}

void Host::tick(net::TimePoint now) {
  connections_.close_overdue(now, outputs_);
  send_delayed(now);
  greet(now);
}

std::optional<net::TimePoint> Host::next_deadline() {
  std::optional<net::TimePoint> earliest = connections_.next_deadline();
  const auto link = link_ && listening() ? std::optional(link_->next_deadline()) : std::nullopt;
  for (const auto& other : {responder_.next_due(), link}) {
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

void Host::receive(const net::Datagram& datagram, net::TimePoint now) {
  const Socket* socket = find(datagram.socket);
  if (socket->kind == Kind::Link) return receive_from_partner(datagram, now);
  const Arrived arrived{.role = socket->role, .from = datagram.from, .ttl = datagram.ttl, .at = now};
  net::ByteRoom out(out_bytes_);
  const Action action = responder_.answer(datagram.payload, arrived, counts_.front(), out);
  carry_out(action, out.bytes());
}

void Host::carry_out(const Action& action, net::BytesView bytes) {
  net::Bytes copy(bytes.begin(), bytes.end());
  if (action.kind == Action::Kind::Send) {
    outputs_.emplace_back(net::Send{find(Kind::Udp, action.from)->id, action.to, std::move(copy)});
  } else if (action.kind == Action::Kind::Relay) {
    outputs_.emplace_back(net::Send{find(Kind::Link, {})->id, config_.partner->link, std::move(copy)});
  }
}

// The client was proven to be there when it asked, so the request has paid; the limits are those of this moment.
void Host::send_delayed(net::TimePoint now) {
  while (const auto due = responder_.take_due(now)) {
    const auto& [reply, arrival] = *due;
    if (!ordered_destinations_.admit(reply.client.address, true, now)) {
      ++counts_.front().delayed_limited;
      responder_.count_refused(reply);
      continue;
    }
    ++counts_.front().delayed_sent;
    const Extras extras{.return_token = responder_.token_for(reply.client.address, now), .arrival = arrival};
    net::ByteRoom out(out_bytes_);
    const Action action = responder_.send(reply, extras, reply.request_size, now, out);
    carry_out(action, out.bytes());
  }
}

// ---- the partner ---------------------------------------------------------------------------------------------------

void Host::receive_from_partner(const net::Datagram& datagram, net::TimePoint now) {
  if (datagram.from.address != config_.partner->link.address) {
    ++counts_.front().strangers;
    return;
  }
  const auto order = link_->receive(datagram.payload, now);
  responder_.issue_tokens_under(link_->agreed_key());
  if (order) send_for_partner(*order, now);
}

void Host::send_for_partner(const Reply& reply, net::TimePoint now) {
  const net::IpAddress& destination = reply.client.address;
  const bool trusted = responder_.proven(reply.token, destination, now);
  const bool allowed = destination.family() == family() && responder_.destinations().allows(destination) &&
                       (trusted || responder_.mode() == Mode::Compatible);
  if (!allowed) {
    ++counts_.front().destination_refused;
    return;
  }
  if (!ordered_destinations_.admit(destination, trusted, now)) {
    ++counts_.front().destination_limited;
    responder_.count_refused(reply);
    return;
  }
  ++counts_.front().sent_for_partner;
  // The size of the request is the other host's word: only a client known to be there may have it paid back.
  const std::size_t paid = trusted ? reply.request_size : 0;
  net::ByteRoom out(out_bytes_);
  const Action action =
      responder_.send(reply, {.return_token = responder_.token_for(destination, now)}, paid, now, out);
  carry_out(action, out.bytes());
}

void Host::greet(net::TimePoint now) {
  if (!link_ || !listening()) return;
  while (auto hello = link_->take_hello(now)) {
    outputs_.emplace_back(net::Send{find(Kind::Link, {})->id, config_.partner->link, std::move(*hello)});
  }
}

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

LiveCounts& Host::counts_of_thread(std::size_t number) {
  while (counts_.size() < number + 2) counts_.emplace_back();
  return counts_[number + 1];
}

Counts Host::counts() const {
  Counts all{.link_faults = faults_of_earlier_links_};
  for (const LiveCounts& one : counts_) add(all, one);
  for (std::size_t i = 0; link_ && i < link_fault_count; ++i) all.link_faults[i] += link_->faults()[i];
  return all;
}

HostStatus Host::status(net::TimePoint now) {
  return {.family = family(),
          .counts = counts(),
          .connections = connections_.size(),
          .connections_refused = connections_.refused(),
          .delayed = responder_.waiting(),
          .partner = config_.partner ? std::optional(config_.partner->link.address) : std::nullopt,
          .partner_usable = partner_usable(now),
          .link_problem = link_problem()};
}

}  // namespace reflector
