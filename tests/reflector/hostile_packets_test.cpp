// Every hostile request as packets to the program: by UDP to the primary and to the alternate port, and by TCP. Class T
// is in streams_test.cpp; here each request has a connection of its own, and what T says of framing comes first.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "tests/programs/loopback.h"
#include "tests/programs/program.h"
#include "tests/reflector/reaction.h"
#include "tests/stun/hostile_cases.h"
#include "tests/stun/raw_message.h"

namespace reflector {
namespace hostile_packets_test {

using hostile::Expected;
using hostile::HostileCase;
using loopback::Received;
using Clock = std::chrono::steady_clock;

constexpr std::string_view key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

// Two programs as one pair, and a third whose partner never comes.
class Pair {
 public:
  Pair() {
    for (programs::Background* one : {&a_, &b_, &alone_}) {
      EXPECT_TRUE(one->wait_for("(partner link)\n")) << one->err();
    }
    const net::Bytes bare = net::from_hex(hostile::request(""));
    bool linked = false;
    for (const auto end = Clock::now() + std::chrono::seconds(10); !linked && Clock::now() < end;) {
      client.send({a, default_port}, bare);
      linked = stun::Message::decode(client.receive().bytes)->has(stun::AttributeType::OtherAddress);
    }
    EXPECT_TRUE(linked);
  }

  const net::IpAddress a = net::address(loopback::address(1));
  const net::IpAddress b = net::address(loopback::address(2));
  const net::IpAddress alone = net::address(loopback::address(3));
  const loopback::UdpSocket client{loopback::address(9)};

  [[nodiscard]] net::Endpoint asked(const HostileCase& hostile_case, bool alternate_port) const {
    return {hostile_case.partner_up ? a : alone, alternate_port ? default_alternate_port : default_port};
  }

 private:
  programs::TemporaryDirectory directory_;
  std::string key_file_ = directory_.file("key", key).string();
  programs::Background a_{options(a, b)}, b_{options(b, a)},
      alone_{options(alone, net::address(loopback::address(4)))};

  [[nodiscard]] programs::Argv options(const net::IpAddress& own, const net::IpAddress& partner) const {
    return {"natreflector",       "--listen", net::to_string(own), "--partner", net::to_string(partner),
            "--partner-key-file", key_file_,  "--rate-limit",      "off"};
  }
};

using Id = std::array<std::uint8_t, 16>;

std::optional<Id> id_of(net::BytesView message) {
  if (message.size() < 20) return std::nullopt;
  Id id{};
  std::copy_n(message.begin() + 4, id.size(), id.begin());
  return id;
}

std::size_t plain_reply_size(bool partner_up) { return partner_up ? 68 : 56; }

// ... or may be.
bool by_another_socket(const HostileCase& hostile_case) {
  return hostile_case.expected == Expected::SuccessFromAlternatePort ||
         hostile_case.expected == Expected::SuccessFromAlternateAddress ||
         hostile_case.expected == Expected::SuccessFromAlternateAddressAndPort ||
         hostile_case.expected == Expected::SuccessOrBadRequest;
}

// Its answer goes to a port that nobody here listens on.
bool redirected(const HostileCase& hostile_case) {
  const auto message = stun::Message::decode(hostile_case.datagram);
  return hostile_case.expected != Expected::BadRequest && message && message->has(stun::AttributeType::ResponsePort);
}

// What a request draws, told by a bare one that follows it on its way: that one's answer comes later, unless the
// request's leaves by another socket.
class Question {
 public:
  Question(const loopback::UdpSocket& client, const net::Endpoint& asked, const HostileCase& hostile_case)
      : asked_(asked) {
    static std::uint32_t number = 0;
    const net::Bytes control = net::from_hex(
        hostile::message(0x0001, "", "2112a442 c0117201 00000000" + net::to_hex(net::u32_bytes(++number))));
    client.send(asked_, hostile_case.datagram);
    client.send(asked_, control);
    for (bool control_answered = false; !control_answered || (by_another_socket(hostile_case) && received_.empty());) {
      Received one = client.receive();
      if (one.bytes.empty()) break;
      if (id_of(one.bytes) == id_of(control)) {
        control_answered = true;
      } else {
        received_.push_back(std::move(one));
      }
    }
  }

  [[nodiscard]] const std::vector<Received>& received() const { return received_; }
  [[nodiscard]] Reaction reaction() const {
    if (received_.empty()) return {};
    const Received& one = received_.front();
    const auto reply = stun::Message::decode(one.bytes);
    return {.reply = reply ? std::optional(*reply) : std::nullopt,
            .other_address = one.from.address != asked_.address,
            .other_port = one.from.port != asked_.port};
  }

