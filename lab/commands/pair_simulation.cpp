#include "lab/commands/pair_simulation.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "lab/network.h"
#include "traversal/consent.h"
#include "traversal/half.h"
#include "traversal/predict.h"
#include "traversal/punch_attempt.h"
#include "traversal/strategy.h"
#include "traversal/summary.h"

namespace lab {
namespace {

using namespace std::chrono_literals;
using traversal::both_sides;
using traversal::PerSide;
using traversal::PunchAttempt;
using Party = traversal::Side;

// As a peer shows its punch socket to the rendezvous (traversal::signal_schedule), and the time that the rendezvous
// waits for it (traversal/pair_job.cpp).
constexpr net::Duration shown_every = 250ms;
constexpr int shown_at_most = 20;
constexpr net::Duration time_to_prepare = 8s;
constexpr net::Duration start_margin = 20ms;

constexpr std::uint16_t first_local_port = 49152;  // RFC 6335: dynamic ports
constexpr std::uint16_t rendezvous_port = 3480;

std::uint8_t number(Party side) { return side == Party::A ? 1 : 2; }

// Addresses as people have them: each home its own private network, a carrier's in between (RFC 6598).
net::IpAddress public_address(Party side) { return net::IpAddress::v4({192, 0, 2, number(side)}); }
net::IpAddress external_address(Party side) { return net::IpAddress::v4({203, 0, 113, number(side)}); }
net::IpAddress carrier_address(Party side) { return net::IpAddress::v4({100, 64, 0, number(side)}); }
net::IpAddress inside_address(Party home, Party side) {
  return net::IpAddress::v4({192, 168, number(home), number(side)});
}

struct Standing {  // a host in the network
  HostId host;
  net::IpAddress address;
};

class World {
 public:
  explicit World(const PairSetting& setting) : setting_(setting), random_(setting.seed), network_(random_.fork()) {
    const net::IpAddress address = net::IpAddress::v4({198, 51, 100, 1});
    rendezvous_ = {network_.add_host({address}), address};
    place_hosts();
  }

  traversal::PairOutcome play();

 private:
  struct Sockets {  // of one attempt: the first is the one the rendezvous sees
    std::vector<net::Endpoint> locals;
    net::Bytes nonce;                        // the rendezvous knows it by this
    std::optional<net::Endpoint> reflexive;  // as the rendezvous saw it
    std::optional<PunchAttempt> attempt;
    std::optional<traversal::Half> half;  // as reported, once decided
  };

  const HostPlace& place(Party side) const { return setting_.places[side]; }
  void place_hosts();
  NodeId place_carrier(Party side);
  NodeId place_nat(Party side, NodeId carrier);
  Standing place_host(Party home, Party side, NodeId nat);

  traversal::Pairing pairing() const;
  std::string try_one(const std::string& name, traversal::Attempt& attempt);
  std::string punch(const traversal::Strategy& strategy, traversal::Attempt& attempt);
  net::Endpoint fresh_local(Party side);
  bool show_sockets();
  void start(const traversal::Strategy& strategy);
  void run_until_decided();

  void handle(const Delivery& delivery);
  void tick(Party side);
  void send(Party from, PunchAttempt::Packet packet);
  void advance_until(net::TimePoint until);

  std::optional<traversal::Candidate> host_candidate(Party side) const;
  traversal::Description seen_by_other(Party side) const;
  traversal::Description seen_by_itself(Party side) const;

