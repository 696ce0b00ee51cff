// What reaches an assistant, and what comes back from one (docs/protocol.md, "natprobe assist"):
// - a message that is not signed with our key, or was changed after it was, is nothing;
// - a question that is read is one of the four, and written again it is read as the same; so is an answer;
// - no message is both.
//
// An input is a byte that chooses the class, a transaction id, and the attributes, as they may be; it is signed here.
#include <algorithm>

#include "probe/assist_message.h"
#include "stun/crypto.h"
#include "stun/message_builder.h"
#include "tests/fuzz/target.h"

namespace fuzz {
namespace {

using stun::MessageClass;

constexpr std::size_t id_size = 16;
constexpr std::size_t attributes_at = 1 + id_size;
constexpr std::size_t integrity_size = 4 + stun::sha256_size;
constexpr std::array classes = {MessageClass::Request, MessageClass::Success, MessageClass::Error,
                                MessageClass::Indication};
constexpr probe::AssistKey key = {1, 2, 3};

// The message with everything before its integrity as the input says.
net::Bytes signed_message(net::BytesView input) {
  stun::TransactionId id;
  std::copy_n(input.begin() + 1, id_size, id.bytes.begin());
  net::Bytes out;
  stun::MessageBuilder(out, classes[input[0] % classes.size()], stun::Method::Assist, id);
  net::append(out, input.subspan(attributes_at));
  out.resize((out.size() + 3) / 4 * 4);
  const auto length = net::u16_bytes(static_cast<std::uint16_t>(out.size() + integrity_size - stun::header_size));
  std::copy(length.begin(), length.end(), out.begin() + 2);
  const auto mac = stun::hmac_sha256(key, out);
  net::append(out, net::u16_bytes(static_cast<std::uint16_t>(stun::AttributeType::MessageIntegritySha256)));
  net::append(out, net::u16_bytes(stun::sha256_size));
  net::append(out, mac);
  return out;
}

bool is_nothing(net::BytesView datagram) {
  return !probe::read_assist_request(datagram, key) && !probe::read_assist_reply(datagram, key);
}

bool same(const probe::AssistRequest& a, const probe::AssistRequest& b) {
  return a.id == b.id && a.nonce == b.nonce && a.question == b.question;
}

bool same(const probe::AssistReply& a, const probe::AssistReply& b) {
  return a.id == b.id && a.nonce == b.nonce && a.error == b.error && a.answer.asker == b.answer.asker &&
         a.answer.local == b.answer.local && a.answer.external == b.answer.external;
}

void check_request(const probe::AssistRequest& request, net::BytesView input) {
  require(probe::parse_assist_act(to_string(request.question.act)) == request.question.act, "one of the four", input);
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    const auto again = probe::read_assist_request(write_assist_request(request, family, key), key);
    require(again && same(*again, request), "a question is read as it was written", input);
  }
}

void check_reply(const probe::AssistReply& reply, net::BytesView input) {
  if (reply.error) require(!probe::assist_error_words(*reply.error).empty(), "an error has words", input);
  const auto again = probe::read_assist_reply(write_assist_reply(reply, key), key);
  require(again && same(*again, reply), "an answer is read as it was written", input);
}

net::Bytes input_of(std::uint8_t choice, const net::Bytes& message) {
  net::Bytes out{choice};
  out.insert(out.end(), message.begin() + 4, message.end() - static_cast<std::ptrdiff_t>(integrity_size));
  return out;
}

}  // namespace

bool check(net::BytesView input) {
  require(is_nothing(input), "what is not signed is nothing", input);
  if (input.size() < attributes_at) return false;
  net::Bytes message = signed_message(input);
  const auto request = probe::read_assist_request(message, key);
  const auto reply = probe::read_assist_reply(message, key);
  require(!request || !reply, "not both", input);
  if (request) check_request(*request, input);
  if (reply) check_reply(*reply, input);
  message[input.size() % message.size()] ^= 1;
  require(is_nothing(message), "what was changed is nothing", input);
  return request.has_value() || reply.has_value();
}

void mend(net::Bytes& input) { input.resize(std::max(input.size(), attributes_at)); }

std::vector<net::Bytes> seeds() {
  const stun::AssistNonce nonce{{1, 2, 3, 4, 5, 6, 7, 8}};
  const auto inside = net::endpoint("192.168.1.2:4000");
  const auto outside = net::endpoint("[2001:db8::9]:40000");
  std::vector<net::Bytes> all;
  for (const auto act :
       {probe::AssistAct::Greet, probe::AssistAct::Ask, probe::AssistAct::Prove, probe::AssistAct::Send}) {
    const probe::AssistRequest request{
        .id = {}, .nonce = nonce, .question = {.act = act, .socket = 1, .port = 4000, .target = outside}};
    all.push_back(input_of(0, write_assist_request(request, net::Family::V4, key)));
  }
  const probe::AssistRequest send{
      .id = {},
      .nonce = nonce,
      .question = {
          .act = probe::AssistAct::Send, .target = inside, .proof = probe::AssistProofId{0x21, 0x12, 0xA4, 0x42}}};
  all.push_back(input_of(0, write_assist_request(send, net::Family::V6, key)));
  const probe::AssistReply answer{.id = {},
                                  .nonce = nonce,
                                  .error = std::nullopt,
                                  .answer = {.asker = inside, .local = inside, .external = outside}};
  all.push_back(input_of(1, write_assist_reply(answer, key)));
  const probe::AssistReply refusal{.id = {}, .nonce = std::nullopt, .error = probe::assist_error::in_use, .answer = {}};
  all.push_back(input_of(2, write_assist_reply(refusal, key)));
  return all;
}

}  // namespace fuzz
