// The partner link under a flood, with the real program on loopback: 100,000 bad messages a second in the partner's
// name, half of them random, half with a right header and key id and a wrong MAC, so that each costs what it can cost.
// In turns of 2.5 s without and with it, 30 s of each, a client asks for Bindings at half of what the idle program can
// do.
//
//   bench_link_flood [--json FILE]     exit 1 when less than 95 % of the idle rate is kept, 77 where it cannot be tried
//
// The program is pinned to one core, the client and the flood to the others.

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "net/endpoint.h"
#include "net/random.h"
#include "net/time.h"
#include "reflector/link_message.h"
#include "tests/bench/loopback_load.h"
#include "tests/bench/result.h"
#include "tests/programs/program.h"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr double least_share_kept = 0.95;
constexpr double bad_messages_a_second = 100'000;
constexpr auto turn = 2500ms;
constexpr int turns = 12;  // of each kind: 30 s
constexpr const char* own = "127.81.12.1";
constexpr const char* partner = "127.81.12.2";
constexpr const char* client = "127.81.12.9";
constexpr std::string_view secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

// ---- the flood -----------------------------------------------------------------------------------------------------

std::vector<net::Bytes> bad_messages() {
  net::Random random(12);
  const auto key = reflector::LinkKey::derived_from(net::as_bytes(secret));
  const reflector::Reply order{.client = net::endpoint("127.81.12.9:40000"), .reply_port = 40000};
  std::vector<net::Bytes> out;
  for (int i = 0; i < 64; ++i) {
    net::Bytes bytes = encode({{reflector::LinkRole::Second, {5, 6}, {7, 8}}, order}, key);
    random.fill(std::span(bytes).subspan(i % 2 == 0 ? 0 : 12));
    out.push_back(std::move(bytes));
  }
  return out;
}

class Flood {
 public:
  Flood() : thread_([this] { run(); }) {}
  ~Flood() {
    over_ = true;
    thread_.join();
  }
  std::atomic<bool> on{false};
  std::atomic<std::uint64_t> sent{0};

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;

  void run() {
    bench::pin(0, 1);
    const int descriptor = bench::connected_udp(partner, own, 3481);
    std::vector<net::Bytes> messages = bad_messages();
    std::vector<iovec> pieces;
    for (net::Bytes& message : messages) pieces.push_back({message.data(), message.size()});
    std::vector<mmsghdr> batch(messages.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i].msg_hdr.msg_iov = &pieces[i];
      batch[i].msg_hdr.msg_iovlen = 1;
    }
    auto due = Clock::now();
    const auto pause = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(static_cast<double>(batch.size()) / bad_messages_a_second));
    while (!over_) {
      if (on) {
        const int count = ::sendmmsg(descriptor, batch.data(), static_cast<unsigned>(batch.size()), 0);
        if (count > 0) sent += static_cast<std::uint64_t>(count);
      }
      due = std::max(due + pause, Clock::now() - 10ms);
      std::this_thread::sleep_until(due);
    }
    ::close(descriptor);
  }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

bench::Outcome measure() {
  if (std::thread::hardware_concurrency() < 2) throw std::runtime_error("needs two cores");
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("key", std::string(secret) + "\n").string();
  const auto options = [&file](const char* listen, const char* other) {
    return programs::Argv{"natreflector",       "--listen", listen,         "--partner", other,
                          "--partner-key-file", file,       "--rate-limit", "off",       "--verbose"};
  };
  programs::Background a(options(own, partner));
  programs::Background b(options(partner, own));
  if (!a.wait_for("answers\n") || !b.wait_for("answers\n")) throw std::runtime_error("no pair: " + a.err() + b.err());
  bench::pin(a.pid(), 0);
  bench::pin(0, 1);
  bench::BindingLoad load(client, own);
  const auto answers_a_second = [&load](double rate, Clock::duration duration) {
    return load.ask(rate, duration).answers_a_second();
  };

  double most = 0;
  for (int i = 0; i < 8; ++i) most = std::max(most, answers_a_second(0, 500ms));
  Flood flood;
  std::vector<double> idle;
  std::vector<double> flooded;
  std::uint64_t bad = 0;
  for (int i = 0; i < turns; ++i) {
    idle.push_back(answers_a_second(most / 2, turn));
    const std::uint64_t before = flood.sent;
    flood.on = true;
    flooded.push_back(answers_a_second(most / 2, turn));
    flood.on = false;
    bad += flood.sent - before;
  }
  const double share = median(flooded) / median(idle);
  const double bad_rate = static_cast<double>(bad) / (turns * std::chrono::duration<double>(turn).count());
  const double closed_idle = answers_a_second(0, turn);
  flood.on = true;
  const double closed_flooded = answers_a_second(0, turn);
  flood.on = false;
  fmt::print(
      "{:.0f} bad link messages a second for {} s: {:.1f} % of {:.0f} Bindings a second kept (at least {:.0f} %)\n",
      bad_rate, turns * turn / 1s, 100 * share, median(idle), 100 * least_share_kept);
  fmt::print("as fast as answers come: {:.0f} a second idle, {:.0f} flooded\n", closed_idle, closed_flooded);
  fmt::print("{}", a.stop().err);
  return {.document = {{"bad_messages_a_second", bad_rate},
                       {"bindings_a_second_idle", median(idle)},
                       {"bindings_a_second_flooded", median(flooded)},
                       {"share_kept", share},
                       {"least_share_kept", least_share_kept},
                       {"closed_loop_idle", closed_idle},
                       {"closed_loop_flooded", closed_flooded}},
          .within_bars = share >= least_share_kept && bad_rate >= 0.9 * bad_messages_a_second};
}

}  // namespace

int main(int argc, char** argv) { return bench::run("bench_link_flood", argc, argv, measure); }
