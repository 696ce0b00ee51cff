// How fast natreflector answers, beside the least that could answer (minimal_responder.cpp): server on one core, load
// on the other, runs in turn, the median of their ratios. What is held against a bar is what a second of the server's
// processor time answers: with the core to itself that is its rate, and what else the machine does is not in it.
// docs/performance.md has the figures.

#include <fmt/format.h>
#include <unistd.h>

#include "net/cannot_work.h"
#include "tests/bench/outcome.h"
#include "tests/bench/served_process.h"
#include "tests/bench/stun_load.h"

namespace {

using namespace std::chrono_literals;
using bench::Cores;
using bench::ServedProcess;
using bench::StunLoad;
using bench::StunLoadPlan;

const Cores load_core = {0};
const Cores server_core = {1};
constexpr int pairs = 12;
constexpr net::Duration warm_up = 100ms;
constexpr net::Duration length = 700ms;

constexpr double least_plain = 0.93;
constexpr double least_changed_port = 0.85;
constexpr double most_changed_address = 2.5;  // processor time, times that of a plain request

constexpr std::uint32_t change_port = 2;
constexpr std::uint32_t change_address = 4;

std::string loopback(unsigned host) { return fmt::format("127.91.{}.{}", ::getpid() % 250, host); }
net::Endpoint at(const std::string& address, std::uint16_t port = 3478) { return {net::address(address), port}; }

// One run: replies a second, and what of the processor the servers used for one.
struct Figure {
  double rate = 0;
  std::vector<double> cpu_us{};  // by server
};

// Begun anew when the machine left the server no time at all.
Figure measure(const StunLoadPlan& plan, const std::vector<const ServedProcess*>& servers, int tries = 3) {
  StunLoad load(plan);
  (void)load.run(warm_up);
  std::vector<net::Duration> before;
  for (const ServedProcess* server : servers) before.push_back(server->cpu_time());
  const auto result = load.run(length);
  if (result.wrong > 0) throw net::CannotWork(fmt::format("{} wrong replies", result.wrong));
  if (result.replies == 0 && tries > 1) return measure(plan, servers, tries - 1);
  if (result.replies == 0) throw net::CannotWork("no replies from " + net::to_string(plan.server));
  Figure out{.rate = result.rate()};
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const net::Duration used = servers[i]->cpu_time() - before[i];
    out.cpu_us.push_back(net::to_seconds(used) * 1e6 / static_cast<double>(result.replies));
  }
  return out;
}

// A subject beside a limit, in alternating runs.
struct Comparison {
  double ratio = 0;       // of replies a second of the server's processor time
  double rate_ratio = 0;  // of replies a second
  double rate = 0;
  double cpu_us = 0;
  double limit_rate = 0;
  double limit_cpu_us = 0;

  [[nodiscard]] nlohmann::ordered_json document(double bar) const {
    return {{"ratio", ratio},
            {"least", bar},
            {"ratio_of_rates", rate_ratio},
            {"replies_per_second", rate},
            {"processor_us", cpu_us},
            {"limit_replies_per_second", limit_rate},
            {"limit_processor_us", limit_cpu_us}};
  }
  void print(const std::string& what) const {
    fmt::print("{}: {:.0f} a second, {:.2f} us each; limit {:.0f}, {:.2f} us: ratio {:.3f} (of rates {:.3f})\n", what,
               rate, cpu_us, limit_rate, limit_cpu_us, ratio, rate_ratio);
    std::fflush(stdout);
  }
};

Comparison compare(const StunLoadPlan& subject, const ServedProcess& server, const StunLoadPlan& limit,
                   const ServedProcess& limit_server) {
  std::array<std::vector<double>, 6> all;
  for (int i = 0; i < pairs; ++i) {
    Figure one;
    Figure other;
    if (i % 2 == 0) one = measure(subject, {&server});
    other = measure(limit, {&limit_server});
    if (i % 2 == 1) one = measure(subject, {&server});
    const std::array values = {
        other.cpu_us[0] / one.cpu_us[0], one.rate / other.rate, one.rate, one.cpu_us[0], other.rate, other.cpu_us[0]};
    for (std::size_t v = 0; v < values.size(); ++v) all[v].push_back(values[v]);
  }
  return {bench::median(all[0]), bench::median(all[1]), bench::median(all[2]),
          bench::median(all[3]), bench::median(all[4]), bench::median(all[5])};
}

