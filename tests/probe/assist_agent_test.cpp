// An assistant under hostile questions: it writes to nobody but its reflectors, who asks, and what is proven to be an
// endpoint of who asks; what is not authentic draws nothing; no answer is larger than its question.

#include "probe/assist_agent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "net/random.h"
#include "probe/assist_message.h"
#include "stun/behavior_attributes.h"
#include "stun/message_builder.h"
#include "stun/private_attributes.h"

namespace assist_agent_test {

using namespace std::chrono_literals;
using probe::AssistAct;
using probe::AssistQuestion;

const net::Endpoint a = net::endpoint("198.51.100.1:3478");
const net::Endpoint b = net::endpoint("198.51.100.2:3479");
const net::Endpoint asker = net::endpoint("10.9.0.2:40000");
const net::Endpoint self = net::endpoint("10.9.0.3:3482");
const net::Endpoint victim = net::endpoint("192.0.2.66:5353");
const net::IpAddress outside = net::address("203.0.113.77");
const probe::AssistKey key = *probe::assist_key("k7qm-x2vd-9fhp-3wtr-6znc");
const probe::AssistKey other_key = *probe::assist_key("another-code-of-length");

struct DeskSettings {
  bool reflectors_answer = true;
  std::optional<net::Endpoint> other_address = b;
  bool public_askers = false;
  std::set<std::uint16_t> taken_ports = {};
};

// The agent with reflectors that answer at once; all that it sends is kept.
class Desk {
 public:
  explicit Desk(DeskSettings settings = {}) : settings_(settings), agent_(config(settings)) {
    agent_.start(now_);
    carry_out();
  }

  struct Sent {
    net::SocketId socket;
    net::Endpoint to;
    net::Bytes payload;
    std::optional<net::Endpoint> from;
  };
  std::vector<Sent> sent;

  void pass(net::Duration duration) {
    const net::TimePoint until = now_ + duration;
    for (auto next = agent_.next_deadline(); next && *next <= until; next = agent_.next_deadline()) {
      now_ = std::max(now_, *next);
      agent_.tick(now_);
      carry_out();
    }
    now_ = until;
  }

  void receive(const net::Endpoint& from, net::Bytes payload) {
    agent_.handle(now_, net::Datagram{.socket = net::SocketId{1}, .from = from, .payload = std::move(payload), .ttl = 64});
    carry_out();
  }

  // What the agent answers to this question, at the asker.
  std::optional<probe::AssistReply> asked(const AssistQuestion& question, const net::Endpoint& from = asker) {
    return asked({.id = stun::TransactionId::random(random), .nonce = nonce, .question = question}, from);
  }
  std::optional<probe::AssistReply> asked(const probe::AssistRequest& request, const net::Endpoint& from = asker) {
    const std::size_t before = sent.size();
    receive(from, probe::write_assist_request(request, net::Family::V4, key));
    for (std::size_t i = before; i < sent.size(); ++i) {
      if (sent[i].to != from) continue;
      if (auto reply = probe::read_assist_reply(sent[i].payload, key); reply && reply->id == request.id) return reply;
    }
    return std::nullopt;
  }

  void greet(const net::Endpoint& from = asker) {
    const auto reply = asked({.id = stun::TransactionId::random(random), .nonce = {}, .question = {.act = AssistAct::Greet}},
                             from);
    ASSERT_TRUE(reply && reply->nonce);
    nonce = reply->nonce;
  }

  // The asker's port, as a reflector proves it: the id that came there.
  std::optional<probe::AssistProofId> proven(std::uint16_t port) {
    if (!asked({.act = AssistAct::Ask, .target = a})) return std::nullopt;
    if (!asked({.act = AssistAct::Prove, .port = port, .target = a})) return std::nullopt;
    return redirected_.contains(port) ? std::optional(redirected_.at(port)) : std::nullopt;
  }

