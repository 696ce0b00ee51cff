// Simulated TCP: streams through NATs, and every way they end.

#include <gmock/gmock.h>

#include "echo_agents.h"
#include "lab/icmp.h"
#include "lab/testbed.h"

namespace simulator_stream_test {

using namespace std::chrono_literals;
using lab_test::bytes;
using lab_test::Diary;
using lab_test::Echo;
using net::endpoint;
using net::SocketId;
using testing::ElementsAre;

const net::TimePoint t0{};
const net::Endpoint service = endpoint("198.51.100.1:3478");
const SocketId stream{5};
const SocketId accepted{net::first_accepted_id};
const std::string opened = "0 opened 1 198.51.100.1:3478";

// A server at the first reflector, a client 20 ms of round trip away.
class Streams : public testing::Test {
 protected:
  void run(std::string_view profile, net::Agent& server, net::Agent& client,
           const lab::LinkProfile& link = {.delay = 10ms}) {
    site = bed.add_site(*lab::find_profile(profile), link);
    server_id = bed.simulator.add_agent(bed.reflector_a.host, server);
    client_id = bed.simulator.add_agent(site.host, client);
    bed.simulator.run_until(t0 + 5s);
  }

  lab::Testbed bed;
  lab::Site site;
  lab::AgentId server_id, client_id;
};

TEST_F(Streams, ConnectTalkAndClose_WhereUdpIsBlocked_DespiteLoss) {
  Echo server({net::Listen{{1}, service}});
  Diary client({net::Connect{stream, service, endpoint("10.0.0.2:40000")}, net::SendStream{stream, bytes("early")}});
  client.at(1000ms, net::SendStream{stream, bytes("late")});
  client.at(2000ms, net::Close{stream});
  run("udp-blocked", server, client,
      {.delay = 10ms, .jitter = 50ms, .loss = 0.9, .duplication = 0.9, .reordering = 0.9});
  EXPECT_THAT(server.lines, ElementsAre("0 start", opened, "10 accepted 80000000 from 203.0.113.1:40000",
                                        "30 bytes 'early'", "1010 bytes 'late'", "2010 peer finished"));
  EXPECT_THAT(client.lines, ElementsAre("0 start", "20 connected 5", "40 bytes 'early'", "1020 bytes 'late'"));
}

TEST_F(Streams, AfterTheOtherSideFinished_AnswersMayStillBeSent) {
  Diary server({net::Listen{{1}, service}});
  server.at(100ms, net::Close{accepted});
  server.at(200ms, net::Close{{1}});
  Diary client({net::Connect{stream, service}});
  client.at(1000ms, net::Close{stream});
  run("full-cone", server, client);
  EXPECT_THAT(client.lines, ElementsAre("0 start", "20 connected 5", "110 peer finished"));
  EXPECT_EQ(server.lines.size(), 3U) << "a program that has closed hears nothing";
}

TEST_F(Streams, WithoutAListener_IsRefused) {
  Diary nobody;
  Diary client({net::Connect{stream, service}});
  run("symmetric", nobody, client);
  EXPECT_THAT(client.lines, ElementsAre("0 start", "20 closed: refused"));
}

TEST_F(Streams, WithoutAnAnswer_TimesOut) {
  Diary nobody;
  Diary client({net::Connect{stream, endpoint("198.51.100.77:1")}, net::SendStream{stream, bytes("never")}});
  run("symmetric", nobody, client);
  bed.simulator.run_until(t0 + 30s);
  EXPECT_THAT(client.lines, ElementsAre("0 start", "10000 closed: timed out"));
}

TEST_F(Streams, AnIcmpError_EndsAConnectionThatOpens_AndNoOther) {
  const net::Endpoint local{bed.reflector_b.address, 40000};
  const lab::Packet syn{.protocol = lab::Protocol::Tcp,
                        .source = local,
                        .destination = service,
                        .payload = lab::encode({.kind = lab::Segment::Kind::Syn})};
  const lab::Packet error = *lab::make_icmp_error(syn, service.address, lab::IcmpError::HostUnreachable);
  for (const bool listens : {false, true}) {
    Echo server({net::Listen{{1}, service}});
    Diary client({net::Connect{stream, service, local}});
    if (listens) bed.simulator.add_agent(bed.reflector_a.host, server);
    if (!listens) bed.network.block(service.address, local.address);  // no refusal
    const lab::AgentId id = bed.simulator.add_agent(bed.reflector_b.host, client);
    bed.simulator.run_for(1s);
    bed.network.unblock(service.address, local.address);
    bed.network.inject(bed.reflector_a.host, error, bed.simulator.now());
    bed.simulator.run_for(1s);
    EXPECT_EQ(client.lines.back(), listens ? "2000 connected 5" : "1000 closed: unreachable");
    bed.simulator.kill(id);
  }
}

TEST_F(Streams, AStreamClosedWhileConnecting_SendsWhatItHad_AndIsSilent) {
  Diary server({net::Listen{{1}, service}});
  Diary client({net::Connect{stream, service, endpoint("10.0.0.2:40000")}, net::SendStream{stream, bytes("last")},
                net::Close{stream}});
  run("full-cone", server, client);
  EXPECT_THAT(server.lines, ElementsAre("0 start", opened, "10 accepted 80000000 from 203.0.113.1:40000",
                                        "30 bytes 'last'", "30 peer finished"));
  EXPECT_THAT(client.lines, ElementsAre("0 start"));
}

TEST_F(Streams, AStreamClosedWhileConnecting_IsSilentAboutItsFailure) {
  Diary nobody;
  Diary client({net::Connect{stream, service}, net::Close{stream}});
  run("full-cone", nobody, client);
  EXPECT_THAT(client.lines, ElementsAre("0 start"));
}

TEST_F(Streams, AKilledServer_ResetsItsStreams) {
  Echo server({net::Listen{{1}, service}});
  Diary client({net::Connect{stream, service}});
  run("full-cone", server, client);
  bed.simulator.kill(server_id);
  bed.simulator.run_until(t0 + 6s);
  EXPECT_THAT(client.lines, ElementsAre("0 start", "20 connected 5", "5010 closed: reset by peer"));
}

TEST_F(Streams, BytesLostToACut_ResetTheStream_WhenTheNextShowTheGap) {
  Echo server({net::Listen{{1}, service}});
  Diary client({net::Connect{stream, service, endpoint("10.0.0.2:40000")}});
  client.at(6000ms, net::SendStream{stream, bytes("swallowed")});
  client.at(7000ms, net::SendStream{stream, bytes("next")});
  run("full-cone", server, client);
  bed.network.cut(site.nat);
  bed.simulator.run_until(t0 + 6500ms);
  bed.network.mend(site.nat);
  bed.simulator.run_until(t0 + 8s);
  EXPECT_EQ(server.lines.back(), "7010 closed: reset: bytes were lost");
  EXPECT_EQ(client.lines.back(), "7020 closed: reset by peer");
}

TEST_F(Streams, AForgetfulNat_LeavesTheServerUnheard_UntilTheClientSpeaks) {
  Diary server({net::Listen{{1}, service}});
  server.at(6000ms, net::SendStream{accepted, bytes("unheard")});
  Diary client({net::Connect{stream, service, endpoint("10.0.0.2:40000")}});
  client.at(7000ms, net::SendStream{stream, bytes("from another port")});
  run("symmetric", server, client);
  bed.network.nat(site.nat).forget();
  bed.simulator.run_until(t0 + 8s);
  EXPECT_EQ(server.lines.size(), 3U);
  EXPECT_EQ(client.lines.back(), "7020 closed: reset by peer");
}

TEST_F(Streams, BothSidesConnectingAtOnce_Meet) {
  const net::Endpoint a{bed.reflector_a.address, 7000};
  const net::Endpoint b{bed.reflector_b.address, 7000};
  Diary at_a({net::Connect{stream, b, a}, net::SendStream{stream, bytes("from a")}});
  Diary at_b({net::Connect{stream, a, b}, net::SendStream{stream, bytes("from b")}});
  bed.simulator.add_agent(bed.reflector_a.host, at_a);
  bed.simulator.add_agent(bed.reflector_b.host, at_b);
  bed.simulator.run_until(t0 + 1s);
  EXPECT_THAT(at_a.lines, ElementsAre("0 start", "0 connected 5", "0 bytes 'from b'"));
  EXPECT_THAT(at_b.lines, ElementsAre("0 start", "0 connected 5", "0 bytes 'from a'"));
}

TEST_F(Streams, AConnectThatCannotBind_IsClosedWithTheReason) {
  Diary nobody;
  Diary client({net::Connect{stream, service, endpoint("192.0.2.77:1")}});
  run("full-cone", nobody, client);
  EXPECT_EQ(client.lines.back(), "0 closed: bind 192.0.2.77:1: address not available");
}

TEST(Segment, IsReadAsItWasWritten) {
  using enum lab::Segment::Kind;
  for (const auto kind : {Syn, SynAck, Data, Fin, Rst}) {
    const bool carries = kind == Data || kind == Fin;
    const lab::Segment sent{
        .kind = kind, .offset = carries ? 0xFFFF'FFF0U : 0, .data = carries ? bytes("text") : net::Bytes{}};
    const lab::Segment read = lab::decode_segment({.protocol = lab::Protocol::Tcp, .payload = lab::encode(sent)});
    EXPECT_EQ(read.kind, sent.kind);
    EXPECT_EQ(read.offset, sent.offset);
    EXPECT_EQ(read.data, sent.data);
  }
}

}  // namespace simulator_stream_test
