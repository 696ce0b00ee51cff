#include "probe/network_run.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <tuple>

#include "net/address_records.h"
#include "net/address_scope.h"
#include "net/cannot_work.h"
#include "net/interfaces.h"
#include "net/nat64.h"
#include "net/routes.h"
#include "net/side_by_side.h"
#include "probe/assist_command.h"
#include "probe/path_watch.h"
#include "probe/port_mapping_finding.h"
#include "probe/progress.h"
#include "probe/progress_line.h"
#include "probe/reflector_names.h"
#include "probe/running_time.h"
#include "stun/crypto.h"

namespace probe {
namespace {

constexpr net::Duration after_timeout_full = std::chrono::minutes(20);
constexpr unsigned most_tries = 5;                                  // to see the network at rest
constexpr net::Duration undoing_at_most = std::chrono::seconds(1);  // once the way there has changed

// ---- where to ask --------------------------------------------------------------------------------------------------

// The prefixes of the network's own NAT64: the user's, else as its name servers have them (RFC 7050), which are asked
// at most once, and only where the answer is of use.
class NetworksNat64 {
 public:
  explicit NetworksNat64(const std::optional<net::Nat64Prefix>& given) {
    if (given) prefixes_.emplace({*given});
  }
  [[nodiscard]] const std::vector<net::Nat64Prefix>& prefixes() {
    if (!prefixes_) prefixes_ = net::nat64_prefixes_in(net::find_ipv6_addresses(net::nat64_name));
    return *prefixes_;
  }