  [[nodiscard]] std::size_t sent_to(const net::IpAddress& address) const {
    return static_cast<std::size_t>(
        std::count_if(sent.begin(), sent.end(), [&](const Sent& one) { return one.to.address == address; }));
  }
  // To anybody but the reflectors.
  [[nodiscard]] std::size_t sent_to_strangers() const {
    return static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(), [&](const Sent& one) {
      return one.to.address != a.address && one.to.address != b.address;
    }));
  }

  [[nodiscard]] const probe::AssistAgent& agent() const { return agent_; }
  std::optional<stun::AssistNonce> nonce;
  net::Random random{7};

 private:
  static probe::AssistConfig config(const DeskSettings& settings) {
    probe::AssistConfig out{.reflectors = {a}, .listen = self, .key = key};
    out.secret.fill(1);
    out.public_askers = settings.public_askers;
    return out;
  }

  void carry_out() {
    for (auto outputs = agent_.take_outputs(); !outputs.empty(); outputs = agent_.take_outputs()) {
      for (const net::Output& output : outputs) carry_out(output);
    }
  }

  void carry_out(const net::Output& output) {
    if (const auto* open = std::get_if<net::OpenUdp>(&output)) {
      if (settings_.taken_ports.contains(open->local.port)) {
        agent_.handle(now_, net::OpenFailed{open->socket, "bind: address in use"});
        return;
      }
      const auto port = open->local.port != 0 ? open->local.port : static_cast<std::uint16_t>(50'000 + open->socket.value);
      agent_.handle(now_, net::Opened{open->socket, {self.address, port}});
    }
    if (const auto* send = std::get_if<net::Send>(&output)) {
      sent.push_back({send->socket, send->to, send->payload, std::nullopt});
      const bool reflector = send->to.address == a.address || send->to.address == b.address;
      if (reflector && settings_.reflectors_answer) reflect(*send);
    }
  }

  void reflect(const net::Send& send) {
    const auto request = stun::Message::decode(send.payload);
    ASSERT_TRUE(request);
    if (const auto port = request->get<stun::ResponsePort>()) {
      redirected_[port->port] = request->id().bytes;
      return;
    }
    net::Bytes reply;
    stun::MessageBuilder builder(reply, stun::MessageClass::Success, stun::Method::Binding, request->id());
    builder.add(stun::XorMappedAddress{{outside, static_cast<std::uint16_t>(20'000 + send.socket.value)}});
    if (settings_.other_address && send.to == a) builder.add(stun::OtherAddress{*settings_.other_address});
    agent_.handle(now_, net::Datagram{.socket = send.socket, .from = send.to, .payload = reply, .ttl = 50});
  }

  DeskSettings settings_;
  probe::AssistAgent agent_;
  net::TimePoint now_;
  std::map<std::uint16_t, probe::AssistProofId> redirected_;
};

net::Bytes a_greeting(net::Random& random, const probe::AssistKey& with) {
  return probe::write_assist_request(
      {.id = stun::TransactionId::random(random), .nonce = {}, .question = {.act = AssistAct::Greet}}, net::Family::V4,
      with);
}

// ---- what draws nothing --------------------------------------------------------------------------------------------

TEST(AssistAgent, NotAuthentic_DrawsNothing) {
  Desk desk;
  const std::size_t before = desk.sent.size();
  const net::Bytes good = a_greeting(desk.random, key);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    net::Bytes flipped = good;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    desk.receive(asker, flipped);
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    desk.receive(asker, net::Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  for (int i = 0; i < 10'000; ++i) {
    net::Bytes noise(desk.random.below(200));
    desk.random.fill(noise);
    desk.receive(asker, noise);
  }
  desk.receive(asker, a_greeting(desk.random, other_key));
  EXPECT_EQ(desk.sent.size(), before);
}

TEST(AssistAgent, APublicSource_DrawsNothing_UnlessAllowed) {
  Desk desk;
  desk.receive(victim, a_greeting(desk.random, key));
  desk.receive(net::endpoint("169.254.1.1:1"), a_greeting(desk.random, key));
  desk.receive(net::endpoint("239.1.1.1:1"), a_greeting(desk.random, key));
  EXPECT_EQ(desk.sent_to_strangers(), 0U);
  Desk open({.public_askers = true});
  open.receive(victim, a_greeting(open.random, key));
  EXPECT_EQ(open.sent_to(victim.address), 1U);
}

TEST(AssistAgent, AQuestionWithoutItsGreeting_DrawsNothing) {
  Desk desk;
  EXPECT_FALSE(desk.asked({.act = AssistAct::Ask, .target = a}));
  desk.greet();
  const net::Endpoint other = net::endpoint("10.9.0.9:40000");
  EXPECT_FALSE(desk.asked({.act = AssistAct::Ask, .target = a}, other)) << "somebody else's nonce";
  EXPECT_TRUE(desk.asked({.act = AssistAct::Ask, .target = a}));
}

TEST(AssistAgent, AReplay_DoesNothing) {
  Desk desk;
  desk.greet();
  const auto proof = desk.proven(30'000);
  ASSERT_TRUE(proof);
  const net::Endpoint ours{outside, 30'000};
  std::vector<net::Bytes> recorded;
  for (int i = 0; i < 20; ++i) {
    recorded.push_back(probe::write_assist_request({.id = stun::TransactionId::random(desk.random),
                                                    .nonce = desk.nonce,
                                                    .question = {.act = AssistAct::Send, .target = ours, .proof = proof}},
                                                   net::Family::V4, key));
    desk.receive(asker, recorded.back());
  }
  EXPECT_EQ(desk.sent_to(outside), 20U);
  const std::size_t reflected = desk.sent_to(a.address);
  for (int i = 0; i < 500; ++i) {
    for (const net::Bytes& message : recorded) desk.receive(asker, message);
    for (const net::Bytes& message : recorded) desk.receive(victim, message);
    desk.pass(1s);
  }
  EXPECT_EQ(desk.sent_to(outside), 20U) << "not carried out twice, nor when the asker is forgotten";
  EXPECT_EQ(desk.sent_to(a.address), reflected);
  EXPECT_EQ(desk.sent_to(victim.address), 0U);
}

// ---- whom it writes to ---------------------------------------------------------------------------------------------

TEST(AssistAgent, AThirdAddress_GetsNothing_HoweverItIsAskedFor) {
  Desk desk;
  desk.greet();
  const auto proof = desk.proven(30'000);
  ASSERT_TRUE(proof);
  for (int i = 0; i < 1'000; ++i) {
    if (i % 100 == 0) desk.greet();
    AssistQuestion question{.act = static_cast<AssistAct>(2 + desk.random.below(3)),
                            .socket = static_cast<std::uint8_t>(desk.random.below(70)),
                            .port = static_cast<std::uint16_t>(desk.random.below(65'536)),
                            .target = victim};
    const net::Endpoint elsewhere[] = {victim, net::with_port(a, victim.port), {outside, 30'001}, net::with_port(b, 53)};
    question.target = elsewhere[desk.random.below(4)];
    if (desk.random.chance(0.5)) question.proof = proof;
    if (desk.random.chance(0.2)) question.proof = probe::AssistProofId{};
    const auto reply = desk.asked(question);
    EXPECT_TRUE(!reply || reply->error) << net::to_string(*question.target);
    desk.pass(100ms);
  }
  EXPECT_EQ(desk.sent_to(victim.address), 0U);
  EXPECT_EQ(desk.sent_to(outside), 0U) << "another port than the proven one";
  for (const auto& one : desk.sent) {
    const std::set<net::Endpoint> allowed = {a, b, net::with_port(a, b.port), net::with_port(b, a.port), asker};
    EXPECT_TRUE(allowed.contains(one.to)) << net::to_string(one.to);
  }
}

TEST(AssistAgent, AProof_IsForOneEndpoint_OneAsker_AndAShortTime) {
  Desk desk;
  desk.greet();
  const auto proof = desk.proven(30'000);
  ASSERT_TRUE(proof);
  const AssistQuestion good{.act = AssistAct::Send, .target = net::Endpoint{outside, 30'000}, .proof = proof};
  EXPECT_FALSE(desk.asked(good)->error);
  EXPECT_EQ(desk.sent_to(outside), 1U);
  const auto nonce = desk.nonce;
  desk.greet(net::endpoint("10.9.0.9:40000"));
  EXPECT_EQ(desk.asked(good, net::endpoint("10.9.0.9:40000"))->error, probe::assist_error::forbidden);
  desk.nonce = nonce;
  for (unsigned i = 0; i < 2 * probe::most_assist_knocks; ++i) {
    std::ignore = desk.asked(good);
    desk.pass(50ms);
  }
  EXPECT_EQ(desk.sent_to(outside), probe::most_assist_knocks);
  const auto another = desk.proven(30'002);
  ASSERT_TRUE(another);
  desk.pass(21s);
  const AssistQuestion late{.act = AssistAct::Send, .target = net::Endpoint{outside, 30'002}, .proof = another};
  EXPECT_EQ(desk.asked(late)->error, probe::assist_error::forbidden);
}

TEST(AssistAgent, AServicePort_IsNeverProven) {
  Desk desk;
  desk.greet();
  ASSERT_TRUE(desk.asked({.act = AssistAct::Ask, .target = a}));
  for (std::uint16_t port = 0; port < 1024; ++port) {
    const auto reply = desk.asked({.act = AssistAct::Prove, .port = port, .target = a});
    EXPECT_TRUE(!reply || reply->error == probe::assist_error::malformed);
    desk.pass(50ms);
    if (port % 400 == 0) desk.greet();
    if (port % 400 == 0) std::ignore = desk.asked({.act = AssistAct::Ask, .target = a});
  }
  EXPECT_EQ(desk.sent_to(outside), 0U);
}

// By the rule natprobe itself follows.
TEST(AssistAgent, APartner_IsFollowedByTheRule_AndLeftAloneWhileSilent) {
  for (const char* other : {"192.168.7.7:3479", "127.0.0.1:3479", "224.0.0.1:3479", "198.51.100.1:3479"}) {
    Desk desk({.other_address = net::endpoint(other)});
    desk.pass(10s);
    EXPECT_EQ(desk.sent_to_strangers(), 0U) << other;
    desk.greet();
    EXPECT_EQ(desk.asked({.act = AssistAct::Ask, .target = net::endpoint(other)})->error,
              probe::assist_error::forbidden)
        << other;
  }
  Desk named({.other_address = victim});
  named.pass(10s);
  EXPECT_EQ(named.sent_to(victim.address), 3U);
  named.greet();
  EXPECT_EQ(named.asked({.act = AssistAct::Ask, .target = victim})->error, probe::assist_error::forbidden);
  named.pass(60s);
  EXPECT_EQ(named.sent_to(victim.address), 3U);
}

// ---- how much ------------------------------------------------------------------------------------------------------

TEST(AssistAgent, NoAnswer_IsLargerThanItsQuestion) {
  Desk desk;
  desk.greet();
  const auto proof = desk.proven(30'000);
  std::ignore = desk.asked({.act = AssistAct::Send, .target = net::Endpoint{outside, 30'000}, .proof = proof});
  std::ignore = desk.asked({.act = AssistAct::Send, .target = victim});
  std::size_t answers = 0;
  for (const auto& one : desk.sent) {
    if (one.to.address != asker.address && one.to.address != outside) continue;
    EXPECT_LE(one.payload.size(), 128U);
    ++answers;
  }
  EXPECT_EQ(answers, 6U);
  // Authentic, but without padding.
  net::Bytes bare;
  stun::MessageBuilder(bare, stun::MessageClass::Request, stun::Method::Assist, stun::TransactionId::random(desk.random))
      .add(stun::AssistQuestion{.act = 1})
      .add_message_integrity_sha256(key);
  const std::size_t before = desk.sent.size();
  desk.receive(asker, bare);
  for (std::size_t i = before; i < desk.sent.size(); ++i) EXPECT_LE(desk.sent[i].payload.size(), bare.size());
}

TEST(AssistAgent, PacketsASecondAndAMinute_AreBounded) {
  Desk desk;
  desk.pass(1s);
  std::size_t last = desk.sent.size();
  for (int second = 0; second < 60; ++second) {
    for (std::uint16_t i = 0; i < 1'000; ++i) {
      desk.receive({net::address("10.9.0.2"), static_cast<std::uint16_t>(1024 + i)}, a_greeting(desk.random, key));
    }
    EXPECT_LE(desk.sent.size() - last, probe::most_assist_packets_a_second);
    last = desk.sent.size();
    desk.pass(1s);
  }
  EXPECT_LE(desk.sent.size(), probe::most_assist_packets_a_minute + probe::most_assist_packets_a_second);
  EXPECT_GT(desk.agent().counts().over_limit, 50'000U);
  desk.pass(60s);
  desk.greet();
}

TEST(AssistAgent, AnAsker_IsNotThrownOut_ByReplayedGreetings) {
  Desk desk;
  std::vector<net::Bytes> old;
  for (int i = 0; i < 50; ++i) old.push_back(a_greeting(desk.random, key));
  desk.greet();
  for (const net::Bytes& greeting : old) {
    desk.receive(net::endpoint("10.9.0.7:1000"), greeting);
    EXPECT_TRUE(desk.asked({.act = AssistAct::Ask, .target = a}));
    desk.pass(100ms);
  }
}

// ---- what it says where it cannot ----------------------------------------------------------------------------------

TEST(AssistAgent, SaysWhyNot) {
  Desk desk({.taken_ports = {4444}});
  desk.greet();
  EXPECT_EQ(desk.asked({.act = AssistAct::Ask, .socket = 1, .port = 4444, .target = a})->error,
            probe::assist_error::in_use);
  EXPECT_EQ(desk.asked({.act = AssistAct::Ask, .socket = 1, .port = 4444, .target = a})->error,
            probe::assist_error::in_use);
  EXPECT_EQ(desk.asked({.act = AssistAct::Ask, .socket = 64, .target = a})->error, probe::assist_error::malformed);
  EXPECT_EQ(desk.asked({.act = AssistAct::Ask, .target = victim})->error, probe::assist_error::forbidden);
  const auto good = desk.asked({.act = AssistAct::Ask, .socket = 2, .port = 5000, .target = a});
  ASSERT_TRUE(good && good->answer.external && good->answer.local);
  EXPECT_EQ(good->answer.local->port, 5000);
  EXPECT_EQ(good->answer.external->address, outside);
}

TEST(AssistAgent, ASilentReflector_IsSaid_AfterAWhile) {
  Desk desk({.reflectors_answer = false});
  desk.pass(5s);
  desk.greet();
  EXPECT_FALSE(desk.asked({.act = AssistAct::Ask, .target = a}));
  desk.pass(5s);
  const auto reply = probe::read_assist_reply(desk.sent.back().payload, key);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->error, probe::assist_error::silent);
}

// ---- the wire ------------------------------------------------------------------------------------------------------

TEST(AssistMessage, ComesBackAsItWas) {
  net::Random random(1);
  for (const char* target : {"198.51.100.1:3478", "[2001:db8::1]:3478"}) {
    const auto endpoint = net::endpoint(target);
    probe::AssistRequest request{.id = stun::TransactionId::random(random),
                                 .nonce = stun::AssistNonce{{1, 2, 3, 4, 5, 6, 7, 8}},
                                 .question = {.act = AssistAct::Send, .socket = 7, .port = 4'711, .target = endpoint}};
    request.question.proof = stun::TransactionId::random(random).bytes;
    const net::Bytes bytes = probe::write_assist_request(request, endpoint.family(), key);
    EXPECT_EQ(bytes.size(), endpoint.family() == net::Family::V4 ? 128U : 176U);
    const auto back = probe::read_assist_request(bytes, key);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->question, request.question);
    EXPECT_EQ(back->nonce, request.nonce);
    EXPECT_FALSE(probe::read_assist_request(bytes, other_key));
    EXPECT_FALSE(probe::read_assist_reply(bytes, key)) << "a question is no answer";
    const probe::AssistReply full{.id = request.id,
                                  .nonce = request.nonce,
                                  .error = {},
                                  .answer = {.asker = endpoint, .local = endpoint, .external = endpoint}};
    EXPECT_LE(probe::write_assist_reply(full, key).size(), bytes.size());
  }
}

TEST(AssistKey, IsWhatAPersonCarriesOver) {
  const std::string code = probe::assist_code({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 251, 252, 253, 254, 255, 31, 32, 33, 34});
  EXPECT_EQ(code, "0123-4567-89tv-wxyz-z012");
  EXPECT_EQ(probe::assist_key("K7QM X2VD 9FHP 3WTR 6ZNC\n"), probe::assist_key("k7qm-x2vd-9fhp-3wtr-6znc"));
  EXPECT_NE(probe::assist_key("k7qm-x2vd-9fhp-3wtr-6znd"), probe::assist_key("k7qm-x2vd-9fhp-3wtr-6znc"));
  EXPECT_FALSE(probe::assist_key("k7qm-x2vd-9fhp-3wt"));
}

}  // namespace assist_agent_test