 private:
  net::Endpoint asked_;
  std::vector<Received> received_;
};

void expect_right_reaction(const Pair& pair, const loopback::UdpSocket& client, const HostileCase& hostile_case,
                           bool alternate_port) {
  const Question question(client, pair.asked(hostile_case, alternate_port), hostile_case);
  EXPECT_TRUE(as_it_must_be(question.reaction(), hostile_case, Mode::Compatible))
      << hostile_case.id << ": " << hostile_case.point << "; expected " << to_string(hostile_case.expected);
  ASSERT_LE(question.received().size(), 1U) << hostile_case.id;
  for (const Received& one : question.received()) {
    EXPECT_EQ(id_of(one.bytes), id_of(hostile_case.datagram)) << hostile_case.id;
    EXPECT_LE(one.bytes.size(), std::max(hostile_case.datagram.size(), plain_reply_size(hostile_case.partner_up)))
        << hostile_case.id;
  }
}

TEST(HostilePackets, ByUdp_ToTheProgram_DrawTheReactionEachMustGet_OnEitherPort) {
  const Pair pair;
  for (const bool alternate_port : {false, true}) {
    for (const HostileCase& hostile_case : hostile::hostile_cases()) {
      expect_right_reaction(pair, pair.client, hostile_case, alternate_port);
    }
  }
  EXPECT_TRUE(pair.client.receive(0).bytes.empty());
}

// What the partner sends for another has a limit of each destination, so there are many clients.
TEST(HostilePackets, GeneratedOnes_ByUdp_ToTheProgram_DrawTheReactionOfTheirOracle) {
  const Pair pair;
  unsigned clients = 0;
  int sent_by_partner = 0;
  auto client = std::make_unique<loopback::UdpSocket>(loopback::address(10));
  std::size_t number = 0;
  for (const HostileCase& hostile_case : hostile::generated_cases()) {
    if (redirected(hostile_case) || hostile_case.expected == Expected::ClassicAnyOrSilent) continue;
    expect_right_reaction(pair, *client, hostile_case, number++ % 2 == 1);
    if (!by_another_socket(hostile_case) || ++sent_by_partner % 40 != 0) continue;
    EXPECT_TRUE(client->receive(0).bytes.empty());
    client = std::make_unique<loopback::UdpSocket>(loopback::address(10 + ++clients));
  }
  EXPECT_GT(number, 5000U);
}

// ---- over TCP ------------------------------------------------------------------------------------------------------

// The messages that a stream of these bytes holds, up to where it can no longer become one.
std::vector<net::Bytes> framed(net::BytesView stream) {
  std::vector<net::Bytes> all;
  while (stream.size() >= 20) {
    const std::size_t length = net::get_u16(stream.subspan(2));
    const bool broken =
        stream[0] >= 0x40 || length % 4 != 0 || length > 4076 || net::get_u32(stream.subspan(4)) != 0x2112A442;
    if (broken || stream.size() < 20 + length) break;
    all.emplace_back(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(20 + length));
    stream = stream.subspan(20 + length);
  }
  return all;
}

// T12: no connection is opened to the client, so a change is refused.
HostileCase over_tcp(HostileCase one) {
  const bool changed = one.expected == Expected::SuccessFromAlternatePort ||
                       one.expected == Expected::SuccessFromAlternateAddress ||
                       one.expected == Expected::SuccessFromAlternateAddressAndPort;
  if (changed) {
    one.expected = Expected::UnknownAttributes;
    one.unknown = {0x0003};
  }
  return one;
}

std::vector<HostileCase> asked_over_tcp(const HostileCase& hostile_case) {
  std::vector<HostileCase> all;
  for (const net::Bytes& message : framed(hostile_case.datagram)) {
    HostileCase one = hostile_case;
    if (message != hostile_case.datagram) {
      one.datagram = message;
      one = hostile::by_the_rules(one);
    }
    all.push_back(over_tcp(one));
  }
  return all;
}

TEST(HostilePackets, ByTcp_ToTheProgram_DrawTheReactionEachMustGet) {
  const Pair pair;
  for (const HostileCase& hostile_case : hostile::hostile_cases()) {
    if (hostile_case.id < "A04") continue;  // shorter than a header: nothing to frame
    const auto conversation =
        loopback::converse(loopback::address(9), pair.asked(hostile_case, false), hostile_case.datagram);
    EXPECT_TRUE(conversation.ended) << hostile_case.id;
    std::vector<net::Bytes> answers = framed(conversation.answered);
    std::size_t next = 0;
    for (const HostileCase& one : asked_over_tcp(hostile_case)) {
      const bool answered = next < answers.size() && id_of(answers[next]) == id_of(one.datagram);
      Reaction reaction;
      if (answered && one.expected != Expected::Silent) {
        const auto message = stun::Message::decode(answers[next]);
        ASSERT_TRUE(message) << hostile_case.id;
        reaction.reply = *message;
        EXPECT_LE(answers[next].size(), std::max(one.datagram.size(), plain_reply_size(one.partner_up)))
            << hostile_case.id;
        ++next;
      }
      EXPECT_TRUE(as_it_must_be(reaction, one, Mode::Compatible)) << hostile_case.id << ": " << hostile_case.point;
    }
    EXPECT_EQ(next, answers.size()) << hostile_case.id << ": more answers than there may be";
  }
  EXPECT_TRUE(pair.client.receive(0).bytes.empty());  // and nothing by UDP
}

}  // namespace hostile_packets_test
}  // namespace reflector
