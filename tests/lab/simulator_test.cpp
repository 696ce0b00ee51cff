#include "lab/simulator.h"

#include <gmock/gmock.h>

#include "echo_agents.h"
#include "lab/icmp.h"
#include "lab/testbed.h"

namespace simulator_test {

using namespace std::chrono_literals;
using lab_test::bytes;
using lab_test::Diary;
using lab_test::Echo;
using net::endpoint;
using net::SocketId;
using net::TimePoint;
using testing::ElementsAre;
using testing::HasSubstr;

const TimePoint t0{};
const net::Endpoint any = endpoint("0.0.0.0:0");
const net::Endpoint service = endpoint("198.51.100.1:3478");  // on the testbed's first reflector

net::Output open_service(std::uint32_t socket = 1) { return net::OpenUdp{{socket}, service, {}}; }
net::Output open_towards_service(std::uint32_t socket = 1) { return net::OpenUdp{{socket}, any, service}; }

class Simulation : public testing::Test {
 protected:
  lab::Testbed bed;
  lab::Simulator& simulator = bed.simulator;
};

TEST_F(Simulation, RequestAndAnswer_ThroughANat_AtTheRightTimes) {
  const lab::Site site = bed.add_site(*lab::find_profile("full-cone"), {.delay = 10ms});
  Echo echo({open_service()});
  Diary client({net::OpenUdp{{7}, endpoint("10.0.0.2:40000"), {}}, net::Send{{7}, service, bytes("hi")}});
  simulator.add_agent(bed.reflector_a.host, echo);
  simulator.add_agent(site.host, client);
  simulator.run_until(t0 + 1s);
  EXPECT_THAT(echo.lines, ElementsAre("0 start", "0 opened 1 198.51.100.1:3478",
                                      "10 datagram 1 from 203.0.113.1:40000 'hi' ttl 62"));
  EXPECT_THAT(client.lines,
              ElementsAre("0 start", "0 opened 7 10.0.0.2:40000", "20 datagram 7 from 198.51.100.1:3478 'hi' ttl 62"));
  EXPECT_EQ(simulator.now(), t0 + 1s);
  EXPECT_EQ(simulator.events(), 6U);
}

TEST_F(Simulation, SendsWithTheTtlAskedFor) {
  const lab::Site site = bed.add_site(*lab::find_profile("full-cone"));
  Echo echo({open_service()});
  Diary client(
      {open_towards_service(), net::Send{{1}, service, bytes("near"), 2}, net::Send{{1}, service, bytes("far"), 3}});
  simulator.add_agent(bed.reflector_a.host, echo);
  simulator.add_agent(site.host, client);
  simulator.run_until(t0 + 1s);
  ASSERT_EQ(echo.lines.size(), 3U);
  EXPECT_THAT(echo.lines[2], HasSubstr("'far' ttl 1"));
}

TEST_F(Simulation, PortZero_IsAnEphemeralPort_AndTowardsGivesTheRealAddress) {
  const lab::Site site = bed.add_site(*lab::find_profile("full-cone"));
  Diary client({open_towards_service(1), open_towards_service(2)});
  simulator.add_agent(site.host, client);
  simulator.run_until(t0);
  ASSERT_EQ(client.lines.size(), 3U);
  EXPECT_THAT(client.lines[1], HasSubstr("opened 1 10.0.0.2:"));
  const int port = std::stoi(client.lines[1].substr(client.lines[1].rfind(':') + 1));
  EXPECT_GE(port, 32768);
  EXPECT_LE(port, 60999);
  EXPECT_NE(client.lines[1].substr(9), client.lines[2].substr(9));
}

TEST_F(Simulation, BindConflicts_AreToldAsByAKernel) {
  Diary first({open_service()});
  Diary second({open_service(), net::OpenUdp{{2}, endpoint("0.0.0.0:3478"), {}},
                net::OpenUdp{{3}, endpoint("192.0.2.9:1"), {}},
                net::OpenUdp{{4}, endpoint("[::]:0"), endpoint("[2001:db8::1]:1")}, net::Listen{{5}, service},
                net::Send{{1}, endpoint("198.51.100.1:9"), bytes("dropped")}});
  simulator.add_agent(bed.reflector_a.host, first);
  simulator.add_agent(bed.reflector_a.host, second);
  simulator.run_until(t0 + 1s);
  EXPECT_THAT(
      second.lines,
      ElementsAre("0 start", "0 failed 1 bind 198.51.100.1:3478: address in use",
                  "0 failed 2 bind 0.0.0.0:3478: address in use", "0 failed 3 bind 192.0.2.9:1: address not available",
                  "0 failed 4 bind [::]:0: no route to 2001:db8::1", "0 opened 5 198.51.100.1:3478"));
}

TEST_F(Simulation, AWildcardSocket_HoldsItsPortOnEveryAddress) {
  Diary agent({net::OpenUdp{{1}, endpoint("0.0.0.0:3478"), {}}, open_service(2)});
  simulator.add_agent(bed.reflector_a.host, agent);
  simulator.run_until(t0);
  EXPECT_EQ(agent.lines.back(), "0 failed 2 bind 198.51.100.1:3478: address in use");
}

TEST_F(Simulation, AWildcardSocket_HearsOnEveryAddress) {
  const lab::PublicHost other = bed.add_public_host();
  Echo echo({net::OpenUdp{{1}, endpoint("0.0.0.0:3478"), {}}});
  Diary client({open_towards_service(), net::Send{{1}, service, bytes("hi")}});
  simulator.add_agent(bed.reflector_a.host, echo);
  simulator.add_agent(other.host, client);
  simulator.run_until(t0 + 1s);
  EXPECT_THAT(client.lines.back(), HasSubstr("from 198.51.100.1:3478 'hi'"));
}

TEST_F(Simulation, AClosedPort_IsFreeAgain_AndHearsNothing) {
  Diary agent({open_service(1), net::Close{{1}}, open_service(2), net::Close{{2}}, net::Close{{2}}});
  Diary client({open_towards_service(), net::Send{{1}, service, bytes("hi")}});
  simulator.add_agent(bed.reflector_a.host, agent);
  simulator.add_agent(bed.reflector_b.host, client);
  simulator.run_until(t0 + 1s);
  EXPECT_THAT(agent.lines, ElementsAre("0 start", "0 opened 1 198.51.100.1:3478", "0 opened 2 198.51.100.1:3478"));
  EXPECT_EQ(client.lines.size(), 2U) << "closed ports are silent unless asked otherwise";
}

TEST(SimulationSettings, AClosedPort_MayAnswerByIcmp) {
  lab::Testbed bed({.simulator = {.closed_port_errors = true}});
  Diary client({open_towards_service(), net::Send{{1}, service, bytes("hi")}});
  bed.simulator.add_agent(bed.reflector_b.host, client);
  bed.simulator.run_until(t0 + 1s);
  EXPECT_EQ(client.lines.back(), "0 icmp 1 198.51.100.1:3478 3/3");
}

TEST_F(Simulation, TicksComeAtTheDeadline_AndOnlyThen) {
  Diary agent;
  agent.deadline = t0 + 250ms;
  simulator.add_agent(bed.reflector_a.host, agent);
  simulator.run_until(t0 + 249ms);
  EXPECT_EQ(agent.lines.size(), 1U);
  simulator.run_until(t0 + 10s);
  EXPECT_THAT(agent.lines, ElementsAre("0 start", "250 tick"));
}

TEST_F(Simulation, AFinishedAgent_IsToldNothingMore_AndItsPortsAreFree) {
  Echo echo({open_service()});
  echo.done = true;
  Diary next({open_service()});
  const lab::AgentId id = simulator.add_agent(bed.reflector_a.host, echo);
  simulator.add_agent(bed.reflector_a.host, next);
  EXPECT_TRUE(simulator.run_until_finished({id}, t0));
  EXPECT_FALSE(simulator.alive(id));
  simulator.run_until(t0 + 1s);
  EXPECT_EQ(echo.lines.size(), 1U);
  EXPECT_EQ(next.lines.back(), "0 opened 1 198.51.100.1:3478");
}

// A client that asks every 10 ms for one second.
class Caller : public Diary {
 public:
  Caller() : Diary({open_towards_service()}) { deadline = TimePoint{} + 10ms; }
  void tick(TimePoint now) override {
    Diary::tick(now);
    ask(net::Send{{1}, service, bytes("hi")});
    if (now < TimePoint{} + 1s) deadline = now + 10ms;
  }
};

struct Course {
  Echo echo{{open_service()}};
  Caller caller;
  lab::Testbed bed;
  lab::AgentId echo_id, caller_id;

