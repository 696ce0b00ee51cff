// A rendezvous that is full (security row 20): a hundred thousand hosts are registered, one more is refused, and while
// all heartbeats go on the list of them, the page and the metrics are asked for over HTTP. The rendezvous has one core,
// its hosts and its visitors the other one.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <future>

#include "net/cannot_work.h"
#include "tests/bench/outcome.h"
#include "tests/bench/peer_crowd.h"
#include "tests/bench/served_process.h"
#include "tests/programs/loopback.h"
#include "traversal/registry.h"

namespace {

using namespace std::chrono_literals;
using namespace traversal;
using Clock = std::chrono::steady_clock;

constexpr unsigned registrations_a_second = 1'500;
constexpr int visits = 10;  // of each path, one after the other
constexpr std::uint16_t web_port = 8480;

constexpr double most_answer_ms = 1'000;
constexpr double most_memory_mib = 400;

struct Visited {
  std::string path;
  double slowest_ms = 0;
  bool answered = true;  // always
  std::string last;      // reply
};

Visited visit(const std::string& address, const std::string& path) {
  Visited out{.path = path};
  for (int i = 0; i < visits; ++i) {
    const auto start = Clock::now();
    const auto connection = loopback::connect(address, address, web_port);
    loopback::write(connection, fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", path, address));
    out.last = loopback::read_to_end(connection);
    out.slowest_ms = std::max(out.slowest_ms, net::to_ms(Clock::now() - start));
    out.answered = out.answered && out.last.starts_with("HTTP/1.1 200 ");
  }
  return out;
}

std::vector<Visited> visits_beside(bench::PeerCrowd& crowd, const std::string& address) {
  auto visited = std::async(std::launch::async, [&] {
    std::vector<Visited> out;
    for (const char* path : {"/api/v1/hosts", "/api/v1/hosts?limit=10000&after=p5", "/", "/metrics"})
      out.push_back(visit(address, path));
    return out;
  });
  while (visited.wait_for(0s) != std::future_status::ready) crowd.run_for(10ms);
  return visited.get();
}

// What the one that is too many is told.
Refusal one_more(bench::PeerCrowd& crowd) {
  std::optional<Refusal> refusal;
  crowd.ask(Register{"one-more", Id{1}, *net::parse_short("EIM/EIF"), std::nullopt}, [&](const auto& answer) {
    refusal = answer ? Refusal{0, "it was let in"} : answer.error();
  });
  for (int i = 0; i < 500 && !refusal; ++i) crowd.run_for(10ms);
  return refusal.value_or(Refusal{0, "no answer"});
}

bench::Outcome measure() {
  const std::string address = fmt::format("127.92.{}.1", ::getpid() % 250);
  bench::run_on_cores({0});
  const programs::TemporaryDirectory files;
  const std::string token = "a token of this benchmark";
  const bench::ServedProcess rendezvous(
      {"natpunch", "rendezvous", "--listen", address, "--http", fmt::format("{}:{}", address, web_port), "--store",
       "none", "--token-file", files.file("token", token), "--hosts-per-token", std::to_string(most_hosts)},
      {1});
  bench::PeerCrowd crowd({net::address(address), 3480}, most_hosts, token);
  auto times = crowd.register_all(registrations_a_second);
  std::sort(times.begin(), times.end());
  const double p99 = net::to_ms(times[times.size() * 99 / 100]);
  const Refusal refusal = one_more(crowd);
  const auto visited = visits_beside(crowd, address);
  const double memory = rendezvous.most_memory_mib();

  const std::string all_are_there = fmt::format("natscope_rendezvous_registered_hosts {}\n", most_hosts);
  bool good = refusal.code == Full && memory < most_memory_mib;
  if (visited.back().last.find(all_are_there) == std::string::npos) {
    throw net::CannotWork("not all hosts stayed registered");
  }
  fmt::print("{} hosts: registration p99 {:.1f} ms, one more: {} {}; {:.0f} MiB at most (bar {})\n", most_hosts, p99,
             refusal.code, refusal.reason, memory, most_memory_mib);
  bench::Outcome out{.document = {{"rendezvous_crowd",
                                   {{"hosts", most_hosts}, {"registration_p99_ms", p99}, {"memory_mib", memory}}}}};
  for (const Visited& one : visited) {
    fmt::print("{:34} {:9} bytes in at most {:.0f} ms (bar {}){}\n", one.path, one.last.size(), one.slowest_ms,
               most_answer_ms, one.answered ? "" : ", not answered");
    out.document["rendezvous_crowd"]["answer_ms"][one.path] = one.slowest_ms;
    good = good && one.answered && one.slowest_ms < most_answer_ms;
  }
  out.within_bars = good;
  return out;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_anywhere("bench_rendezvous_crowd", argc, argv, measure); }
