#include "reports/sql_journal.h"

#include <gtest/gtest.h>

#include <array>

#include "net/random.h"
#include "tests/programs/program.h"
#include "tests/store/file_layer.h"

namespace sql_journal_test {

using namespace traversal;
using namespace std::chrono_literals;

MatrixOrder order(std::uint8_t id, unsigned hosts) {
  MatrixOrder order{.id = {id}, .request = {.strategies = {"best"}, .trials = 2}};
  for (unsigned i = 0; i < hosts; ++i) {
    order.hosts.push_back(
        {.name = "h" + std::to_string(i), .behavior = *net::parse_short("EIM/APDF"), .external = "192.0.2.1:4000"});
  }
  return order;
}

FinishedPair finished(std::uint8_t matrix, std::uint32_t pair, Outcome outcome = Outcome::Direct) {
  return {{matrix},
          pair,
          {.a = "h0",
           .b = "h1",
           .predicted = Prediction::Direct,
           .outcome = outcome,
           .trials = 1,
           .successes = 1,
           .strategy = "simultaneous-open",
           .attempts = {{.strategy = "simultaneous-open", .outcome = outcome, .time_to_connect = 41ms}}}};
}

Journal::Written finish(Journal& journal, const FinishedPair& pair) { return journal.finish({&pair, 1}); }

std::unique_ptr<reports::SqlJournal> open_on(const tests::FileLayer& layer) {
  auto database = std::make_unique<store::Sqlite>("journal.db", store::Sharing::Alone, layer.name());
  store::prepare(*database, reports::journal_schema());
  return std::make_unique<reports::SqlJournal>(std::move(database));
}

void expect_sound(const tests::FileLayer& layer) {
  store::Sqlite database("journal.db", store::Sharing::Alone, layer.name());
  EXPECT_EQ(database.first("PRAGMA integrity_check")->at(0), store::Value("ok"));
}

class OnAFile : public testing::Test {
 protected:
  programs::TemporaryDirectory files_;
  store::Url url_ = store::SqliteFile{files_.path() / "journal.db"};
};

TEST_F(OnAFile, GivesBackWhatWasWritten) {
  {
    const auto journal = reports::open_journal(url_, {});
    ASSERT_TRUE(journal->begin(order(2, 3)));
    ASSERT_TRUE(journal->begin(order(1, 2)));
    const std::vector<FinishedPair> both = {finished(2, 0), finished(2, 2, Outcome::Failed)};
    ASSERT_TRUE(journal->finish(both));
    ASSERT_TRUE(finish(*journal, finished(1, 0)));
  }
  const auto runs = reports::open_journal(url_, {})->load();
  ASSERT_TRUE(runs) << runs.error();
  ASSERT_EQ(runs->size(), 2U);
  const WrittenRun& first = runs->front();
  EXPECT_EQ(first.order.id, Id{2});
  EXPECT_EQ(first.order.request.trials, 2U);
  ASSERT_EQ(first.order.hosts.size(), 3U);
  EXPECT_EQ(first.order.hosts[2].name, "h2");
  EXPECT_EQ(first.order.hosts[2].behavior, *net::parse_short("EIM/APDF"));
  EXPECT_EQ(first.order.hosts[2].external, "192.0.2.1:4000");
  ASSERT_EQ(first.finished.size(), 2U);
  EXPECT_EQ(first.finished[1].pair, 2U);
  EXPECT_EQ(first.finished[1].outcome.outcome, Outcome::Failed);
  ASSERT_EQ(first.finished[0].outcome.attempts.size(), 1U);
  EXPECT_EQ(first.finished[0].outcome.attempts[0].time_to_connect, 41ms);
}

TEST_F(OnAFile, KeepsTheFirstOutcomeOfAPair) {
  const auto journal = reports::open_journal(url_, {});
  ASSERT_TRUE(journal->begin(order(1, 2)));
  ASSERT_TRUE(finish(*journal, finished(1, 0)));
  ASSERT_TRUE(finish(*journal, finished(1, 0, Outcome::Failed)));
  const auto runs = journal->load();
  ASSERT_EQ(runs->at(0).finished.size(), 1U);
  EXPECT_EQ(runs->at(0).finished[0].outcome.outcome, Outcome::Direct);
}

TEST_F(OnAFile, ForgetsAMatrixWhole) {
  const auto journal = reports::open_journal(url_, {});
  ASSERT_TRUE(journal->begin(order(1, 2)));
  ASSERT_TRUE(finish(*journal, finished(1, 0)));
  ASSERT_TRUE(journal->forget({1}));
  EXPECT_TRUE(journal->load()->empty());
}

TEST_F(OnAFile, ADamagedEntry_IsNamed) {
  {
    const auto journal = reports::open_journal(url_, {});
    ASSERT_TRUE(journal->begin(order(1, 2)));
  }
  store::open(url_, reports::journal_schema())->run("UPDATE natscope_matrix SET hosts = 'nonsense'");
  const auto runs = reports::open_journal(url_, {})->load();
  ASSERT_FALSE(runs);
  EXPECT_EQ(runs.error(), "an entry of the rendezvous is damaged");
}

TEST_F(OnAFile, ASecondRendezvous_IsRefused) {
  const auto first = reports::open_journal(url_, {});
  EXPECT_THROW((void)reports::open_journal(url_, {}), store::Error);
}

// At each of the first 200 writes the disk fills up or breaks, and is mended later.
TEST(JournalFaults, OfEachWrite_DamageNothing_AndPassWhenThereIsSpaceAgain) {
  constexpr std::array errors = {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_READONLY};
  for (int write = 0; write < 200; ++write) {
    const int error = errors[static_cast<std::size_t>(write) % errors.size()];
    SCOPED_TRACE(std::to_string(error) + " at write " + std::to_string(write));
    tests::FileLayer layer;
    std::size_t accepted = 0;
    {
      auto journal = open_on(layer);
      ASSERT_TRUE(journal->begin(order(1, 100)));
      layer.fail_from(layer.writes() + write, error);
      for (std::uint32_t pair = 0; pair < 80; ++pair) {
        auto written = finish(*journal, finished(1, pair));
        if (!written) {
          EXPECT_NE(written.error().find("journal.db: "), std::string::npos) << written.error();
          EXPECT_EQ(journal->load()->at(0).finished.size(), accepted);
          layer.heal();
          written = finish(*journal, finished(1, pair));
        }
        ASSERT_TRUE(written) << written.error();
        ++accepted;
      }
    }
    expect_sound(layer);
    ASSERT_EQ(open_on(layer)->load()->at(0).finished.size(), 80U);
  }
}

TEST(JournalFaults, APowerCut_LosesNoPairThatWasAcknowledged) {
  net::Random random(1);
  for (int run = 0; run < 100; ++run) {
    tests::FileLayer layer;
    std::uint32_t acknowledged = 0;
    std::map<std::string, tests::FileLayer::Content> left;
    {
      auto journal = open_on(layer);
      ASSERT_TRUE(journal->begin(order(1, 100)));
      layer.fail_from(layer.writes() + static_cast<int>(random.below(150)), SQLITE_IOERR_WRITE);
      while (finish(*journal, finished(1, acknowledged))) ++acknowledged;
      layer.cut_power();
      left = layer.files;
    }
    layer.heal();
    layer.files = left;  // what the closing did, did not happen
    expect_sound(layer);
    // The one that was being written may be there or not.
    const std::size_t found = open_on(layer)->load()->at(0).finished.size();
    EXPECT_TRUE(found == acknowledged || found == acknowledged + 1) << "run " << run << ": " << found;
  }
}

}  // namespace sql_journal_test
