// A field of twenty hosts, each behind a NAT of its own, whose pairs are all direct, on real packets: how long a matrix
// takes, and what is left when the rendezvous is killed a hundred times.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "lab/wire/programs.h"
#include "reports/matrix_json.h"
#include "store/sqlite.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace rendezvous_field_test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t pairs_of(int hosts) { return static_cast<std::size_t>(hosts * (hosts - 1) / 2); }

// NATSCOPE_KILLS asks for the whole of it; every day a small field is killed a few times.
int kills_wanted() {
  const char* text = std::getenv("NATSCOPE_KILLS");
  return text == nullptr ? 3 : std::atoi(text);
}

std::string program(const std::string& name) { return std::string(NATSCOPE_BIN) + "/" + name; }

class Field {
 public:
  explicit Field(int hosts) : hosts_(hosts), scenario_(scenario(hosts)), lab_(scenario_) {
    begin_rendezvous();
    for (int i = 1; i <= hosts; ++i) {
      const std::string name = "host" + std::to_string(i);
      peers_.push_back(begin_peer(name, name));
    }
    for (auto& peer : peers_) peer->wait_for_line("registered", 20s);
  }

  void begin_rendezvous() {
    rendezvous_ = start(lab_.rendezvous(), {"natpunch", "rendezvous", "--listen", place(), "--verbose", "--store",
                                            "sqlite:" + database().string(), "--token-file", token_});
  }
  void kill_rendezvous() {
    rendezvous_->signal_program(SIGKILL);
    (void)rendezvous_->wait(5s);
    rendezvous_.reset();
  }
  lab::Process& rendezvous() { return *rendezvous_; }

  void begin_matrix() {
    matrix_ =
        start(lab_.rendezvous(), {"natpunch", "matrix", "--rendezvous", place(), "--hold", "200ms", "--wait-for",
                                  std::to_string(hosts_), "--trials", "3", "--json", "-", "--token-file", token_});
  }
  lab::Process& matrix() { return *matrix_; }

  // Another peer on this host, under whatever name.
  [[nodiscard]] std::unique_ptr<lab::Process> begin_peer(const std::string& host, const std::string& name) {
    return start(lab_.host(host), {"natpunch", "peer", "--rendezvous", place(), "--name", name, "--behavior",
                                   "EIM/APDF", "--token-file", token_});
  }

  [[nodiscard]] std::filesystem::path database() const { return files_.path() / "journal.db"; }

 private:
  static lab::Scenario scenario(int hosts) {
    lab::Scenario out = netns::hosts_behind_nats(hosts);
    out.rendezvous = true;
    return out;
  }
  [[nodiscard]] std::string place() const { return net::to_string(lab_.rendezvous().addresses.front()) + ":3480"; }
  std::unique_ptr<lab::Process> start(const lab::Station& station, std::vector<std::string> words) {
    words.front() = program(words.front());
    return std::make_unique<lab::Process>(station.where, lab::Command{.words = std::move(words)}, stop_);
  }

  int hosts_;
  programs::TemporaryDirectory files_;
  std::string token_ = files_.file("token", "a token of this test");
  lab::StopSignals stop_;
  lab::Scenario scenario_;
  lab::WiredLab lab_;
  std::unique_ptr<lab::Process> rendezvous_;
  std::vector<std::unique_ptr<lab::Process>> peers_;
  std::unique_ptr<lab::Process> matrix_;
};

void expect_whole(const std::string& document, int hosts) {
  const auto parsed = reports::parse_matrix(document);
  ASSERT_TRUE(parsed) << parsed.error();
  ASSERT_EQ(parsed->matrix.pairs.size(), pairs_of(hosts));
  for (const auto& pair : parsed->matrix.pairs) {
    EXPECT_EQ(pair.outcome, traversal::Outcome::Direct) << pair.a << " " << pair.b << ": " << pair.why;
    EXPECT_EQ(pair.successes, 3U);
  }
}

TEST(RendezvousField, TwentyHosts_ThreeTrials_TakeLessThanAMinute) {
  SKIP_WITHOUT_NAMESPACES();
  Field field(20);
  const auto start = Clock::now();
  field.begin_matrix();
  ASSERT_EQ(field.matrix().wait(120s), 0) << field.matrix().err();
  const std::chrono::duration<double> taken = Clock::now() - start;
  RecordProperty("seconds", std::to_string(taken.count()));
  std::printf("190 pairs, 3 trials: %.1f s\n", taken.count());
  EXPECT_LT(taken.count(), 60.0);
  expect_whole(field.matrix().out(), 20);
}

TEST(RendezvousField, ASecondPeerWithANameInUse_IsRefused_AndTheFirstGoesOn) {
  SKIP_WITHOUT_NAMESPACES();
  Field field(2);
  const auto second = field.begin_peer("host2", "host1");
  ASSERT_EQ(second->wait(20s), 2);
  EXPECT_NE(second->err().find("another host is registered as host1"), std::string::npos) << second->err();
  field.begin_matrix();
  ASSERT_EQ(field.matrix().wait(30s), 0) << field.matrix().err();
  expect_whole(field.matrix().out(), 2);
}

// Pairs by matrix and number; the file is nobody's while the rendezvous is dead.
std::map<std::string, std::string> finished_pairs(const std::filesystem::path& file) {
  store::Sqlite database(file, store::Sharing::Alone);
  EXPECT_EQ(database.first("PRAGMA integrity_check")->at(0), store::Value("ok"));
  std::map<std::string, std::string> found;
  database.each("SELECT matrix || ' ' || pair, outcome FROM natscope_pair", {}, [&found](const store::Row& row) {
    EXPECT_TRUE(found.emplace(store::text(row.at(0)), store::text(row.at(1))).second);
  });
  return found;
}

TEST(RendezvousField, Kills_LoseNoPair_DoubleNone_AndTheNextJobBeginsWithinFiveSeconds) {
  SKIP_WITHOUT_NAMESPACES();
  const int wanted = kills_wanted();
  const int hosts = wanted < 100 ? 6 : 20;
  Field field(hosts);
  std::mt19937 random(7);
  std::map<std::string, std::string> before;
  double longest = 0;
  field.begin_matrix();
  for (int kills = 0; kills < wanted;) {
    const auto status = field.matrix().wait(std::chrono::milliseconds(std::uniform_int_distribution(0, 2500)(random)));
    if (status) {
      ASSERT_EQ(*status, 0) << field.matrix().err();
      expect_whole(field.matrix().out(), hosts);
      field.begin_matrix();
      continue;
    }
    field.kill_rendezvous();
    ++kills;
    auto after = finished_pairs(field.database());
    for (const auto& [pair, outcome] : before) {
      ASSERT_TRUE(after.contains(pair)) << "kill " << kills << " lost pair " << pair;
      ASSERT_EQ(after[pair], outcome) << "kill " << kills;
    }
    before = std::move(after);
    const auto start = Clock::now();
    field.begin_rendezvous();
    if (before.size() % pairs_of(hosts) == 0) continue;  // nothing is left to begin
    field.rendezvous().wait_for_line("begins", 10s);
    longest = std::max(longest, std::chrono::duration<double>(Clock::now() - start).count());
    ASSERT_LT(longest, 5.0) << "kill " << kills;
  }
  ASSERT_EQ(field.matrix().wait(120s), 0) << field.matrix().err();
  expect_whole(field.matrix().out(), hosts);
  std::printf("%d kills: %zu pairs kept, the next job at most %.2f s after a restart\n", wanted, before.size(),
              longest);
}

}  // namespace rendezvous_field_test
