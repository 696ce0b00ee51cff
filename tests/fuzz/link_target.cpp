// What comes from the partner's address, signed with the right key so that the inside is reached:
// - a message that is not signed, or not under a key we hold, draws nothing;
// - a signed one draws at most one packet to a client: a Binding success of at most 116 bytes, to a destination that
// may be named for another, from one of the host's own sockets; and each name of a message at most once;
// - what decodes, encodes to the same bytes;
// - on the link goes nothing but our own greeting, and only to the partner.
//
// An input is a row of steps. Each begins with a byte of choices (below) and holds the bytes that the message has
// between its key id and its MAC; what is missing at the end is zeros.
#include <algorithm>
#include <set>
#include <utility>

#include "reflector/link_message.h"
#include "stun/crypto.h"
#include "stun/message.h"
#include "tests/fuzz/stage.h"
#include "tests/fuzz/target.h"

namespace fuzz {
namespace {

using reflector::LinkKey;

constexpr std::uint8_t is_relay = 0x01;
constexpr std::uint8_t wrong_mac = 0x02;
constexpr std::uint8_t names_our_greeting = 0x04;  // echo: the newest Hello of the host, so that it is fresh
constexpr std::uint8_t our_role = 0x08;
constexpr std::uint8_t unknown_key = 0x10;
constexpr unsigned time_shift = 5;  // the upper three bits: 300 ms each before it arrives

constexpr std::size_t mac_at_end = 32;
constexpr std::size_t names_at = 12;
constexpr std::size_t echo_at = 28;

const LinkKey& key() {
  static const LinkKey made = LinkKey::derived_from(net::as_bytes(link_secret));
  return made;
}
const LinkKey& stranger() {
  static const LinkKey made = LinkKey::derived_from(net::as_bytes("another key that nobody else holds"));
  return made;
}

void overwrite(net::Bytes& bytes, std::size_t at, net::BytesView with) {
  std::copy(with.begin(), with.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

// Addresses that one host may name for another, by a plain reading of docs/protocol.md.
bool may_be_named(const net::IpAddress& address) {
  if (address.family() != net::Family::V4) return false;  // the host under test has no other
  const auto b = address.bytes();
  const bool special = b[0] == 0 || b[0] == 10 || b[0] == 127 || b[0] >= 224 || (b[0] == 169 && b[1] == 254) ||
                       (b[0] == 172 && (b[1] & 0xF0) == 16) || (b[0] == 192 && b[1] == 168) ||
                       (b[0] == 100 && (b[1] & 0xC0) == 64);
  return !special && address != net::address(Stage::own) && address != net::address(Stage::partner);
}

struct Step {
  std::uint8_t choices = 0;
  net::Bytes message;

  [[nodiscard]] bool is(std::uint8_t choice) const { return (choices & choice) != 0; }
  [[nodiscard]] bool rightly_signed() const { return !is(wrong_mac) && !is(unknown_key); }
};

// The next message of an input, signed as chosen.
Step next_step(net::BytesView& input, const reflector::MessageName& our_greeting) {
  Step step{.choices = input[0], .message = {}};
  input = input.subspan(1);
  const bool relay = step.is(is_relay);
  const LinkKey& with = step.is(unknown_key) ? stranger() : key();
  net::Bytes& out = step.message;
  out = {'N',
         'S',
         'P',
         'L',
         reflector::link_version,
         static_cast<std::uint8_t>(relay ? 2 : 1),
         static_cast<std::uint8_t>(step.is(our_role) ? 2 : 1),
         0};
  net::append(out, net::u32_bytes(with.id));
  out.resize((relay ? reflector::relay_size : reflector::hello_size) - mac_at_end);
  const std::size_t taken = std::min(input.size(), out.size() - names_at);
  overwrite(out, names_at, input.first(taken));
  input = input.subspan(taken);
  if (step.is(names_our_greeting)) {
    overwrite(out, echo_at, net::u64_bytes(our_greeting.session));
    overwrite(out, echo_at + 8, net::u64_bytes(our_greeting.sequence));
  }
  net::append(out, stun::hmac_sha256(with.mac_key, out));
  if (step.is(wrong_mac)) out.back() ^= 1;
  return step;
}

class Link {
 public:
  explicit Link(net::BytesView input) : input_(input) {}

  void play() {
    look_at(stage_.pass(std::chrono::milliseconds(1)), nullptr);
    for (net::BytesView rest = input_; !rest.empty();) {
      const Step step = next_step(rest, our_greeting_);
      look_at(stage_.pass(std::chrono::milliseconds(300) * (step.choices >> time_shift)), nullptr);
      check_decoding(step);
      const net::Datagram datagram{.socket = stage_.link,
                                   .from = {net::address(Stage::partner), reflector::default_link_port},
                                   .payload = step.message,
                                   .ttl = std::nullopt};
      look_at(stage_.told(datagram), &step);
    }
  }
  [[nodiscard]] bool was_up() const { return was_up_; }

 private:
  net::BytesView input_;
  Stage stage_;
  reflector::MessageName our_greeting_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> obeyed_;
  bool was_up_ = false;

  void check_decoding(const Step& step) const {
    const auto decoded = reflector::decode_link_message(step.message, std::span(&key(), 1));
    if (!decoded) return;
    require(step.rightly_signed(), "only what is signed decodes", input_);
    const net::Bytes once = encode(*decoded, key());
    const auto again = reflector::decode_link_message(once, std::span(&key(), 1));
    require(again.has_value(), "an encoded message decodes", input_);
    require(encode(*again, key()) == once, "decode and encode are inverse", input_);
  }

  void look_at(const std::vector<net::Output>& outputs, const Step* drawn_by) {
    std::size_t to_clients = 0;
    for (const net::Output& output : outputs) {
      const auto* sent = std::get_if<net::Send>(&output);
      require(sent != nullptr, "nothing but packets comes out", input_);
      if (sent->socket == stage_.link) {
        look_at_greeting(*sent);
      } else {
        ++to_clients;
        require(drawn_by != nullptr, "nothing is sent to a client unasked", input_);
        look_at_reply(*sent, *drawn_by);
      }
    }
    require(to_clients <= 1, "one packet for one order", input_);
    was_up_ = was_up_ || stage_.agent.partner_usable(net::Family::V4, stage_.now);
  }

  void look_at_greeting(const net::Send& sent) {
    require(sent.to == net::Endpoint{net::address(Stage::partner), reflector::default_link_port},
            "greetings go to the partner", input_);
    const auto message = reflector::decode_link_message(sent.payload, std::span(&key(), 1));
    require(message && std::holds_alternative<reflector::Hello>(message->body), "only greetings go out", input_);
    our_greeting_ = message->header.name;
  }

  void look_at_reply(const net::Send& sent, const Step& step) {
    require(step.rightly_signed() && step.is(is_relay), "only a signed order is obeyed", input_);
    const net::BytesView message = step.message;
    require(
        obeyed_.emplace(net::get_u64(message.subspan(names_at)), net::get_u64(message.subspan(names_at + 8))).second,
        "an order is obeyed once", input_);
    require(sent.payload.size() <= 116, "a reply for the partner has at most 116 bytes", input_);
    require(may_be_named(sent.to.address), "a destination that may be named", input_);
    const std::uint16_t client_port = net::get_u16(message.subspan(44 + 16));
    require(sent.to.port != 0 && (sent.to.port == client_port || sent.to.port >= 1024), "a port that may be named",
            input_);
    const auto reply = stun::Message::decode(sent.payload);
    require(reply && reply->is(stun::MessageClass::Success, stun::Method::Binding), "a Binding success", input_);
  }
};

constexpr std::size_t step_size(bool relay) {
  return 1 + (relay ? reflector::relay_size : reflector::hello_size) - mac_at_end - names_at;
}

net::Bytes step(std::uint8_t choices, const reflector::LinkMessage& message) {
  const net::Bytes bytes = encode(message, key());
  net::Bytes out{choices};
  out.insert(out.end(), bytes.begin() + names_at, bytes.end() - static_cast<std::ptrdiff_t>(mac_at_end));
  return out;
}

reflector::LinkMessage greeting(std::uint64_t sequence) {
  return {{reflector::LinkRole::First, {77, sequence}, {}},
          reflector::Hello{.primary_port = 3478,
                           .alternate_port = 3479,
                           .own = net::address(Stage::partner),
                           .partner = net::address(Stage::own),
                           .token_epoch = 5}};
}
reflector::LinkMessage order(std::uint64_t sequence, const char* client) {
  reflector::Reply reply{.client = net::endpoint(client), .reply_port = net::endpoint(client).port};
  reply.arrival = {.partner_address = true, .alternate_port = false};
  reply.request_size = 24;
  reply.token = stun::ReturnToken{};
  reply.label = stun::SentQuery{};
  return {{reflector::LinkRole::First, {77, sequence}, {}}, reply};
}

}  // namespace

bool check(net::BytesView input) {
  if (input.size() > 64 * step_size(true)) return false;
  Link link(input);
  link.play();
  return link.was_up();
}

// A greeting that brings the link up stands before the rest.
void mend(net::Bytes& input) {
  net::Bytes start = step(names_our_greeting, greeting(1));
  net::append(start, input);
  input = std::move(start);
}

std::vector<net::Bytes> seeds() {
  std::vector<net::Bytes> all;
  const net::Bytes linked = step(names_our_greeting, greeting(1));
  all.push_back(linked);
  for (const char* client : {"198.51.100.9:40000", "10.0.0.1:40000", "192.0.2.1:3481", "[2001:db8::9]:40000"}) {
    net::Bytes story = linked;
    net::append(story, step(is_relay | names_our_greeting, order(2, client)));
    net::append(story, step(is_relay | names_our_greeting, order(2, client)));
    net::append(story, step(names_our_greeting | 3U << time_shift, greeting(3)));
    net::append(story, step(is_relay | names_our_greeting, order(4, client)));
    all.push_back(story);
  }
  for (const std::uint8_t fault : {wrong_mac, our_role, unknown_key}) {
    net::Bytes story = linked;
    net::append(story,
                step(static_cast<std::uint8_t>(is_relay | names_our_greeting | fault), order(2, "198.51.100.9:40000")));
    all.push_back(story);
  }
  return all;
}

}  // namespace fuzz
