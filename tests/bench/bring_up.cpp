// How long a lab takes to come up, its reflectors answering, and to be gone: twenty hosts behind twenty NATs.
//
//   bench_bring_up [--json FILE]       exit 1 above a bar, 77 where there are no namespaces

#include <fmt/format.h>

#include <chrono>

#include "lab/wire/services.h"
#include "net/time.h"
#include "tests/bench/result.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr double most_seconds_up = 5;
constexpr double most_seconds_gone = 2;

lab::Scenario twenty_hosts_behind_twenty_nats() {
  lab::Scenario out;
  out.reflectors = {{.name = "r1", .partner = "r2"}, {.name = "r2", .partner = "r1"}};
  for (int i = 1; i <= 20; ++i) {
    out.nats.push_back({.name = fmt::format("nat{}", i), .profile = *lab::find_profile("port-restricted-cone")});
    out.hosts.push_back({.name = fmt::format("host{}", i), .behind = out.nats.back().name});
  }
  return out;
}

bench::Outcome measure() {
  const lab::Scenario scenario = twenty_hosts_behind_twenty_nats();
  const auto start = Clock::now();
  const lab::StopSignals stop;
  auto wired = std::make_optional<lab::WiredLab>(scenario);
  auto services = std::make_optional<lab::Services>(scenario, *wired, lab::own_folder(), stop);
  const auto up = Clock::now();
  services.reset();
  wired.reset();
  const auto gone = Clock::now();

  const double seconds_up = net::to_seconds(up - start);
  const double seconds_gone = net::to_seconds(gone - up);
  fmt::print("20 hosts behind 20 NATs: up in {:.3f} s (at most {} s), gone in {:.3f} s (at most {} s)\n", seconds_up,
             most_seconds_up, seconds_gone, most_seconds_gone);
  return {.document = {{"seconds_up", seconds_up},
                       {"most_seconds_up", most_seconds_up},
                       {"seconds_gone", seconds_gone},
                       {"most_seconds_gone", most_seconds_gone}},
          .within_bars = seconds_up < most_seconds_up && seconds_gone < most_seconds_gone};
}

}  // namespace

int main(int argc, char** argv) { return bench::run("bench_bring_up", argc, argv, measure); }
