#include "hostile_agents.h"

#include <algorithm>

#include "traversal/registry.h"

namespace tests {

using namespace traversal;

namespace {
constexpr net::SocketId first_socket{1};
constexpr net::Duration look_every = std::chrono::milliseconds(10);
}  // namespace

// ---- rendezvous ----------------------------------------------------------------------------------------------------

HostileRendezvous::HostileRendezvous(const net::Endpoint& listen, const std::string& token, net::Random random)
    : listen_(listen), key_(signal_key(token)), random_(random) {}

void HostileRendezvous::start(net::TimePoint) { outputs_.push_back(net::OpenUdp{first_socket, listen_, std::nullopt}); }

std::vector<SignalReply> HostileRendezvous::take_replies() {
  return peer_ ? peer_->take_replies() : std::vector<SignalReply>{};
}

void HostileRendezvous::handle(net::TimePoint now, const net::Input& input) {
  const auto* datagram = std::get_if<net::Datagram>(&input);
  if (datagram == nullptr) return;
  const auto message = decode_signal(datagram->payload, key_);
  if (!message) return;
  if (message->message_class != stun::MessageClass::Request) {
    if (peer_) peer_->handle(now, *message);
    return;
  }
  if (!message->content) return;
  Signal answer = Done{};
  if (const auto* registration = std::get_if<Register>(&*message->content)) {
    registration_ = *registration;
    if (!peer_) peer_.emplace(first_socket, datagram->from, key_, random_.fork());
  }
  if (std::holds_alternative<Observe>(*message->content)) {
    observed_ = datagram->from;
    answer = Observed{datagram->from};
  } else {
    answer = Registered{datagram->from, std::chrono::seconds(60)};
  }
  outputs_.push_back(net::Send{first_socket, datagram->from, encode_success(message->id, answer, key_)});
}

void HostileRendezvous::tick(net::TimePoint now) {
  next_look_ = now + look_every;
  if (!peer_) return;
  for (const Signal& signal : std::exchange(wanted_, {})) peer_->request(now, signal);
  peer_->tick(now);
  peer_->take_outputs(outputs_);
}

std::optional<net::TimePoint> HostileRendezvous::next_deadline() const { return next_look_; }

// ---- peer ----------------------------------------------------------------------------------------------------------

LyingPeer::LyingPeer(const net::Endpoint& rendezvous, const std::string& token, Register lie, net::Random random)
    : rendezvous_(rendezvous), key_(signal_key(token)), lie_(std::move(lie)), random_(random) {}

void LyingPeer::start(net::TimePoint now) {
  outputs_.push_back(net::OpenUdp{first_socket, {net::IpAddress::any(rendezvous_.family()), 0}, rendezvous_});
  clients_.emplace(first_socket, SignalClient(first_socket, rendezvous_, key_, random_.fork()));
  tick(now);
}

void LyingPeer::handle(net::TimePoint now, const net::Input& input) {
  const auto* datagram = std::get_if<net::Datagram>(&input);
  if (datagram == nullptr) return;
  const auto message = decode_signal(datagram->payload, key_);
  if (!message) return;
  if (message->message_class != stun::MessageClass::Request) {
    clients_.at(datagram->socket).handle(now, *message);
  } else if (message->content) {
    outputs_.push_back(net::Send{first_socket, datagram->from, encode_success(message->id, Done{}, key_)});
    if (const auto* prepare = std::get_if<Prepare>(&*message->content)) {
      const net::SocketId socket{static_cast<std::uint32_t>(clients_.size() + 1)};
      outputs_.push_back(net::OpenUdp{socket, {net::IpAddress::any(rendezvous_.family()), 0}, rendezvous_});
      clients_.emplace(socket, SignalClient(socket, rendezvous_, key_, random_.fork()));
      clients_.at(socket).request(now, Observe{.nonce = prepare->nonce, .local = lie_.local, .mapped = lie_.local});
      nonce_ = prepare->nonce;
    }
    if (const auto* begun = std::get_if<Start>(&*message->content)) {
      clients_.at(first_socket).request(now, Result{begun->attempt, nonce_, Half{}});
    }
  }
  tick(now);
}

void LyingPeer::tick(net::TimePoint now) {
  if (now >= next_registration_) {
    clients_.at(first_socket).request(now, lie_);
    next_registration_ = now + heartbeat;
  }
  for (auto& [socket, client] : clients_) client.tick(now);
}

std::optional<net::TimePoint> LyingPeer::next_deadline() const {
  std::optional<net::TimePoint> next = next_registration_;
  for (const auto& [socket, client] : clients_) {
    if (const auto own = client.next_deadline()) next = std::min(next.value_or(*own), *own);
  }
  return next;
}

std::vector<net::Output> LyingPeer::take_outputs() {
  for (auto& [socket, client] : clients_) client.take_outputs(outputs_);
  return std::exchange(outputs_, {});
}

// ---- victim --------------------------------------------------------------------------------------------------------

Victim::Victim(lab::Network& network, const net::IpAddress& address, const std::optional<net::IpAddress>& but) {
  network.watch([this, address, but](const lab::Sighting& sighting) {
    if (sighting.way != lab::Way::Down || !lab::enters(sighting.fate) || sighting.packet.source.address == but) return;
    if (sighting.packet.destination.address != address) return;
    arrivals_.push_back(sighting.time);
    bytes_ += sighting.packet.payload.size();
  });
}

std::size_t Victim::most_within(net::Duration window) const {
  std::size_t most = 0;
  for (auto first = arrivals_.begin(), last = arrivals_.begin(); last != arrivals_.end(); ++last) {
    while (*first + window <= *last) ++first;
    most = std::max(most, static_cast<std::size_t>(last - first) + 1);
  }
  return most;
}

void Victim::forget() {
  arrivals_.clear();
  bytes_ = 0;
}

}  // namespace tests
