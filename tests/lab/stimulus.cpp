#include "tests/lab/stimulus.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "lab/address_translation.h"
#include "lab/icmp.h"
#include "lab/ip_packet.h"
#include "lab/nat_knobs.h"
#include "lab/tcp_segment.h"
#include "net/nat64.h"

namespace stimulus {

namespace {

using namespace std::chrono_literals;
using lab::Packet;
using lab::Protocol;
using net::Endpoint;

std::string flow(const Endpoint& source, const Endpoint& destination) {
  return fmt::format("{} > {}", net::to_string(source), net::to_string(destination));
}

std::string flags_of(const lab::TcpHeader& header) {
  return fmt::format("{}{}{}{}", header.syn ? "S" : "", header.ack ? "A" : "", header.fin ? "F" : "",
                     header.rst ? "R" : "");
}

std::string described(const Packet& packet) {
  const std::string endpoints = flow(packet.source, packet.destination);
  if (packet.fragment) {
    return fmt::format("fragment {} at {} of {} bytes", endpoints, packet.fragment->offset, packet.payload.size());
  }
  switch (packet.protocol) {
    case Protocol::Udp: return fmt::format("udp {} {}", endpoints, net::to_hex(packet.payload));
    case Protocol::Tcp: return fmt::format("tcp {} {}", endpoints, flags_of(lab::tcp_header(packet)));
    case Protocol::Icmp: break;
  }
  const auto [type, code] = lab::icmp_type(packet);
  const auto about = lab::icmp_kind(packet) == lab::IcmpKind::Error ? lab::quoted(packet) : std::nullopt;
  return fmt::format("icmp {} {}/{}{}", endpoints, type, code,
                     about ? " about " + flow(about->source, about->destination) : "");
}

// The script's memory: how the last packet of each inside socket was seen outside.
class Script {
 public:
  Script(World& world, Lines& lines) : world_(world), lines_(lines) {}

  std::vector<Arrival> send(const std::string& station, const Packet& packet) {
    std::vector<Arrival> arrivals = world_.send(station, packet);
    std::vector<std::string> seen;
    for (const Arrival& arrival : arrivals) {
      seen.push_back(fmt::format("{} {} ttl {}", arrival.station, described(arrival.packet), arrival.packet.ttl));
    }
    std::ranges::sort(seen);
    lines_.push_back(fmt::format("{} {} : {}", station, described(packet),
                                 seen.empty() ? "nothing" : fmt::format("{}", fmt::join(seen, "; "))));
    return arrivals;
  }

  // The source as the receiver saw it; the sender's own where nobody did.
  Endpoint udp(const std::string& from, std::uint16_t port, const Endpoint& to, std::string_view text = "x") {
    Packet packet{.source = at(from, port), .destination = towards(from, to), .payload = {text.begin(), text.end()}};
    const auto arrivals = send(from, packet);
    return arrivals.empty() ? packet.source : arrivals.front().packet.source;
  }
  Endpoint tcp(const std::string& from, std::uint16_t port, const Endpoint& to, const lab::TcpHeader& header) {
    Packet packet{.protocol = Protocol::Tcp,
                  .source = at(from, port),
                  .destination = towards(from, to),
                  .payload = lab::make_tcp_segment(header)};
    const auto arrivals = send(from, packet);
    return arrivals.empty() ? packet.source : arrivals.front().packet.source;
  }

  [[nodiscard]] Endpoint at(const std::string& station, std::uint16_t port) const {
    return {world_.address(station), port};
  }
  // As the station must name it: one that has only IPv6 reaches IPv4 through a NAT64 (RFC 6052).
  [[nodiscard]] Endpoint towards(const std::string& station, Endpoint to) const {
    const bool nat64 = at(station, 0).family() == net::Family::V6 && to.family() == net::Family::V4;
    if (nat64) to.address = net::well_known_nat64().with(to.address);
    return to;
  }
  void wait(net::Duration duration) {
    lines_.emplace_back("wait");
    world_.wait(duration);
  }

