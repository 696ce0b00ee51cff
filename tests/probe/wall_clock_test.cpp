// The wall clock jumps by an hour or ten years, either way, at twenty points of a probe run and of the partner link's
// life, on real sockets: durations come from the monotonic clock, so nothing is noticed.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

#include "net/side_by_side.h"
#include "net/socket_driver.h"
#include "probe/probe_session.h"
#include "reflector/reflector_agent.h"
#include "reports/probe_report_json.h"
#include "tests/probe/jumping_clock.h"

namespace wall_clock_test {

using namespace std::chrono_literals;
using std::chrono::system_clock;

constexpr std::chrono::seconds ten_years = 24h * 3652;
constexpr std::chrono::seconds jumps[] = {1h, -1h, ten_years, -ten_years};
constexpr unsigned points = 20;
constexpr net::Duration link_is_up_within = 3s;

// Addresses of this process alone, so that others may have the ports too.
net::IpAddress own_address(std::uint8_t host) {
  const auto pid = static_cast<std::uint32_t>(::getpid());
  return net::IpAddress::v4(
      {127, static_cast<std::uint8_t>(64 + (pid >> 8) % 64), static_cast<std::uint8_t>(pid), host});
}

reflector::Secret secret(std::uint8_t byte) {
  reflector::Secret out{};
  out.fill(byte);
  return out;
}

// An agent, and a word before each thing it is told; it may begin later than its driver.
class Announced final : public net::Agent {
 public:
  Announced(net::Agent& agent, std::function<void()> before_each, bool at_once = true)
      : agent_(agent), before_each_(std::move(before_each)), begun_(at_once) {}

  void begin(net::TimePoint now) {
    begun_ = true;
    agent_.start(now);
  }
  [[nodiscard]] bool begun() const { return begun_; }

  void start(net::TimePoint now) override {
    if (begun_) agent_.start(now);
  }
  void handle(net::TimePoint now, const net::Input& input) override {
    before_each_();
    agent_.handle(now, input);
  }
  void tick(net::TimePoint now) override {
    before_each_();
    agent_.tick(now);
  }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override {
    return begun_ ? agent_.next_deadline() : std::nullopt;
  }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return agent_.take_outputs(); }
  [[nodiscard]] bool finished() const override { return agent_.finished(); }

 private:
  net::Agent& agent_;
  std::function<void()> before_each_;
  bool begun_;
};

// Jumps to and fro, every 40 ms.
class Jumper final : public net::Agent {
 public:
  unsigned jumped = 0;

  void start(net::TimePoint now) override { next_ = now; }
  void handle(net::TimePoint, const net::Input&) override {}
  void tick(net::TimePoint now) override {
    jumping_clock::jump(jumps[jumped++ % std::size(jumps)]);
    next_ = now + 40ms;
  }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return next_; }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return {}; }
  [[nodiscard]] bool finished() const override { return false; }

 private:
  net::TimePoint next_;
};

// One jump, at the nth thing that happens, or when nothing more would; undone with the object.
class OneJump {
 public:
  OneJump(std::chrono::seconds by, unsigned at) : by_(by), at_(at) {}
  ~OneJump() {
    if (made_) jumping_clock::jump(-by_);
  }
  OneJump(const OneJump&) = delete;
  OneJump& operator=(const OneJump&) = delete;

  void happens() {
    if (happened_++ == at_) make();
  }
  void make() {
    if (!std::exchange(made_, true)) jumping_clock::jump(by_);
  }
  [[nodiscard]] bool made() const { return made_; }
  [[nodiscard]] unsigned happened() const { return happened_; }

 private:
  std::chrono::seconds by_;
  unsigned at_;
  unsigned happened_ = 0;
  bool made_ = false;
};

// Two partners on the loopback; each pair of a test has addresses of its own.
class Pair {
 public:
  explicit Pair(unsigned number = 0) : number_(number) {}

  [[nodiscard]] net::Endpoint endpoint(unsigned which) const {
    return {own_address(static_cast<std::uint8_t>(1 + 2 * number_ + which)), 3478};
  }
  [[nodiscard]] bool linked(net::TimePoint now) const {
    return a.partner_usable(net::Family::V4, now) && b.partner_usable(net::Family::V4, now);
  }

 private:
  [[nodiscard]] reflector::ReflectorConfig config(unsigned which) const {
    auto out = reflector::pair_config(endpoint(which), endpoint(1 - which).address, net::Bytes(32, 0x5A));
    out.tcp = false;
    out.requests_per_second.reset();
    return out;
  }
  unsigned number_;

 public:
  reflector::ReflectorAgent a{config(0), secret(1)};
  reflector::ReflectorAgent b{config(1), secret(2)};
};

// Side by side on one driver, until `enough`, or for ten seconds.
void run(net::SocketDriver& driver, std::vector<net::Agent*> agents,
         const std::function<bool(net::TimePoint now)>& enough) {
  net::SideBySide together(std::move(agents));
  const net::TimePoint until = driver.now() + 10s;
  driver.run(together, [&](net::TimePoint now) {
    if (enough(now) || now >= until) driver.stop();
  });
}

