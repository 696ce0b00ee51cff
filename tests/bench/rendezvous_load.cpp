// One rendezvous under ten thousand peers: how long a registration takes, how many pair jobs a second it hands out
// while all heartbeats go on, what memory it needs. The rendezvous has one core, the peers the other one; its journal
// is a SQLite file.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "net/cannot_work.h"
#include "tests/bench/outcome.h"
#include "tests/bench/peer_crowd.h"
#include "tests/bench/served_process.h"

namespace {

using namespace std::chrono_literals;
using namespace traversal;

constexpr std::size_t peers = 10'000;
constexpr unsigned registrations_a_second = 1'500;
constexpr std::size_t pairs_of_a_matrix = 40;
constexpr std::size_t matrices_at_once = 24;
constexpr net::Duration poll_interval = 20ms;
constexpr net::Duration length = 15s;

constexpr double most_registration_ms = 100;
constexpr double least_jobs_a_second = 500;
constexpr double most_memory_mib = 400;

// Asks for matrix after matrix, of pairs no other one has at the time; counts the pairs that are done.
class Matrices {
 public:
  explicit Matrices(bench::PeerCrowd& crowd) : crowd_(crowd) {}

  void ask() {
    MatrixRequest request;
    for (std::size_t i = 0; i < pairs_of_a_matrix; ++i, next_ = (next_ + 2) % peers) {
      request.pairs.push_back({bench::PeerCrowd::name_of(next_), bench::PeerCrowd::name_of(next_ + 1)});
    }
    crowd_.ask(request, [this](const auto& answer) { watch(expect<Accepted>(answer).matrix); });
  }
  [[nodiscard]] std::size_t done() const { return done_; }

 private:
  bench::PeerCrowd& crowd_;
  std::size_t next_ = 0;
  std::size_t done_ = 0;

  void watch(const Id& matrix) {
    crowd_.ask(
        StatusRequest{matrix},
        [this, matrix](const auto& answer) {
          const auto status = expect<Status>(answer);
          if (status.done < status.total) return watch(matrix);
          done_ += status.total;
          ask();
        },
        poll_interval);
  }
  template <typename Kind>
  static Kind expect(const net::Result<Signal, Refusal>& answer) {
    if (!answer) throw net::CannotWork("refused: " + answer.error().reason);
    return std::get<Kind>(*answer);
  }
};

bench::Outcome measure() {
  const programs::TemporaryDirectory files;
  const std::string token = "a token of this benchmark";
  const std::string address = fmt::format("127.92.{}.1", ::getpid() % 250);
  bench::run_on_cores({0});
  const bench::ServedProcess rendezvous(
      {"natpunch", "rendezvous", "--listen", address, "--store", "sqlite:" + (files.path() / "journal.db").string(),
       "--token-file", files.file("token", token), "--hosts-per-token", "100000"},
      {1});
  bench::PeerCrowd crowd({net::address(address), 3480}, peers, token);

  auto times = crowd.register_all(registrations_a_second);
  std::sort(times.begin(), times.end());
  const double p99 = net::to_ms(times[times.size() * 99 / 100]);

  Matrices matrices(crowd);
  for (std::size_t i = 0; i < matrices_at_once; ++i) matrices.ask();
  crowd.run_for(2s);
  const std::size_t before = matrices.done();
  const net::Duration cpu_before = rendezvous.cpu_time();
  crowd.run_for(length);
  const auto done = static_cast<double>(matrices.done() - before);
  const double rate = done / net::to_seconds(length);
  const double cpu_ms = net::to_ms(rendezvous.cpu_time() - cpu_before);
  const double memory = rendezvous.most_memory_mib();

  fmt::print(
      "{} peers: registration p99 {:.1f} ms (bar {}), {:.0f} pair jobs a second (bar {}), {:.2f} ms of processor"
      " time each, {:.0f} MiB at most (bar {})\n",
      peers, p99, most_registration_ms, rate, least_jobs_a_second, cpu_ms / done, memory, most_memory_mib);
  return {.document = {{"rendezvous",
                        {{"peers", peers},
                         {"registration_p99_ms", p99},
                         {"pair_jobs_a_second", rate},
                         {"processor_ms_a_job", cpu_ms / done},
                         {"memory_mib", memory}}}},
          .within_bars = p99 < most_registration_ms && rate >= least_jobs_a_second && memory < most_memory_mib};
}

}  // namespace

int main(int argc, char** argv) { return bench::run_anywhere("bench_rendezvous_load", argc, argv, measure); }
