// Whether two workers on two cores answer nearly twice as much as one. The server is stopped while its queues are
// filled and let go while the load sleeps: how fast it empties them is its own doing alone. From so many ports that
// the kernel's hash gives each worker its half. Beside it, what the machine has to give: two programs of one worker
// each. Where these do not reach twice one, two workers are held to the same share of what they reach.
// docs/performance.md has the figures.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "net/cannot_work.h"
#include "tests/bench/outcome.h"
#include "tests/bench/served_process.h"
#include "tests/bench/stun_load.h"

namespace {

constexpr int pairs = 40;
constexpr unsigned ports = 2048;
constexpr unsigned requests_a_port = 5;
constexpr double least_scaling = 1.7;  // of 2

std::string loopback(unsigned host) { return fmt::format("127.92.{}.{}", ::getpid() % 250, host); }

bench::ServedProcess reflector(const std::string& address, const std::string& workers) {
  return bench::ServedProcess(
      {"natreflector", "--listen", address, "--workers", workers, "--no-tcp", "--rate-limit", "off"}, {0, 1});
}

struct Server {
  bench::ServedProcess process;
  std::string address;
};

struct Figure {
  double rate = 0;    // replies a second
  double cpu_us = 0;  // processor time of a reply
};

// All servers together are asked as much as one alone would be.
Figure fill_and_drain(const std::vector<Server*>& servers) {
  std::vector<bench::StunLoad> loads;
  net::Duration before{};
  for (Server* server : servers) {
    const net::Endpoint endpoint{net::address(server->address), 3478};
    const auto its_ports = ports / static_cast<unsigned>(servers.size());
    loads.emplace_back(bench::StunLoadPlan{.server = endpoint, .replies_from = endpoint, .ports = its_ports});
    server->process.freeze();
    before += server->process.cpu_time();
  }
  ::usleep(5'000);
  for (bench::StunLoad& load : loads) load.preload(requests_a_port);
  for (Server* server : servers) server->process.thaw();

  net::Duration first = net::Duration::max();
  net::Duration last = net::Duration::min();
  double replies = 0;
  for (bench::StunLoad& load : loads) {
    const auto drained = load.drain();
    if (drained.result.wrong > 0 || drained.result.replies == 0) throw net::CannotWork("wrong replies, or none");
    first = std::min(first, drained.first);
    last = std::max(last, drained.last);
    replies += static_cast<double>(drained.result.replies);
  }
  net::Duration used = -before;
  for (Server* server : servers) used += server->process.cpu_time();
  return {replies / net::to_seconds(last - first), net::to_seconds(used) * 1e6 / replies};
}

bench::Outcome measure() {
  const auto server = [](unsigned host, const std::string& workers) {
    return Server{reflector(loopback(host), workers), loopback(host)};
  };
  Server one = server(1, "1");
  Server two = server(2, "2");
  Server apart = server(3, "1");
  std::vector<double> scaling;
  std::vector<double> of_two_programs;
  std::vector<double> rates;
  std::vector<double> costs;
  for (int i = 0; i < pairs; ++i) {
    const Figure alone = fill_and_drain({&one});
    const Figure together = fill_and_drain({&two});
    const Figure programs = fill_and_drain({&one, &apart});
    scaling.push_back(together.rate / alone.rate);
    of_two_programs.push_back(programs.rate / alone.rate);
    rates.push_back(together.rate);
    costs.push_back(together.cpu_us / alone.cpu_us);
  }
  const double ratio = bench::median(scaling);
  const double possible = bench::median(of_two_programs);
  fmt::print(
      "two workers: {:.0f} a second, {:.2f} times one; a reply costs {:.2f} times the processor time; two programs "
      "of one worker {:.2f} times one\n",
      bench::median(rates), ratio, bench::median(costs), possible);
  return {.document = {{"ratio", ratio},
                       {"least", least_scaling},
                       {"replies_per_second", bench::median(rates)},
                       {"processor_time_ratio", bench::median(costs)},
                       {"two_programs_ratio", possible}},
          .within_bars = ratio >= std::min(least_scaling, least_scaling / 2 * possible)};
}

}  // namespace

int main(int argc, char** argv) { return bench::run_anywhere("bench_reflector_workers", argc, argv, measure); }