 private:
  std::optional<std::vector<net::Nat64Prefix>> prefixes_;
};

// With -6 reflectors of IPv4 are left out where there are others, and reached through a NAT64 where there is one.
std::vector<net::Endpoint> resolve_reflector(const net::HostAndPort& given, std::optional<net::Family> family,
                                             NetworksNat64& nat64) {
  const net::HostAndPort host = place_of_reflector(given);
  try {
    return net::resolve(host, family);
  } catch (const net::CannotWork&) {
    if (family != net::Family::V6) throw;
    std::vector<net::Endpoint> of_ipv4 = net::resolve(host, net::Family::V4);
    if (nat64.prefixes().empty()) throw;
    for (net::Endpoint& endpoint : of_ipv4) endpoint.address = nat64.prefixes().front().with(endpoint.address);
    return of_ipv4;
  }
}

// Whether IPv4 leads there by every interface that is asked for and has more than link-local addresses.
bool ipv4_leads(const net::IpAddress& to, const Options& options) {
  if (options.bind) return options.bind->family() == net::Family::V4;
  if (options.interface.empty() && !options.all_interfaces) return net::has_route(to);
  const auto all = net::interfaces();
  return std::all_of(all.begin(), all.end(), [&](const net::Interface& one) {
    const auto& own = one.addresses;
    const bool asked =
        options.all_interfaces ? one.up && one.carrier && one.name != "lo" : one.name == options.interface;
    const bool serves = std::any_of(own.begin(), own.end(), [](const net::IpAddress& address) {
      return net::scope(address) != net::AddressScope::LinkLocal;
    });
    return !asked || !serves || std::any_of(own.begin(), own.end(), [&](const net::IpAddress& address) {
      return address.family() == net::Family::V4 && net::has_route(to, one.name, address);
    });
  });
}

// Whether a NAT64 may be in play: a reflector has an IPv4 address and no way to it, or an IPv6 address that a DNS64 may
// have made. A host that has IPv4 needs none for what was written as an IPv6 address.
bool may_need_nat64(const std::vector<ResolvedReflector>& resolved, const Options& options) {
  if (options.family == net::Family::V4) return false;
  if (options.nat64) return true;
  static const net::IpAddress any_ipv4 = net::address("192.0.0.170");
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    const bool by_name = !net::parse_address(options.reflectors[i].host.host);
    for (const net::Endpoint& endpoint : resolved[i].endpoints) {
      const bool v4 = endpoint.family() == net::Family::V4;
      const net::AddressScope scope = net::scope(endpoint.address);
      const bool near = net::never_a_destination(scope) || scope == net::AddressScope::Loopback;
      if (near || net::well_known_nat64().ipv4_in(endpoint.address)) continue;
      if (!v4 && by_name) return true;
      if (!ipv4_leads(v4 ? endpoint.address : any_ipv4, options)) return true;
    }
  }
  return false;
}

std::vector<Path> paths_for(const Options& options) {
  std::vector<ResolvedReflector> resolved;
  NetworksNat64 nat64(options.nat64);
  for (const ReflectorOption& reflector : options.reflectors) {
    resolved.push_back({reflector.given, resolve_reflector(reflector.host, options.family, nat64)});
  }
  const bool look_for_nat64 = may_need_nat64(resolved, options);
  const PathWish wish{.bind = options.bind, .interface = options.interface, .all_interfaces = options.all_interfaces};
  const Surroundings surroundings{
      .interfaces = net::interfaces(),
      .has_route = [](const net::IpAddress& to) { return net::has_route(to); },
      .has_route_through = [](const net::IpAddress& to, const std::string& interface,
                              const net::IpAddress& source) { return net::has_route(to, interface, source); },
      .nat64 = look_for_nat64 ? nat64.prefixes() : std::vector<net::Nat64Prefix>()};
  auto paths = choose_paths(resolved, wish, surroundings);
  if (!paths) throw net::CannotWork(paths.error());
  return *paths;
}

// ---- what the system knows of the path -----------------------------------------------------------------------------

// Port mapping protocols are asked over IPv4: a link-local IPv6 gateway cannot be told from others by its address.
std::optional<net::IpAddress> gateway_of(const ProbeConfig& config) {
  const net::IpAddress& reflector = config.reflectors.front().endpoint.address;
  if (reflector.family() != net::Family::V4) return std::nullopt;
  return net::gateway_towards(reflector, config.bind ? std::optional(config.bind->address) : std::nullopt);
}

// Those with a route to the reflector, where they are all of one interface; none where it is not known which serves.
std::vector<net::IpAddress> own_addresses(const ProbeConfig& config) {
  const net::IpAddress& reflector = config.reflectors.front().endpoint.address;
  std::vector<std::vector<net::IpAddress>> of_interfaces;
  for (const net::Interface& interface : net::interfaces()) {
    if (!config.interface.empty() && interface.name != config.interface) continue;
    std::vector<net::IpAddress> routed = interface.addresses;
    std::erase_if(routed, [&](const net::IpAddress& own) {
      return own.family() != reflector.family() || !net::has_route(reflector, interface.name, own);
    });
    if (!routed.empty()) of_interfaces.push_back(std::move(routed));
  }
  return of_interfaces.size() == 1 ? of_interfaces.front() : std::vector<net::IpAddress>{};
}

// ---- the sessions --------------------------------------------------------------------------------------------------

std::uint64_t secret_seed() {
  std::array<std::uint8_t, 8> bytes{};
  stun::fill_with_secret(bytes);
  return net::get_u64(bytes);
}

// With --full, or because --only names them.
bool asks_slow_questions(const Options& options) {
  return options.full || std::any_of(catalog().begin(), catalog().end(), [&](const Discovery& row) {
           return row.when == When::Full && options.runs(row.name);
         });
}

// One path's session, in a wrapping that keeps its packets where they are wanted.
struct Running {
  PathWatch path;
  ProbeSession session;
  RecordedSession recorded{session};
  bool was_finished = false;           // the last time somebody looked
  std::optional<std::string> changed;  // what has become of the path, where that ended the session

