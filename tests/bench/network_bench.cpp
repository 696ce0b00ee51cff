// How many packets a second the network in memory delivers, on one core: host - NAT - core - host and back, over links
// with a delay. `items_per_second` are deliveries.

#include <benchmark/benchmark.h>

#include "lab/network.h"

namespace {

using namespace std::chrono_literals;

constexpr unsigned sites = 100;  // each a host behind a NAT of its own
constexpr unsigned flows = 4;    // of each host; each asks and is answered once a turn
constexpr lab::LinkProfile delayed{.delay = 5ms};

struct Site {
  lab::HostId host;
  net::IpAddress address;
};

Site add_site(lab::Network& network, const lab::NatProfile& profile, std::uint8_t number) {
  lab::NatAddresses addresses{.inside = {net::IpAddress::v4({10, 0, number, 1})}};
  if (profile.mapping != net::MappingBehavior::None) addresses.external = {net::IpAddress::v4({203, 0, 113, number})};
  const lab::NodeId nat = network.add_nat(profile, addresses, lab::core, lab::both_ways(delayed));
  const net::IpAddress address = net::IpAddress::v4({10, 0, number, 2});
  return {network.add_host({address}, nat, lab::both_ways(delayed)), address};
}

void ask(lab::Network& network, const Site& site, const net::Endpoint& server, net::TimePoint now) {
  for (std::uint16_t port = 20000; port < 20000 + flows; ++port) {
    network.inject(site.host, {.source = {site.address, port}, .destination = server, .payload = net::Bytes(20)}, now);
  }
}

void deliveries(benchmark::State& state, const lab::NatProfile& profile) {
  lab::Network network{net::Random(1)};
  const net::Endpoint address = net::endpoint("198.51.100.1:3478");
  const lab::HostId server = network.add_host({address.address}, lab::core, lab::both_ways(delayed));
  std::vector<Site> all;
  for (std::uint8_t number = 1; number <= sites; ++number) all.push_back(add_site(network, profile, number));

  net::TimePoint now{};
  std::int64_t delivered = 0;
  for (auto _ : state) {
    for (const Site& site : all) ask(network, site, address, now);
    now += 100ms;
    while (auto delivery = network.next_delivery(now)) {
      ++delivered;
      if (delivery->host != server) continue;
      lab::Packet& packet = delivery->packet;
      std::swap(packet.source, packet.destination);
      network.inject(server, std::move(packet), network.last_event());
    }
  }
  const auto expected = static_cast<std::int64_t>(state.iterations() * sites * flows * 2);
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