TEST(JumpingClock, IsWhatTheLibrarySees) {
  const auto wall = system_clock::now();
  const auto steady = std::chrono::steady_clock::now();
  jumping_clock::jump(ten_years);
  EXPECT_GE(system_clock::now() - wall, ten_years);
  EXPECT_LT(std::chrono::steady_clock::now() - steady, 1h);
  jumping_clock::jump(-ten_years);
  EXPECT_LT(system_clock::now() - wall, 1h);
}

// Twenty pairs at once; each has a jump at another event of its own, and sees those of the others.
TEST(WallClock, ThatJumps_LeavesThePartnerLinkComeUp) {
  for (const auto by : jumps) {
    net::SocketDriver driver;
    std::deque<Pair> pairs;
    std::deque<OneJump> made;
    std::deque<Announced> announced;
    std::vector<net::Agent*> agents;
    for (unsigned point = 0; point < points; ++point) {
      Pair& pair = pairs.emplace_back(point);
      OneJump& jump = made.emplace_back(by, point);
      for (net::Agent* agent : {static_cast<net::Agent*>(&pair.a), static_cast<net::Agent*>(&pair.b)}) {
        agents.push_back(&announced.emplace_back(*agent, [&jump] { jump.happens(); }));
      }
    }
    const net::TimePoint began = driver.now();
    const auto all_linked = [&](net::TimePoint now) {
      for (unsigned point = 0; point < points; ++point) {
        if (pairs[point].linked(now)) made[point].make();
      }
      return std::all_of(pairs.begin(), pairs.end(), [now](const Pair& pair) { return pair.linked(now); });
    };
    run(driver, agents, all_linked);
    EXPECT_TRUE(all_linked(driver.now())) << by.count() << " s";
    EXPECT_LT(driver.now() - began, link_is_up_within) << by.count() << " s";
  }
}

TEST(WallClock, ThatJumps_LeavesThePartnerLinkUp) {
  net::SocketDriver driver;
  Jumper jumper;
  Pair pair;
  std::optional<net::TimePoint> up_since;
  run(driver, {&pair.a, &pair.b, &jumper}, [&](net::TimePoint now) {
    if (!up_since && pair.linked(now)) up_since = now;
    if (!up_since) return false;
    EXPECT_TRUE(pair.linked(now)) << "after " << jumper.jumped << " jumps";
    return now >= *up_since + link_is_up_within + 500ms;  // one that is not refreshed is down by then
  });
  EXPECT_TRUE(up_since);
  EXPECT_GE(jumper.jumped, std::size(jumps) * points);
}

void expect_sound(const probe::Report& report) {
  EXPECT_EQ(report.verdict.nat_class, net::NatClass::NoNat);
  EXPECT_EQ(report.verdict.filtering.value, net::FilteringBehavior::EndpointIndependent);
  EXPECT_GE(report.duration, 0s);
  EXPECT_LT(report.duration, 10s);
  for (const probe::Observation& seen : report.observations) {
    EXPECT_GE(seen.sent_at, 0s);
    EXPECT_LE(seen.sent_at, report.duration);
    if (seen.outcome != probe::Outcome::Answered) continue;
    EXPECT_GE(seen.answered_at, seen.sent_at);
    EXPECT_LE(seen.answered_at, report.duration);
  }
}

void expect_written_and_read(probe::Report report, system_clock::time_point started_at) {
  report.started_at = started_at;
  const auto again = reports::parse_probe_report(reports::to_json(report));
  ASSERT_TRUE(again) << again.error();
  EXPECT_LT(started_at - again->started_at, 1s) << "UTC beside the monotonic times";
  EXPECT_LT(report.duration - again->duration, 1ms);
}

// Twenty runs at once, as before.
TEST(WallClock, ThatJumps_IsNotNoticedByARun) {
  for (const auto by : jumps) {
    const auto started_at = system_clock::now();
    net::SocketDriver driver;
    Pair pair;
    std::deque<probe::ProbeSession> sessions;
    std::deque<OneJump> made;
    std::deque<Announced> later;
    std::vector<net::Agent*> agents{&pair.a, &pair.b};
    for (unsigned point = 0; point < points; ++point) {
      OneJump& jump = made.emplace_back(by, point);
      auto& session = sessions.emplace_back(probe::behavior_only({{.given = "a", .endpoint = pair.endpoint(0)},
                                                                  {.given = "b", .endpoint = pair.endpoint(1)}}),
                                            net::Random(point));
      agents.push_back(&later.emplace_back(
          session, [&jump] { jump.happens(); }, false));
    }
    run(driver, agents, [&](net::TimePoint now) {
      if (!later.front().begun() && pair.linked(now)) {
        for (Announced& one : later) one.begin(now);
      }
      return std::all_of(sessions.begin(), sessions.end(), [](const auto& session) { return session.finished(); });
    });
    for (unsigned point = 0; point < points; ++point) {
      SCOPED_TRACE(std::to_string(by.count()) + " s at event " + std::to_string(point));
      EXPECT_GT(made[point].happened(), points) << "all points lie within the run";
      expect_sound(sessions[point].report());
      expect_written_and_read(sessions[point].report(), started_at);
    }
  }
}

}  // namespace wall_clock_test