  explicit Running(const ProbeConfig& config) : path(config), session(config, net::Random(secret_seed())) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
};

std::vector<net::Agent*> agents_of(std::deque<Running>& all, bool record) {
  std::vector<net::Agent*> out;
  for (Running& one : all) out.push_back(record ? static_cast<net::Agent*>(&one.recorded) : &one.session);
  return out;
}

// A session that has finished in the same round as its path changed may owe its last answers to that.
void stop_where_changed(net::SocketDriver& driver, std::deque<Running>& all) {
  const bool look = driver.take_route_changes();
  for (Running& one : all) {
    if (look && !one.was_finished && !one.changed) one.changed = one.path.change();
    if (one.changed) one.session.stop(driver.now(), undoing_at_most);
    one.was_finished = one.session.finished();
  }
}

void run_on(net::SocketDriver& driver, net::Agent& agent, std::deque<Running>& all, const Options& options) {
  const auto after_each = [&](net::TimePoint) { stop_where_changed(driver, all); };
  if (options.common.quiet || ::isatty(STDERR_FILENO) == 0) return driver.run(agent, after_each);
  const net::Duration estimated = estimate([&](std::string_view name) { return options.runs(name); }, options.full);
  ProgressLine line(agent, [&](net::Duration elapsed) {
    ObservationLog log;  // of all paths
    for (const Running& one : all) log.insert(log.end(), one.session.log().begin(), one.session.log().end());
    return progress_words(log, elapsed, estimated);
  });
  driver.run(line, after_each);
}

Report report_of(const Running& one, const Options& options, std::chrono::system_clock::time_point started_at) {
  Report report = one.session.report();
  report.started_at = started_at;
  report.labels = options.labels;
  label_router(report);
  return report;
}

// A mapping made at the gateway is removed before the program ends, Ctrl-C or not.
void wind_down(net::SocketDriver& driver, net::SideBySide& together, std::deque<Running>& all) {
  for (Running& one : all) one.session.stop(driver.now());
  driver.drain(together, winding_down_at_most);
}

net::Result<NetworkRun, Interrupted> outcome(const std::deque<Running>& all, const Options& options,
                                             std::chrono::system_clock::time_point started_at) {
  NetworkRun out;
  for (const Running& one : all) {
    if (one.changed) {
      out.changed.push_back("stopped: " + *one.changed + " during the run");
      continue;
    }
    if (const auto attempt = one.session.cannot_work()) out.failed.push_back(*attempt);
    Report report = report_of(one, options, started_at);
    out.packets.empty() ? void(out.report = std::move(report)) : out.report.paths.push_back(std::move(report));
    out.packets.push_back({one.recorded.packets(), one.recorded.left_out()});
  }
  if (out.failed.size() < out.packets.size()) return out;
  if (out.changed.empty()) throw net::CannotWork(out.failed.front());
  return net::Unexpected(Interrupted{.why = out.changed.front()});
}

// Waits, and does nothing else.
class Pause final : public net::Agent {
 public:
  explicit Pause(net::TimePoint until) : until_(until) {}
  void start(net::TimePoint now) override { over_ = now >= until_; }
  void handle(net::TimePoint, const net::Input&) override {}
  void tick(net::TimePoint now) override { over_ = now >= until_; }
  std::optional<net::TimePoint> next_deadline() const override { return until_; }
  std::vector<net::Output> take_outputs() override { return {}; }
  bool finished() const override { return over_; }

 private:
  net::TimePoint until_;
  bool over_ = false;
};

}  // namespace

Network::Network(const Options& options) : options_(options) {
  if (options.assist) {
    assist_key_ = shared_assist_key(options.assist_key_file);
    assistants_ = net::resolve(*options.assist, options.family);
  }
  driver_.stop_on_signals();
  driver_.watch_routes();
}

std::optional<Assistant> Network::assistant_of(net::Family family) const {
  const auto found = std::find_if(assistants_.begin(), assistants_.end(),
                                  [family](const net::Endpoint& endpoint) { return endpoint.family() == family; });
  return found == assistants_.end() ? std::nullopt : std::optional(Assistant{.endpoint = *found, .key = assist_key_});
}

ProbeConfig Network::config_for(const Path& path) const {
  ProbeConfig config{.reflectors = path.reflectors, .timeout = options_.timeout, .bind = options_.bind};
  config.interface = path.interface;
  config.nat64 = path.nat64;
  config.only = options_.only;
  config.skip = options_.skip;
  config.follow_other_address = options_.follow_other_address;
  config.full = options_.full;
  config.gateway = gateway_of(config);
  config.own_addresses = own_addresses(config);
  config.assistant = assistant_of(path.family());
  if (asks_slow_questions(options_)) {
    config.after_timeout = after_timeout_full;
    config.budget = full_budget;
  }
  if (config.assistant) {
    config.budget.packets += assist_budget.packets;
    config.budget.flows += assist_budget.flows;
  }
  return config;
}

net::Result<NetworkRun, Interrupted> Network::run() {
  std::deque<Running> all;
  std::ignore = driver_.take_route_changes();
  // What changes while the system is asked makes a mixture of its answers: it is asked again, within reason.
  for (unsigned tries = 0; tries == 0 || (tries < most_tries && driver_.take_route_changes()); ++tries) {
    all.clear();
    for (const Path& path : paths_for(options_)) all.emplace_back(config_for(path));
  }
  net::SideBySide together(agents_of(all, options_.pcap.has_value()));
  const auto started_at = std::chrono::system_clock::now();
  run_on(driver_, together, all, options_);
  if (driver_.stopped_by_signal()) {
    wind_down(driver_, together, all);
    return net::Unexpected(Interrupted{.by_signal = true, .why = std::string(stopped_by_signal)});
  }
  return outcome(all, options_, started_at);
}

bool Network::wait_until(net::TimePoint moment) {
  Pause pause(moment);
  driver_.run(pause);
  return !driver_.stopped_by_signal();
}

}  // namespace probe
