// What a run keeps for a capture, and what it says while it runs.

#include "probe/packets.h"

#include <gmock/gmock.h>

#include "probe/progress.h"
#include "probe/running_time.h"
#include "tests/probe/log_builder.h"
#include "tests/probe/world.h"

namespace packets_test {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(RecordedSession, KeepsWhatPassed_WithTheQuestionItBelongsTo) {
  world::World world;
  const auto site = world.bed.add_site(*lab::find_profile("port-restricted-cone"), world::calm());
  probe::ProbeSession session(world::config_for({world.a(), world.b()}), net::Random(7));
  probe::RecordedSession recorded(session);
  const auto id = world.bed.simulator.add_agent(site.host, recorded);
  ASSERT_TRUE(world.bed.simulator.run_until_finished({id}, world.bed.simulator.now() + 60s));
  const probe::Report report = session.report();
  ASSERT_TRUE(report.verdict.filtering.value);

  std::size_t sent = 0;
  std::size_t answers = 0;
  for (const probe::Packet& packet : recorded.packets()) {
    ASSERT_TRUE(packet.local);
    ASSERT_TRUE(packet.observation);
    const probe::Observation& seen = report.observations[*packet.observation];
    EXPECT_EQ(packet.local, seen.local);
    sent += packet.outbound ? 1U : 0U;
    if (packet.outbound) {
      EXPECT_EQ(packet.remote, seen.query.to);
    }
    answers += !packet.outbound && packet.remote == seen.from ? 1U : 0U;
  }
  EXPECT_EQ(sent, report.traffic.packets);
  EXPECT_GT(answers, 10U);
  EXPECT_EQ(recorded.left_out(), 0U);
}

TEST(RecordedSession, AFlood_IsCountedBeyondItsBounds) {
  probe::ProbeSession session(world::config_for({net::endpoint("198.51.100.1:3478")}), net::Random(7));
  probe::RecordedSession recorded(session);
  recorded.start(net::TimePoint{});
  const net::Datagram stray{.socket = {1}, .from = net::endpoint("192.0.2.66:1"), .payload = net::Bytes(1000)};
  for (int i = 0; i < 10'000; ++i) recorded.handle(net::TimePoint{}, stray);
  EXPECT_LE(recorded.packets().size() * 1000, probe::RecordedSession::most_bytes);
  EXPECT_EQ(recorded.packets().size() + recorded.left_out(), 10'000U);
  EXPECT_EQ(recorded.packets().front().observation, std::nullopt);
}

TEST(Progress, NamesWhatIsAwaited) {
  logs::LogBuilder log;
  log.pair().exchange("mapping", 400, logs::a, std::nullopt);
  EXPECT_EQ(probe::progress_words(log.log, 1500ms, 2s), "1 s");
  log.last().outcome = probe::Outcome::Pending;
  EXPECT_EQ(probe::progress_words(log.log, 12s, 6min), "12 s of about 360 s: mapping");
  EXPECT_EQ(probe::progress_words(log.log, 7min, 6min), "420 s: mapping") << "an estimate that has passed is none";
}

TEST(Estimate, IsTheLongestOfThoseWanted) {
  const auto none = [](std::string_view) { return false; };
  const auto quick = [](std::string_view name) { return name == "mapping" || name == "filtering"; };
  EXPECT_EQ(probe::estimate_words(none, true), "");
  EXPECT_EQ(probe::estimate_words(quick, true), "");
  EXPECT_LT(probe::estimate(quick, true), 5s);
  EXPECT_GT(probe::typical_duration("allocation", true), probe::typical_duration("allocation", false));
}

}  // namespace packets_test
