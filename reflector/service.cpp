#include "reflector/service.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "net/cannot_work.h"
#include "net/descriptor_limit.h"
#include "net/program.h"
#include "reflector/descriptor_shares.h"
#include "reflector/process_figures.h"
#include "reflector/reload.h"
#include "stun/crypto.h"

namespace reflector {
namespace {

constexpr std::string_view program = "natreflector";
constexpr std::size_t descriptors_of_use = 4096;
constexpr net::Duration between_looks = std::chrono::milliseconds(100);
constexpr net::Duration between_lines_of_strangers = std::chrono::minutes(1);

Secret fresh_secret() {
  Secret secret{};
  stun::fill_with_secret(secret);
  return secret;
}

DescriptorShares shares_of(const Options& options, const ReflectorConfig& config, std::size_t descriptors) {
  return share_descriptors(descriptors, config.hosts.size(), udp_sockets_of(config), options.metrics.has_value());
}

// The configuration, with what this process has room for.
ReflectorConfig sized_config(const Options& options, std::size_t descriptors) {
  ReflectorConfig config = config_of(options);
  config.connections = shares_of(options, config, descriptors).connections;
  return config;
}

std::optional<net::User> user_of(const Options& options) {
  return options.user ? std::optional(net::user_to_become(*options.user)) : std::nullopt;
}

}  // namespace

Service::Service(Options options, Reread reread)
    : options_(std::move(options)),
      reread_(std::move(reread)),
      user_(user_of(options_)),
      descriptors_(net::raise_descriptor_limit(descriptors_of_use)),
      started_at_(seconds_since_1970()),
      hangups_({SIGHUP}),
      config_(sized_config(options_, descriptors_)),
      inherited_(net::InheritedSockets::from_environment()),
      ports_(config_, inherited_),
      agent_(config_, fresh_secret()),
      pages_([this] { return desk_.ask([this] { return page(); }); }),
      budget_of_strangers_(between_lines_of_strangers) {
  driver_.stop_on_signals();
  driver_.inherit(std::move(inherited_));
  ports_.lend_to(driver_);
  driver_.watch(hangups_.descriptor(), [this] { reload(); });
  driver_.watch(desk_.descriptor(), [this] { desk_.answer(); });
  if (manager_.watchdog() >= 0) driver_.watch(manager_.watchdog(), [this] { manager_.alive(); });
}

void Service::run() {
  driver_.run(agent_, [this](net::TimePoint now) { look(now); });
  if (agent_.failure()) throw net::CannotWork(*agent_.failure());
  manager_.stopping();
  driver_.end_at_next_signal();
  agent_.drain(driver_.now());
  driver_.drain(agent_, drain_most);
  end_packets();
  if (!options_.common.verbose) return;
  for (const std::string& line : agent_.summary()) net::print_diagnostic(program, line);
}

void Service::look(net::TimePoint now) {
  if (!listening_ && agent_.listening()) begin();
  if (now < next_look_) return;
  next_look_ = now + between_looks;
  report_events(now);
}

// ---- the start -----------------------------------------------------------------------------------------------------

void Service::begin() {
  for (const std::string& socket : driver_.inherited().untaken()) {
    throw net::CannotWork("inherited socket " + socket + ": no option asks for it");
  }
  if (options_.metrics) {
    const std::size_t pages = shares_of(options_, config_, descriptors_).pages;
    metrics_ = std::make_unique<net::HttpThread>(*options_.metrics, net::HttpLimits{.connections = pages}, pages_);
  }
  give_up_privileges();  // before threads are started, since capabilities are a thread's
  begin_packets();
  if (metrics_) metrics_->start();
  listening_ = true;
  announce();
  manager_.ready("listening");
}

void Service::announce() const {
  std::string lines;
  for (const std::string& line : agent_.listening_on()) lines += fmt::format("listening on {}\n", line);
  if (options_.metrics) lines += fmt::format("listening on tcp {} (metrics)\n", net::to_string(*options_.metrics));
  net::announce(program, lines);
}

void Service::give_up_privileges() {
  net::give_up_privileges(user_);
  if (!user_) return;
  for (const std::string& file : {options_.partner_key_file, options_.common.config_file}) {
    if (file.empty() || ::access(file.c_str(), R_OK) == 0) continue;
    net::print_diagnostic(
        program, fmt::format("{}: user {} cannot read it, so a reload (SIGHUP) will be refused", file, user_->name));
  }
}

// ---- while it runs -------------------------------------------------------------------------------------------------

Notable Service::notable(net::TimePoint now) const {
  Notable out;
  const Status status = agent_.status(now);
  for (const HostStatus& host : status.hosts) {
    out.connections_refused += host.connections_refused;
    if (!host.partner) continue;
    const auto& faults = host.counts.link_faults;
    out.partners.push_back({.address = *host.partner,
                            .answers = host.partner_usable,
                            .problem = host.link_problem,
                            .unverified = faults[static_cast<std::size_t>(LinkFault::UnknownKey)] +
                                          faults[static_cast<std::size_t>(LinkFault::WrongMac)]});
  }
  return out;
}

void Service::report_events(net::TimePoint now) {
  for (const Event& event : events_.news(notable(now))) {
    net::LogBudget& budget = event.of_strangers ? budget_of_strangers_ : budget_;
    if (const auto line = budget.admit(event.kind, event.line, now)) net::print_diagnostic(program, *line);
  }
}

void Service::reload() {
  while (hangups_.take()) continue;
  const net::TimePoint now = driver_.now();
  manager_.reloading(now);
  const auto done = try_reload(now);
  ++(done ? reloads_applied_ : reloads_refused_);
  const std::string line = done ? "reloaded" : done.error() + "; nothing was changed";
  net::print_diagnostic(program, line);  // an answer to the operator, who asks as often as he likes
  manager_.ready(line);
}

net::Result<void, std::string> Service::try_reload(net::TimePoint now) {
  auto fresh = reread_();
  if (!fresh) return net::Unexpected("reload: " + fresh.error());
  if (const auto option = cannot_change(options_, *fresh)) {
    return net::Unexpected(fmt::format("reload: {}{} cannot change while it runs (restart)",
                                       net::place_of(fresh->common, *option), *option));
  }
  try {
    config_ = sized_config(*fresh, descriptors_);
  } catch (const net::CannotWork& error) {
    return net::Unexpected(std::string("reload: ") + error.what());
  }
  options_ = *std::move(fresh);
  end_packets();
  agent_.reconfigure(now, config_);
  begin_packets();
  return {};
}

void Service::begin_packets() {
  packets_.emplace(ports_, agent_, [this] { driver_.wake(); });
}

void Service::end_packets() {
  if (!packets_) return;
  counted_before_ += packets_->counts();
  packets_.reset();
}

MetricsPage Service::page() const {
  net::BatchDriver::Counts packets = counted_before_;
  if (packets_) packets += packets_->counts();
  const net::SocketDriver::Counts& others = driver_.counts();
  return {.status = agent_.status(driver_.now()),
          .received = packets.received + others.received,
          .sent = packets.sent + others.sent,
          .send_failed = packets.send_failed + others.send_failed,
          .dropped = packets.dropped,
          .reloads_applied = reloads_applied_,
          .reloads_refused = reloads_refused_,
          .process = process_figures(started_at_)};
}

}  // namespace reflector