StunLoadPlan plain(const std::string& address) { return {.server = at(address), .replies_from = at(address)}; }

programs::Argv reflector(const std::string& address, const programs::Argv& more) {
  programs::Argv argv = {"natreflector", "--listen", address};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

// ---- one core ------------------------------------------------------------------------------------------------------

struct Share {
  nlohmann::ordered_json document;
  bool good = false;
};

Share plain_and_changed_port() {
  const ServedProcess minimal({"bench_minimal_responder", loopback(1), "3478"}, server_core);
  const programs::Argv usual = {"--alternate-port", "3479", "--workers", "1", "--no-tcp", "--rate-limit"};
  programs::Argv off = usual;
  off.push_back("off");
  programs::Argv high = usual;
  high.push_back("1000000");
  const ServedProcess free(reflector(loopback(2), off), server_core);
  const ServedProcess limited(reflector(loopback(3), high), server_core);
  StunLoadPlan changed = plain(loopback(2));
  changed.change = change_port;
  changed.replies_from = at(loopback(2), 3479);

  const Comparison by_plain = compare(plain(loopback(2)), free, plain(loopback(1)), minimal);
  by_plain.print("plain Binding");
  const Comparison by_changed = compare(changed, free, plain(loopback(1)), minimal);
  by_changed.print("CHANGE-REQUEST, port");
  const Comparison by_limited = compare(plain(loopback(3)), limited, plain(loopback(2)), free);
  by_limited.print("limiter on, beside off");
  return {.document = {{"plain", by_plain.document(least_plain)},
                       {"changed_port", by_changed.document(least_changed_port)},
                       {"limiter_on_beside_off", by_limited.document(0)}},
          .good = by_plain.ratio >= least_plain && by_changed.ratio >= least_changed_port};
}

// ---- a pair --------------------------------------------------------------------------------------------------------

// The other host limits what it sends to one address, so the clients have very many.
Share changed_address() {
  const programs::TemporaryDirectory directory;
  const std::string key = directory.file("key", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n");
  const auto host = [&](unsigned own, unsigned partner) {
    return reflector(loopback(own), {"--partner", loopback(partner), "--partner-key-file", key, "--workers", "1",
                                     "--no-tcp", "--rate-limit", "off"});
  };
  const ServedProcess a(host(4, 5), server_core);
  const ServedProcess b(host(5, 4), server_core);
  if (!a.wait_for("answers") || !b.wait_for("answers")) throw net::CannotWork("the pair does not find together");
  StunLoadPlan changed = plain(loopback(4));
  changed.change = change_address;
  changed.replies_from = at(loopback(5));
  changed.client = net::address("127.100.0.1");
  changed.addresses = 1U << 18U;
  StunLoadPlan same = plain(loopback(4));
  same.client = changed.client;
  same.addresses = changed.addresses;

  std::vector<double> at_a;
  std::vector<double> at_b;
  for (int i = 0; i < pairs; ++i) {
    const Figure plain_run = measure(same, {&a});
    const Figure changed_run = measure(changed, {&a, &b});
    at_a.push_back(changed_run.cpu_us[0] / plain_run.cpu_us[0]);
    at_b.push_back(changed_run.cpu_us[1] / plain_run.cpu_us[0]);
  }
  const double first = bench::median(at_a);
  const double second = bench::median(at_b);
  fmt::print("CHANGE-REQUEST, address: processor time {:.2f} and {:.2f} times that of a plain request\n", first,
             second);
  std::fflush(stdout);
  return {.document = {{"changed_address",
                        {{"asked_host_processor_time", first},
                         {"partner_processor_time", second},
                         {"most", most_changed_address}}}},
          .good = first <= most_changed_address && second <= most_changed_address};
}

bench::Outcome measure_all() {
  bench::run_on_cores(load_core);
  bench::Outcome out{.document = nlohmann::ordered_json::object(), .within_bars = true};
  for (const auto part : {plain_and_changed_port, changed_address}) {
    const Share share = part();
    out.document.update(share.document);
    out.within_bars = out.within_bars && share.good;
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_anywhere("bench_reflector_throughput", argc, argv, measure_all); }