  explicit Course(std::uint64_t seed, const lab::LinkProfile& link = {.delay = 1ms}) : bed({.seed = seed}) {
    const lab::Site site = bed.add_site(*lab::find_profile("symmetric"), link);
    echo_id = bed.simulator.add_agent(bed.reflector_a.host, echo);
    caller_id = bed.simulator.add_agent(site.host, caller);
  }
};

TEST(SimulatorCourse, DependsOnTheSeedAlone) {
  const auto diary = [](std::uint64_t seed) {
    Course course(seed, {.delay = 5ms, .jitter = 20ms, .loss = 0.1, .duplication = 0.2, .reordering = 0.25});
    course.bed.simulator.run_until(t0 + 5s);
    std::vector<std::string> lines = course.caller.lines;
    lines.insert(lines.end(), course.echo.lines.begin(), course.echo.lines.end());
    return lines;
  };
  EXPECT_EQ(diary(1), diary(1));
  EXPECT_NE(diary(1), diary(2));
}

TEST(SimulatorCourse, AStep_IsOneCallOfOneAgent) {
  Course course(1);
  std::size_t steps = 0;
  while (course.bed.simulator.step()) {
    ++steps;
    ASSERT_EQ(course.bed.simulator.events(), steps);
    ASSERT_EQ(course.caller.lines.size() + course.echo.lines.size(), steps);
  }
  EXPECT_EQ(steps, 304U);  // two starts, two sockets; a hundred times tick, request, answer
}

TEST(SimulatorCourse, AKilledAgent_HearsNothing_BeforeWhicheverEvent) {
  for (std::size_t before = 0; before < 20; ++before) {
    Course course(1);
    for (std::size_t i = 0; i < before; ++i) course.bed.simulator.step();
    course.bed.simulator.kill(course.echo_id);
    const std::size_t heard = course.echo.lines.size();
    course.bed.simulator.run_until(t0 + 2s);
    EXPECT_EQ(course.echo.lines.size(), heard);
    EXPECT_FALSE(course.bed.simulator.alive(course.echo_id));
  }
}

TEST(SimulatorCourse, ARestartedAgent_StartsAnew_OnTheSamePort) {
  Course course(1);
  course.bed.simulator.run_until(t0 + 500ms);
  Echo fresh({open_service()});
  course.bed.simulator.restart(course.echo_id, fresh);
  course.bed.simulator.run_until(t0 + 2s);
  EXPECT_THAT(fresh.lines[0], "500 start");
  EXPECT_THAT(fresh.lines[1], "500 opened 1 198.51.100.1:3478");
  EXPECT_EQ(course.caller.lines.size(), 202U) << "start, opened; every request was answered";
}

TEST_F(Simulation, ARestartedAgent_DoesNotHearWhatItsPredecessorWasDue) {
  Echo old({open_service()});
  const lab::AgentId id = simulator.add_agent(bed.reflector_a.host, old);
  simulator.step();  // started; that its socket is open is due
  Diary fresh;
  simulator.restart(id, fresh);
  simulator.run_until(t0 + 1s);
  EXPECT_THAT(fresh.lines, ElementsAre("0 start"));
}

TEST(SimulatorCourse, ASuspendedAgent_HearsLater) {
  Course course(1);
  course.bed.simulator.run_until(t0 + 100ms);
  const std::size_t before = course.echo.lines.size();
  course.bed.simulator.suspend(course.echo_id);
  course.bed.simulator.suspend(course.caller_id);
  course.bed.simulator.run_until(t0 + 10s);
  EXPECT_EQ(course.echo.lines.size(), before);
  course.bed.simulator.resume(course.caller_id);
  course.bed.simulator.resume(course.echo_id);
  course.bed.simulator.run_until(t0 + 11s);
  EXPECT_GT(course.echo.lines.size(), before);
  EXPECT_THAT(course.caller.lines.back(), HasSubstr("10002 datagram"));
}

// ---- fragments, sizes, interfaces ----------------------------------------------------------------------------------

TEST_F(Simulation, ALargeDatagram_ArrivesWhole_ThroughANarrowLink) {
  const lab::PublicHost narrow = bed.add_public_host({.mtu = 1280});
  Echo echo({open_service()});
  Diary client({open_towards_service(), net::Send{{1}, service, net::Bytes(4000, 'x')}});
  simulator.add_agent(bed.reflector_a.host, echo);
  simulator.add_agent(narrow.host, client);
  simulator.run_until(t0 + 1s);
  EXPECT_THAT(client.lines.back(), HasSubstr("'" + std::string(4000, 'x') + "'"));
}

// RFC 8200 section 5, RFC 8201: no router divides IPv6; who was told how much the way carries sends no more at once.
TEST(SimulatedIpv6, ItsHostsDivideIt_OnceToldOrWhereNoUsualLinkCarriesIt) {
  lab::Testbed bed({.family = net::Family::V6});
  const net::Endpoint to{bed.reflector_a.address, 3478};
  bed.network.link(bed.reflector_a.host).down.mtu = 1300;
  Echo echo({net::OpenUdp{{1}, to, {}}});
  Diary client({net::OpenUdp{{1}, endpoint("[::]:0"), to}, net::Send{{1}, to, net::Bytes(3000, 'a')}});
  client.at(1s, net::Send{{1}, to, net::Bytes(1400, 'b')});
  client.at(2s, net::Send{{1}, to, net::Bytes(1400, 'c')});
  client.at(3s, net::Send{.socket = {1}, .to = to, .payload = net::Bytes(1400, 'd'), .dont_fragment = true});
  bed.simulator.add_agent(bed.reflector_a.host, echo);
  bed.simulator.add_agent(bed.reflector_b.host, client);
  bed.simulator.run_until(t0 + 4s);
  ASSERT_EQ(client.lines.size(), 6U);
  EXPECT_THAT(client.lines[2], HasSubstr("'" + std::string(3000, 'a') + "'"));
  EXPECT_THAT(client.lines[3], testing::EndsWith("2/0")) << "packet too big";
  EXPECT_THAT(client.lines[4], HasSubstr("'" + std::string(1400, 'c') + "'"));
  EXPECT_THAT(client.lines[5], testing::EndsWith("2/0"));
}

// A NAT that takes fragments in order only shows in which order they left.
TEST_F(Simulation, FragmentsOfAnAgentsOwn_LeaveInTheOrderItWants) {
  auto profile = *lab::find_profile("full-cone");
  profile.fragments = lab::Fragments::InOrder;
  const lab::Site site = bed.add_site(profile);
  Echo echo({open_service()});
  const auto large = [](char letter, bool reversed) {
    return net::Send{.socket = {1},
                     .to = service,
                     .payload = net::Bytes(2000, static_cast<std::uint8_t>(letter)),
                     .in_fragments = net::InFragments{.reversed = reversed}};
  };
  Diary client({open_towards_service(), large('a', true), large('b', false)});
  simulator.add_agent(bed.reflector_a.host, echo);
  simulator.add_agent(site.host, client);
  simulator.run_until(t0 + 1s);
  ASSERT_EQ(client.lines.size(), 3U);
  EXPECT_THAT(client.lines.back(), HasSubstr("'" + std::string(2000, 'b') + "'"));
}

TEST_F(Simulation, ADatagramThatMustNotBeFragmented_DrawsIcmp) {
  bed.network.link(bed.reflector_a.host).down.mtu = 1280;
  Diary client({open_towards_service(),
                net::Send{.socket = {1}, .to = service, .payload = net::Bytes(1253), .dont_fragment = true}});
  simulator.add_agent(bed.reflector_b.host, client);
  simulator.run_until(t0 + 1s);
  EXPECT_EQ(client.lines.back(), "0 icmp 1 198.51.100.1:3478 3/4");
}

TEST_F(Simulation, AnEndedTtl_IsToldToItsSocket) {
  const lab::Site site = bed.add_site(*lab::find_profile("full-cone"), {.delay = 10ms});
  Diary client({open_towards_service(), net::Send{{1}, service, bytes("near"), 1}});
  simulator.add_agent(site.host, client);
  simulator.run_until(t0 + 1s);
  EXPECT_EQ(client.lines.back(), "0 icmp 1 198.51.100.1:3478 11/0");
}

TEST_F(Simulation, HostsAnswerEchoRequests) {
  bed.network.inject(bed.reflector_b.host,
                     lab::make_echo_request({bed.reflector_b.address, 77}, bed.reflector_a.address, 1, bytes("ping")),
                     t0);
  std::vector<std::string> links;
  bed.network.watch([&](const lab::Sighting& sighting) {
    if (icmp_kind(sighting.packet) == lab::IcmpKind::EchoReply && sighting.packet.destination.port == 77) {
      links.push_back(net::to_string(sighting.packet.source.address));
    }
  });
  simulator.run_until(t0 + 1s);
  EXPECT_THAT(links, ElementsAre("198.51.100.1", "198.51.100.1")) << "on both links of the way back";
}

TEST_F(Simulation, ATwoHomedHost_AnswersFromTheAddressThatWasAsked) {
  const net::Endpoint other = endpoint("192.0.2.77:3478");
  bed.network.add_interface(bed.reflector_a.host, {other.address}, lab::core, lab::both_ways({.delay = 5ms}));
  Echo echo({open_service(1), net::OpenUdp{{2}, other, {}}});
  Diary client({open_towards_service(), net::Send{{1}, service, bytes("a")}, net::Send{{1}, other, bytes("b")}});
  simulator.add_agent(bed.reflector_a.host, echo);
  simulator.add_agent(bed.reflector_b.host, client);
  simulator.run_until(t0 + 1s);
  ASSERT_EQ(client.lines.size(), 4U);
  EXPECT_EQ(client.lines[2], "0 datagram 1 from 198.51.100.1:3478 'a' ttl 63");
  EXPECT_EQ(client.lines[3], "10 datagram 1 from 192.0.2.77:3478 'b' ttl 63");
}

TEST_F(Simulation, AWildcardSocketOfATwoHomedHost_HearsOnBothInterfaces) {
  bed.network.add_interface(bed.reflector_a.host, {net::address("192.0.2.77")}, lab::core);
  Diary server({net::OpenUdp{{1}, endpoint("0.0.0.0:3478"), {}}});
  Diary client({open_towards_service(), net::Send{{1}, service, bytes("a")},
                net::Send{{1}, endpoint("192.0.2.77:3478"), bytes("b")}});
  simulator.add_agent(bed.reflector_a.host, server);
  simulator.add_agent(bed.reflector_b.host, client);
  simulator.run_until(t0 + 1s);
  EXPECT_EQ(server.lines.size(), 4U);
}

TEST_F(Simulation, AnAgentWithoutProgress_IsALogicError) {
  class Stuck : public Diary {
   public:
    void tick(TimePoint) override {}
  } stuck;
  stuck.deadline = t0;
  simulator.add_agent(bed.reflector_a.host, stuck);
  EXPECT_THROW(simulator.run_until(t0 + 1s), std::logic_error);
}

// ---- the testbed ---------------------------------------------------------------------------------------------------

class TestbedProfile : public testing::TestWithParam<lab::NatProfile> {};

// Whatever stands in the way, the reflector hears everybody and is heard.
void expect_answer(lab::Testbed& bed, const lab::Site& from, const net::IpAddress& seen, bool blocked) {
  const net::Endpoint target{bed.reflector_a.address, 3478};
  const net::Endpoint wildcard{net::IpAddress::any(target.family()), 0};
  Echo echo({net::OpenUdp{{1}, target, {}}});
  Diary client({net::OpenUdp{{1}, wildcard, target}, net::Send{{1}, target, bytes("hi")}});
  const lab::AgentId echo_id = bed.simulator.add_agent(bed.reflector_a.host, echo);
  bed.simulator.add_agent(from.host, client);
  bed.simulator.run_for(1s);
  bed.simulator.kill(echo_id);
  EXPECT_THAT(client.lines[1], HasSubstr(net::to_string(from.inside)));
  EXPECT_EQ(client.lines.size(), blocked ? 2U : 3U);
  if (!blocked) {
    EXPECT_THAT(echo.lines.back(), HasSubstr(net::to_string(seen)));
  }
}

TEST_P(TestbedProfile, CarriesHost_Neighbour_AndNestedNat_InBothFamilies) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    lab::Testbed bed({.family = family});
    const lab::Site site = bed.add_site(GetParam());
    const lab::Site neighbour = bed.add_neighbour(site);
    const lab::Site nested = bed.add_site_behind(site, *lab::find_profile("full-cone"));
    expect_answer(bed, site, site.outside, GetParam().udp_blocked);
    expect_answer(bed, neighbour, neighbour.outside, GetParam().udp_blocked);
    const auto untranslated = bed.network.outside_address(site.nat, nested.outside);
    expect_answer(bed, nested, untranslated.value_or(site.outside), GetParam().udp_blocked);
  }
}

INSTANTIATE_TEST_SUITE_P(All, TestbedProfile, testing::ValuesIn(lab::all_profiles().begin(), lab::all_profiles().end()),
                         [](const auto& param) {
                           std::string name = param.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace simulator_test
