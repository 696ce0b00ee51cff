// A pair whose hosts both stand behind 1:1 NATs, as clouds give addresses, on real packets.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/wire/process.h"
#include "net/random.h"
#include "stun/address_attributes.h"
#include "stun/behavior_attributes.h"
#include "stun/message_builder.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace partner_nat_test {

using namespace std::chrono_literals;

constexpr std::string_view key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

// Every port of the outside address leads to the host, and out by the same port.
lab::NatProfile one_to_one(const char* inside) {
  lab::NatProfile profile = *lab::find_profile("full-cone");
  profile.forwards = {
      {.protocol = lab::Protocol::Udp, .first_port = 1, .last_port = 65535, .inside = {net::address(inside), 1}}};
  return profile;
}

lab::Scenario two_clouds() {
  lab::Scenario out;
  out.nats = {{.name = "n1", .profile = one_to_one("10.0.1.2"), .addresses = {net::address("203.0.113.1")}},
              {.name = "n2", .profile = one_to_one("10.0.2.2"), .addresses = {net::address("203.0.113.2")}}};
  out.hosts = {{.name = "a", .behind = "n1", .addresses = {net::address("10.0.1.2")}},
               {.name = "b", .behind = "n2", .addresses = {net::address("10.0.2.2")}},
               {.name = "client", .addresses = {net::address("198.51.100.9")}}};
  return out;
}

TEST(PartnerNat, BothBehindOneToOneNats_ServeAsOnePair) {
  SKIP_WITHOUT_NAMESPACES();
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("key", key).string();
  lab::StopSignals stop;
  const lab::Scenario scenario = two_clouds();
  lab::WiredLab wired(scenario);
  const auto reflector = [&](const char* host, const char* inside, const char* outside, const char* partner) {
    const lab::Command command{.words = {NATSCOPE_BIN "/natreflector", "--listen", inside, "--advertise", outside,
                                         "--partner", partner, "--partner-key-file", file}};
    return lab::Process(wired.host(host).where, command, stop);
  };
  lab::Process a = reflector("a", "10.0.1.2", "203.0.113.1", "203.0.113.2");
  lab::Process b = reflector("b", "10.0.2.2", "203.0.113.2", "203.0.113.1");
  a.wait_for_line("partner 203.0.113.2 answers", 20s);
  b.wait_for_line("partner 203.0.113.1 answers", 20s);

  net::Random random(1);
  for (const auto& [asked, other] : {std::pair("203.0.113.1", "203.0.113.2"), {"203.0.113.2", "203.0.113.1"}}) {
    for (const auto& change : {stun::ChangeRequest{false, false}, {false, true}, {true, false}, {true, true}}) {
      const netns::UdpSocket client(wired.host("client"));
      net::Bytes request;
      stun::MessageBuilder(request, stun::MessageClass::Request, stun::Method::Binding,
                           stun::TransactionId::random(random))
          .add(change);
      client.send({net::address(asked), 3478}, std::string(net::as_text(request)));
      const auto reply = client.receive();
      ASSERT_TRUE(reply);
      const net::Endpoint expected{net::address(change.change_address ? other : asked),
                                   static_cast<std::uint16_t>(change.change_port ? 3479 : 3478)};
      EXPECT_EQ(reply->from, expected);
      const auto message = stun::Message::decode(net::as_bytes(reply->text));
      ASSERT_TRUE(message);
      EXPECT_EQ(message->get<stun::OtherAddress>()->endpoint, (net::Endpoint{net::address(other), 3479}));
    }
  }
}

}  // namespace partner_nat_test
