// How many packets a second the network in memory delivers, on one core: host - NAT - core - host and back, over links
// with a delay. `items_per_second` are deliveries.

#include <benchmark/benchmark.h>

#include "lab/network.h"

namespace {

using namespace std::chrono_literals;

constexpr unsigned flows = 64;  // of one host, each asks and is answered once a turn

void deliveries(benchmark::State& state, const lab::NatProfile& profile) {
  const bool translates = profile.mapping != net::MappingBehavior::None;
  lab::Network network{net::Random(1)};
  const lab::Link link = lab::both_ways({.delay = 5ms});
  const net::IpAddress server_address = net::address("198.51.100.1");
  const net::IpAddress client_address = net::address("10.0.0.2");
  const lab::HostId server = network.add_host({server_address}, lab::core, link);
  lab::NatAddresses addresses{.inside = {net::address("10.0.0.1")}};
  if (translates) addresses.external = {net::address("203.0.113.1")};
  const lab::NodeId nat = network.add_nat(profile, addresses, lab::core, link);
  const lab::HostId client = network.add_host({client_address}, nat, link);

  net::TimePoint now{};
  std::int64_t delivered = 0;
  for (auto _ : state) {
    for (unsigned flow = 0; flow < flows; ++flow) {
      const auto port = static_cast<std::uint16_t>(20000 + flow);
      network.inject(
          client,
          {.source = {client_address, port}, .destination = {server_address, 3478}, .payload = net::Bytes(20)}, now);
    }
    now += 100ms;
    while (auto delivery = network.next_delivery(now)) {
      ++delivered;
      if (delivery->host != server) continue;
      lab::Packet& packet = delivery->packet;
      std::swap(packet.source, packet.destination);
      network.inject(server, std::move(packet), network.last_event());
    }
  }
  const auto expected = static_cast<std::int64_t>(state.iterations() * flows * 2);
  if (delivered != expected) state.SkipWithError("not every packet was delivered and answered");
  state.SetItemsProcessed(delivered);
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::string_view name : {"full-cone", "port-restricted-cone", "symmetric", "linux-masquerade", "no-nat"}) {
    benchmark::RegisterBenchmark(std::string(name).c_str(), deliveries, *lab::find_profile(name));
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