 private:
  World& world_;
  Lines& lines_;
};

constexpr std::uint16_t a_port = 3478, b_port = 3479;

void mapping_and_filtering(Script& s) {
  const Endpoint remotes[] = {s.at("r1", a_port), s.at("r1", b_port), s.at("r2", a_port), s.at("r2", b_port)};
  for (const std::uint16_t port : {std::uint16_t{40000}, std::uint16_t{40001}, std::uint16_t{500}}) {
    for (const char* host : {"h", "n"}) {
      const Endpoint seen = s.udp(host, port, remotes[0]);
      for (const char* from : {"r1", "r2"}) {
        for (const std::uint16_t remote_port : {a_port, b_port}) s.udp(from, remote_port, seen, "in");
      }
      for (const Endpoint& remote : remotes) s.udp(host, port, remote);
      for (const char* from : {"r1", "r2"}) s.udp(from, b_port, seen, "again");
    }
  }
}

void hairpin(Script& s) {
  const Endpoint mine = s.udp("h", 41000, s.at("r1", a_port));
  const Endpoint other = s.udp("n", 41001, s.at("r1", a_port));
  s.udp("h", 41000, other, "turn");
  s.udp("n", 41001, mine, "turn");
  s.udp("h", 41000, other, "turn");
  s.udp("h", 41000, s.at("n", 41001), "straight");
}

void unsolicited(Script& s, const Endpoint& external) {
  s.udp("r1", a_port, net::with_port(external, 42000), "who");
  s.udp("h", 42000, s.at("r1", a_port));
  s.udp("h", 42000, s.at("r2", a_port));
  s.tcp("r1", a_port, net::with_port(external, 42001), {.sequence = 7, .syn = true});
  s.tcp("r1", a_port, net::with_port(external, 42001), {.sequence = 7, .ack = true});
  s.send("r1", lab::make_echo_request(s.at("r1", 9), external.address, 1, {}));
}

void tcp_connections(Script& s) {
  for (const std::uint16_t port : {std::uint16_t{43000}, std::uint16_t{43001}}) {
    const Endpoint seen = s.tcp("h", port, s.at("r1", a_port), {.syn = true});
    s.tcp("r1", a_port, seen, {.syn = true, .ack = true});
    s.tcp("h", port, s.at("r1", a_port), {.ack = true});
    s.tcp("h", port, s.at("r2", a_port), {.syn = true});
    s.tcp("r1", b_port, seen, {.syn = true});
    s.tcp("r2", b_port, seen, {.syn = true});
    const bool by_reset = port == 43001;
    s.tcp("r1", a_port, seen, by_reset ? lab::TcpHeader{.rst = true} : lab::TcpHeader{.fin = true, .ack = true});
    s.tcp("h", port, s.at("r1", a_port), {.fin = !by_reset, .ack = true});
    s.tcp("r1", a_port, seen, {.ack = true});
  }
}

void icmp(Script& s) {
  const auto pinged = s.send(
      "h", lab::make_echo_request(s.at("h", 77), s.towards("h", s.at("r1", 0)).address, 1, net::as_bytes("ping")));
  for (const Arrival& arrival : pinged) {
    if (arrival.station == "r1") s.send("r1", lab::make_echo_reply(arrival.packet));
  }
  // An error from outside about what was sent, and one from inside about what came in.
  const Packet sent{.source = s.at("h", 44000), .destination = s.towards("h", s.at("r1", a_port)), .payload = {'e'}};
  for (const Arrival& arrival : s.send("h", sent)) {
    const auto error = lab::make_icmp_error(arrival.packet, s.at("r1", 0).address, lab::IcmpError::PortUnreachable);
    if (error) s.send("r1", *error);
    const Packet answer{.source = arrival.packet.destination, .destination = arrival.packet.source, .payload = {'a'}};
    for (const Arrival& back : s.send("r1", answer)) {
      if (back.station != "h") continue;
      s.send("h", *lab::make_icmp_error(back.packet, s.at("h", 0).address, lab::IcmpError::PortUnreachable));
    }
  }
  // The last hop that a packet has left.
  for (const std::uint8_t ttl : {std::uint8_t{1}, std::uint8_t{2}}) {
    Packet dying = sent;
    dying.ttl = ttl;
    s.send("h", dying);
  }
}

void fragments(Script& s) {
  const net::Bytes whole = lab::to_segment(
      {.source = s.at("h", 45000), .destination = s.towards("h", s.at("r1", a_port)), .payload = net::Bytes(40, 'f')});
  const auto part = [&](std::uint32_t id, std::uint16_t from, std::size_t to) {
    return Packet{.source = s.at("h", 0),
                  .destination = s.towards("h", s.at("r1", 0)),
                  .payload = {whole.begin() + from, whole.begin() + static_cast<std::ptrdiff_t>(to)},
                  .fragment = lab::Fragment{.id = id, .offset = from, .more_follow = to < whole.size()}};
  };
  s.send("h", part(1, 0, 24));
  s.send("h", part(1, 24, whole.size()));
  s.send("h", part(2, 24, whole.size()));
  s.send("h", part(2, 0, 24));
}

void payload(Script& s) {
  const std::string text = "at " + net::to_string(s.at("h", 46000)) + " or " + net::to_string(s.at("h", 0).address);
  const Endpoint seen = s.udp("h", 46000, s.at("r1", a_port), text);
  s.udp("r1", a_port, seen, "you are " + net::to_string(seen));
}

// A host that takes more than it may have.
void many(Script& s) {
  for (std::uint16_t i = 0; i < 12; ++i) s.udp("n", static_cast<std::uint16_t>(47000 + i), s.at("r2", a_port));
}

void lifetimes(Script& s, const lab::NatProfile& profile, net::Duration patience) {
  const net::Duration longest =
      std::max({profile.udp_lifetime, profile.udp_first_lifetime.value_or(net::Duration{}),
                profile.udp_answered_lifetime.value_or(net::Duration{}),
                profile.udp_two_way_lifetime.value_or(net::Duration{}), profile.icmp_lifetime});
  if (longest > patience) return;
  const Endpoint seen = s.udp("h", 48000, s.at("r1", a_port));
  s.wait(longest / 2);
  s.udp("r1", a_port, seen, "half");
  s.wait(longest * 3 / 4);
  s.udp("r1", a_port, seen, "refreshed?");
  s.wait(longest * 3 / 2);
  s.udp("r1", a_port, seen, "gone?");
  s.udp("h", 48000, s.at("r1", a_port));
}

}  // namespace

lab::Scenario stage(const lab::NatProfile& profile, lab::Families family) {
  lab::Scenario out;
  out.family = family;
  out.name = "stimulus";
  out.seed = 11;
  out.reflectors = {{.name = "r1"}, {.name = "r2"}};
  out.nats = {{.name = "nat", .profile = profile}};
  out.hosts = {{.name = "h", .behind = "nat"}, {.name = "n", .behind = "nat"}};
  return out;
}

SimulatedWorld::SimulatedWorld(const lab::Scenario& scenario) : layout_(lab::build(scenario)) {
  for (const auto* places : {&layout_.hosts, &layout_.reflectors}) {
    for (const auto& [name, placed] : *places) {
      hosts_[name] = *placed.node;
      addresses_[name] = placed.addresses;
    }
  }
}

std::vector<Arrival> SimulatedWorld::send(const std::string& station, const Packet& packet) {
  layout_.network.inject(hosts_.at(station), packet, now_);
  std::vector<Arrival> out;
  for (const lab::Delivery& delivery : layout_.network.advance(now_)) {
    const auto who = std::ranges::find(hosts_, delivery.host, [](const auto& entry) { return entry.second; });
    out.push_back({who->first, delivery.packet});
  }
  return out;
}

Lines play(World& world, const lab::NatProfile& profile, net::Duration patience) {
  Lines lines;
  Script script(world, lines);
  const Endpoint external = script.udp("h", 39999, script.at("r1", a_port));
  mapping_and_filtering(script);
  hairpin(script);
  unsolicited(script, external);
  tcp_connections(script);
  icmp(script);
  fragments(script);
  payload(script);
  many(script);
  lifetimes(script, profile, patience);
  return lines;
}

std::vector<lab::NatProfile> all_profiles() {
  std::vector<lab::NatProfile> out;
  for (const lab::NatProfile& profile : lab::all_profiles()) {
    if (profile.implementation == lab::Implementation::Model) out.push_back(profile);
  }
  out.push_back(*lab::find_profile("apdm-apdf-random"));
  out.back().name += "_forwards";
  out.back().forwards = {
      {.protocol = Protocol::Udp, .first_port = 42000, .last_port = 42009, .inside = net::endpoint("10.0.1.2:42000")}};
  for (const lab::Knob& knob : lab::nat_knobs()) {
    std::vector<lab::KnobValue> values;
    for (const auto word : knob.words) values.push_back(std::string(word));
    if (knob.words.empty() && knob.high == 0) values = {true, false};
    if (knob.key.ends_with("_s")) values = {0.1};
    if (knob.key == "ports_per_host" || knob.key == "table_size") values = {4.0};
    if (knob.key == "block_size") values = {64.0};
    if (knob.key == "step") values = {3.0};
    if (knob.key == "first_port") values = {20000.0};
    if (knob.key == "last_port") values = {39000.0};
    if (knob.key == "mapping" || knob.key == "filtering" || knob.key == "allocation")
      values.clear();  // the grid has them
    for (const auto& value : values) {
      for (const char* base : {"apdm-adf-random", "eim-apdf-preserving"}) {
        lab::NatProfile profile = *lab::find_profile(base);
        if (knob.key == "on_collision" && profile.mapping != net::MappingBehavior::EndpointIndependent) continue;
        const bool timed = knob.key.ends_with("_s") || knob.key == "refresh";
        for (const char* timer : {"udp_lifetime_s", "icmp_lifetime_s"}) {
          if (timed) lab::find_knob(timer)->set(profile, 0.2);
        }
        knob.set(profile, value);
        const auto text = std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
        profile.name = fmt::format("{}_{}_{}", base, knob.key, text);
        out.push_back(profile);
      }
    }
  }
  return out;
}

lab::Scenario stage_of_nat64() {
  lab::Scenario out = stage(*lab::find_profile("nat64"));
  out.hosts[0].addresses = {net::address("2001:db8:1:1::2")};
  out.hosts[1].addresses = {net::address("2001:db8:1:1::3")};
  return out;
}

std::vector<lab::NatProfile> ipv6_profiles() {
  std::vector<lab::NatProfile> out = {*lab::find_profile("symmetric")};
  for (const lab::NatProfile& profile : all_profiles()) {
    if (profile.ipv6 != lab::Ipv6Service::Nat66) out.push_back(profile);
  }
  return out;
}

}  // namespace stimulus
