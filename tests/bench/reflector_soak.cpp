// Ten minutes at half of what the program can do, while it is reloaded (SIGHUP) every 5 s, its partner restarts every
// 30 s and its metrics page is read every second: no request of an honest client is lost by us, and memory stays flat.
//
//   bench_reflector_soak [--json FILE]     NATSCOPE_SOAK_SECONDS says how long, 600 when it says nothing
//
// Loopback loses nothing but what finds a socket's queue full; those the kernel counts, and they are shown apart.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/bench/loopback_load.h"
#include "tests/bench/result.h"
#include "tests/programs/program.h"

namespace {

using namespace std::chrono_literals;

constexpr const char* own = "127.81.7.1";
constexpr const char* partner = "127.81.7.2";
constexpr const char* client = "127.81.7.9";
constexpr std::uint16_t metrics_port = 9478;
constexpr std::size_t most_growth_kib = 1024;

unsigned seconds_to_run() {
  const char* said = std::getenv("NATSCOPE_SOAK_SECONDS");
  return said != nullptr ? static_cast<unsigned>(std::stoul(said)) : 600;
}

std::size_t resident_kib(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stoul(line.substr(6));
  }
  throw std::runtime_error("the program has ended");
}

// One scrape; whether the page came.
bool scraped() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(metrics_port), .sin_addr = {}, .sin_zero = {}};
  ::inet_pton(AF_INET, own, &address.sin_addr);
  sockaddr any{};
  std::memcpy(&any, &address, sizeof address);
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string page;
  if (::connect(descriptor, &any, sizeof any) == 0) {
    const std::string request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    (void)::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL);
    char buffer[4096];
    for (ssize_t size = 0; (size = ::recv(descriptor, buffer, sizeof buffer, 0)) > 0;) {
      page.append(buffer, static_cast<std::size_t>(size));
    }
  }
  ::close(descriptor);
  return page.rfind("HTTP/1.1 200", 0) == 0 && page.find("natscope_reflector") != std::string::npos;
}

class Pair {
 public:
  Pair() { restart_partner(); }

  [[nodiscard]] programs::Background& a() { return a_; }
  void restart_partner() {
    b_.reset();
    b_ = std::make_unique<programs::Background>(options(partner, own));
    if (!b_->wait_for("answers\n")) throw std::runtime_error("no pair: " + b_->err());
  }

 private:
  programs::TemporaryDirectory directory_;
  std::string key_ = directory_.file("key", std::string(64, 'k') + "\n").string();
  programs::Background a_{with_metrics(options(own, partner))};
  std::unique_ptr<programs::Background> b_;

  [[nodiscard]] programs::Argv options(const char* listen, const char* other) const {
    return {"natreflector", "--listen", listen, "--partner", other, "--partner-key-file", key_, "--rate-limit", "off"};
  }
  static programs::Argv with_metrics(programs::Argv argv) {
    argv.insert(argv.end(), {"--metrics", fmt::format("{}:{}", own, metrics_port)});
    return argv;
  }
};

bench::Outcome measure() {
  Pair pair;
  bench::pin(pair.a().pid(), 0);
  bench::pin(0, 1);
  bench::BindingLoad load(client, own);
  double most = 0;
  for (int i = 0; i < 8; ++i) most = std::max(most, load.ask(0, 500ms).answers_a_second());
  const double rate = most / 2;
  (void)load.ask(rate, 5s);  // tables and queues have their size now

  const std::size_t memory_before = resident_kib(pair.a().pid());
  const std::uint64_t drops_before = bench::kernel_drops(own, 3478) + bench::kernel_drops(client, load.port());
  std::uint64_t asked = 0, answered = 0, wrong = 0, scrapes = 0, reloads = 0, restarts = 0;
  std::size_t memory_most = memory_before;
  const unsigned seconds = seconds_to_run();
  for (unsigned second = 1; second <= seconds; ++second) {
    const auto tally = load.ask(rate, 1s);
    asked += tally.asked;
    answered += tally.answered;
    wrong += tally.wrong;
    scrapes += scraped() ? 1U : 0U;
    if (second % 5 == 0) reloads += ::kill(pair.a().pid(), SIGHUP) == 0 ? 1U : 0U;
    if (second % 30 == 0) {
      pair.restart_partner();
      ++restarts;
    }
    memory_most = std::max(memory_most, resident_kib(pair.a().pid()));
  }
  const std::uint64_t drops = bench::kernel_drops(own, 3478) + bench::kernel_drops(client, load.port()) - drops_before;
  const std::uint64_t unanswered = asked - answered;
  const std::uint64_t lost = unanswered > drops ? unanswered - drops : 0;
  const std::size_t growth = memory_most - memory_before;
  fmt::print(
      "{} s at {:.0f} requests a second: {} asked, {} lost by us, {} dropped by the kernel, {} wrong; {} reloads, {} "
      "partner restarts, {} of {} scrapes; memory {} KiB, at most {} more\n",
      seconds, rate, asked, lost, drops, wrong, reloads, restarts, scrapes, seconds, memory_before, growth);
  return {.document = {{"seconds", seconds},
                       {"requests_a_second", rate},
                       {"asked", asked},
                       {"lost_by_us", lost},
                       {"dropped_by_the_kernel", drops},
                       {"wrong", wrong},
                       {"reloads", reloads},
                       {"partner_restarts", restarts},
                       {"scrapes", scrapes},
                       {"memory_kib", memory_before},
                       {"memory_growth_kib", growth}},
          .within_bars = lost == 0 && wrong == 0 && scrapes == seconds && growth <= most_growth_kib};
}

}  // namespace

int main(int argc, char** argv) { return bench::run("bench_reflector_soak", argc, argv, measure); }
