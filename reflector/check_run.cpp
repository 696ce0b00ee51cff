#include "reflector/check_run.h"

#include <algorithm>
#include <memory>

#include "net/cannot_work.h"
#include "net/resolve.h"
#include "net/service_records.h"
#include "net/side_by_side.h"
#include "net/socket_driver.h"
#include "reflector/server_check.h"
#include "stun/crypto.h"

namespace reflector {
namespace {

net::Random chance() {
  std::array<std::uint8_t, 8> seed{};
  stun::fill_with_secret(seed);
  return net::Random(net::get_u64(seed));
}

// The first address of each family.
std::vector<net::Endpoint> one_a_family(const std::vector<net::Endpoint>& endpoints) {
  std::vector<net::Endpoint> out;
  for (const net::Endpoint& endpoint : endpoints) {
    const bool known =
        std::any_of(out.begin(), out.end(), [&](const net::Endpoint& e) { return e.family() == endpoint.family(); });
    if (!known) out.push_back(endpoint);
  }
  return out;
}

std::vector<CheckRow> name_rows(const net::HostAndPort& host, const std::vector<net::Endpoint>& endpoints) {
  if (net::parse_address(host.host)) return {};
  CheckedName name{.name = host.host};
  for (const net::Endpoint& endpoint : endpoints)
    (endpoint.family() == net::Family::V4 ? name.has_v4 : name.has_v6) = true;
  name.stun_records = net::find_service_records("_stun._udp." + host.host).size();
  name.behavior_records = net::find_service_records("_stun-behavior._udp." + host.host).size();
  return conclusions(name);
}

// The two of a pair have an address each.
void refuse_asked_twice(const std::vector<std::unique_ptr<ServerCheck>>& checks,
                        const std::vector<net::Endpoint>& endpoints, const net::HostAndPort& host) {
  for (const net::Endpoint& endpoint : endpoints) {
    const auto same = [&](const auto& check) { return check->log().server.address == endpoint.address; };
    if (std::none_of(checks.begin(), checks.end(), same)) continue;
    throw net::CannotWork("check " + host.host + ": " + net::to_string(endpoint.address) +
                          " is the other host's address too; a pair has two");
  }
}

void append(std::vector<CheckRow>& rows, std::vector<CheckRow> more) {
  std::move(more.begin(), more.end(), std::back_inserter(rows));
}

// A family this host has no route for is not asked; that none can be is a failure.
std::vector<const ServerCheck*> usable(const std::vector<std::unique_ptr<ServerCheck>>& checks) {
  std::vector<const ServerCheck*> out;
  for (const auto& check : checks) {
    if (!check->failure()) out.push_back(check.get());
  }
  if (out.empty()) throw net::CannotWork(*checks.front()->failure());
  return out;
}

}  // namespace

Checked check_hosts(const std::vector<net::HostAndPort>& hosts) {
  std::vector<std::unique_ptr<ServerCheck>> checks;
  std::vector<CheckRow> of_names;
  for (const net::HostAndPort& host : hosts) {
    const auto endpoints = one_a_family(net::resolve(host));
    refuse_asked_twice(checks, endpoints, host);
    for (const net::Endpoint& endpoint : endpoints) checks.push_back(std::make_unique<ServerCheck>(endpoint, chance()));
    append(of_names, name_rows(host, endpoints));
  }
  std::vector<net::Agent*> agents;
  for (const auto& check : checks) agents.push_back(check.get());
  net::SideBySide all(agents);
  net::SocketDriver driver;
  driver.stop_on_signals();
  driver.run(all);
  if (!all.finished()) throw net::CannotWork("stopped by a signal before the check was finished");

  Checked found;
  std::vector<CheckRow>& rows = found.rows;
  const auto asked = usable(checks);
  for (const ServerCheck* check : asked) {
    append(rows, conclusions(check->log(), hosts.size() == 2));
    found.answered = found.answered || check->log().answered_over_udp();
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    for (std::size_t j = i + 1; j < asked.size(); ++j) {
      const CheckLog& one = asked[i]->log();
      const CheckLog& other = asked[j]->log();
      if (one.server.family() == other.server.family()) append(rows, conclusions(one, other));
    }
  }
  append(rows, std::move(of_names));
  return found;
}

}  // namespace reflector