  const PairSetting& setting_;
  net::Random random_;
  Network network_;
  net::TimePoint now_;
  Standing rendezvous_;
  PerSide<Standing> standing_;
  PerSide<Sockets> sockets_;
};

// ---- places --------------------------------------------------------------------------------------------------------

void World::place_hosts() {
  const NodeId carrier = place_carrier(Party::A);
  const NodeId nat = place_nat(Party::A, carrier);
  standing_[Party::A] = place_host(Party::A, Party::A, nat);
  if (setting_.shared == Shared::Nat) {
    standing_[Party::B] = place_host(Party::A, Party::B, nat);
    return;
  }
  const NodeId other = setting_.shared == Shared::Carrier ? carrier : place_carrier(Party::B);
  standing_[Party::B] = place_host(Party::B, Party::B, place_nat(Party::B, other));
}

NodeId World::place_carrier(Party side) {
  if (place(side).carrier == nullptr) return core;
  return network_.add_nat(*place(side).carrier, {.external = {external_address(side)}});
}

NodeId World::place_nat(Party side, NodeId carrier) {
  const NatProfile& profile = *place(side).nat;
  NatAddresses addresses;
  if (translates(profile)) addresses.external = {carrier == core ? external_address(side) : carrier_address(side)};
  return network_.add_nat(profile, std::move(addresses), carrier, both_ways(place(side).link));
}

// What has no translation before it has the address of the network above.
Standing World::place_host(Party home, Party side, NodeId nat) {
  const bool inside = translates(*place(home).nat);
  const bool in_public = !inside && place(home).carrier == nullptr;
  const net::IpAddress address = inside      ? inside_address(home, side)
                                 : in_public ? public_address(side)
                                             : carrier_address(side);
  return {network_.add_host({address}, nat), address};
}

// ---- a pair --------------------------------------------------------------------------------------------------------

traversal::PairOutcome World::play() {
  const HostPlace& a = place(Party::A);
  const HostPlace& b = place(Party::B);
  traversal::PairOutcome pair{.a = a.name, .b = b.name, .predicted = traversal::predict(a.behavior, b.behavior).result};
  const auto& asked = setting_.strategies;
  for (const std::string& name : asked.empty() ? traversal::best_strategies(pairing()) : asked) {
    traversal::Attempt attempt{.strategy = name};
    const std::string direction = try_one(name, attempt);
    if (!direction.empty()) pair.direction = direction;
    pair.attempts.push_back(std::move(attempt));
    if (connected(pair.attempts.back().outcome)) break;
  }
  const auto& seen = sockets_.values;
  if (seen[0].reflexive && seen[1].reflexive && seen[0].reflexive->address == seen[1].reflexive->address)
    pair.predicted = traversal::Prediction::SameNat;
  summarize(pair);
  return pair;
}

traversal::Pairing World::pairing() const {
  const HostPlace& a = place(Party::A);
  const HostPlace& b = place(Party::B);
  return {.behaviors = {{a.behavior, b.behavior}},
          .ports = {{a.ports, b.ports}},
          .same_nat = setting_.shared != Shared::Nothing};
}

std::string World::try_one(const std::string& name, traversal::Attempt& attempt) {
  const traversal::Strategy& strategy = *traversal::find_strategy(name);
  attempt.why = strategy.obstacle(pairing());
  return attempt.why.empty() ? punch(strategy, attempt) : std::string{};
}

// The direction where it works one way only.
std::string World::punch(const traversal::Strategy& strategy, traversal::Attempt& attempt) {
  if (!show_sockets()) {
    attempt.outcome = traversal::Outcome::Failed;
    attempt.why = place(sockets_[Party::A].reflexive ? Party::B : Party::A).name +
                  "'s punch socket was not seen by the rendezvous";
    return {};
  }
  start(strategy);
  run_until_decided();
  return traversal::join({*sockets_[Party::A].half, *sockets_[Party::B].half},
                         {place(Party::A).name, place(Party::B).name}, attempt);
}

bool World::show_sockets() {
  for (const Party side : both_sides) {
    sockets_[side] = {.locals = {fresh_local(side)}, .nonce = net::Bytes(8)};
    random_.fill(sockets_[side].nonce);
  }
  const net::TimePoint begin = now_;
  const auto both_seen = [this] { return sockets_[Party::A].reflexive && sockets_[Party::B].reflexive; };
  for (int i = 0; i < shown_at_most && !both_seen(); ++i) {
    now_ = begin + i * shown_every;
    for (const Party side : both_sides) {
      if (!sockets_[side].reflexive) send(side, {{rendezvous_.address, rendezvous_port}, sockets_[side].nonce});
    }
    const net::TimePoint next = begin + (i + 1 < shown_at_most ? (i + 1) * shown_every : time_to_prepare);
    while (!both_seen() && network_.next_event().value_or(next) < next) advance_until(*network_.next_event());
  }
  return both_seen();
}

// One that no other socket of this host has.
net::Endpoint World::fresh_local(Party side) {
  const auto& taken = sockets_[side].locals;
  for (;;) {
    const net::Endpoint local{standing_[side].address,
                              static_cast<std::uint16_t>(random_.between(first_local_port, 65535))};
    if (std::ranges::find(taken, local) == taken.end()) return local;
  }
}

void World::start(const traversal::Strategy& strategy) {
  const net::Duration longest_trip = std::max(place(Party::A).link.delay, place(Party::B).link.delay);
  traversal::AttemptSetup setup{.attempt = random_.next(), .start = now_ + longest_trip + start_margin};
  random_.fill(setup.key);
  for (const Party side : both_sides) {
    traversal::Description remote = seen_by_other(other(side));
    remote.candidates =
        traversal::permitted(remote.candidates, *sockets_[side].reflexive, sockets_[side].locals.front());
    setup.plan = strategy.plan(seen_by_itself(side), remote, random_);
    while (sockets_[side].locals.size() < setup.plan.sockets) sockets_[side].locals.push_back(fresh_local(side));
    sockets_[side].attempt.emplace(setup, random_.fork());
  }
}

void World::run_until_decided() {
  for (;;) {
    net::TimePoint next = net::TimePoint::max();
    for (const Party side : both_sides) {
      next = std::min(next, sockets_[side].attempt->next_deadline().value_or(net::TimePoint::max()));
    }
    if (next == net::TimePoint::max()) return;  // both are decided
    next = std::min(next, network_.next_event().value_or(next));
    advance_until(next);
    for (const Party side : both_sides) tick(side);
  }
}

// ---- candidates ----------------------------------------------------------------------------------------------------

// Inside addresses are told only to a host that shows the same reflexive address.
std::optional<traversal::Candidate> World::host_candidate(Party side) const {
  const Sockets& own = sockets_[side];
  const bool same_nat = own.reflexive->address == sockets_[other(side)].reflexive->address;
  const net::Endpoint& local = own.locals.front();
  if (!same_nat || local == *own.reflexive) return std::nullopt;
  return traversal::Candidate{traversal::CandidateType::Host, local};
}

traversal::Description World::seen_by_other(Party side) const {
  traversal::Description out{.behavior = place(side).behavior, .ports = place(side).ports};
  if (const auto inside = host_candidate(side)) out.candidates.push_back(*inside);
  out.candidates.push_back({traversal::CandidateType::ServerReflexive, *sockets_[side].reflexive});
  return out;
}

traversal::Description World::seen_by_itself(Party side) const {
  return {place(side).behavior,
          {{traversal::CandidateType::ServerReflexive, *sockets_[side].reflexive},
           {traversal::CandidateType::Host, sockets_[side].locals.front()}},
          place(side).ports};
}

// ---- packets -------------------------------------------------------------------------------------------------------

void World::send(Party from, PunchAttempt::Packet packet) {
  Packet sent{
      .source = sockets_[from].locals[packet.socket], .destination = packet.to, .payload = std::move(packet.payload)};
  if (packet.ttl) sent.ttl = *packet.ttl;
  network_.inject(standing_[from].host, std::move(sent), now_);
}

void World::advance_until(net::TimePoint until) {
  while (const auto delivery = network_.next_delivery(until)) {
    now_ = std::max(now_, network_.last_event());
    handle(*delivery);
  }
  now_ = std::max(now_, until);
}

// The rendezvous answers, which is what a NAT sees of it; sockets of attempts that are over hear nothing.
void World::handle(const Delivery& delivery) {
  const Packet& packet = delivery.packet;
  if (packet.protocol != Protocol::Udp) return;
  if (delivery.host == rendezvous_.host) {
    for (const Party side : both_sides) {
      if (packet.payload == sockets_[side].nonce) sockets_[side].reflexive = packet.source;
    }
    network_.inject(rendezvous_.host, {.source = packet.destination, .destination = packet.source}, now_);
    return;
  }
  for (const Party side : both_sides) {
    Sockets& sockets = sockets_[side];
    if (delivery.host != standing_[side].host || !sockets.attempt) continue;
    const auto at = std::ranges::find(sockets.locals, packet.destination);
    if (at == sockets.locals.end()) continue;
    const auto index = static_cast<PunchAttempt::SocketIndex>(at - sockets.locals.begin());
    sockets.attempt->handle(now_, packet.source, packet.payload, index);
    tick(side);
  }
}

void World::tick(Party side) {
  Sockets& sockets = sockets_[side];
  sockets.attempt->tick(now_);
  for (PunchAttempt::Packet& packet : sockets.attempt->take_packets()) send(side, std::move(packet));
  if (sockets.attempt->decided() && !sockets.half) sockets.half = sockets.attempt->half();
}

}  // namespace

traversal::PairOutcome simulate_pair(const PairSetting& setting) { return World(setting).play(); }

}  // namespace lab
