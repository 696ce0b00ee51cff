// What TCP brings, in any pieces, on several connections at once, told to a reflector as an agent:
// - a connection gets no more answers than whole messages came on it, in the order of these;
// - an answer is a Binding response no larger than max(its request, the plain reply);
// - what can never become a message is closed, and nothing follows on a closed connection;
// - a connection that brings no whole message for ten seconds is closed;
// - nothing is sent elsewhere.
//
// An input is a row of steps: a byte that says what happens, on which of four connections, then bytes where it says so.
#include <algorithm>
#include <array>
#include <map>

#include "stun/message.h"
#include "tests/fuzz/target.h"
#include "tests/reflector/open_reflector.h"
#include "tests/stun/hostile_cases.h"

namespace fuzz {
namespace {

// Of a step's first byte: what (two lower bits), on which connection (two more), and a number (the upper four).
enum What : std::uint8_t { Bring = 0, Connect = 1, HalfClose = 2, Wait = 3 };
constexpr unsigned number_shift = 4;
const net::Endpoint own = net::endpoint("192.0.2.2:3478");
constexpr std::size_t plain_reply = 56;

reflector::ReflectorConfig small_config() {
  auto config = reflector::plain_config(own);
  config.limiter_buckets = 64;
  config.sent_entries = 64;
  return config;
}

// A connection as a plain reading of RFC 8489 section 6.2.2 sees it.
struct Seen {
  net::Bytes pending;
  std::vector<net::Bytes> unanswered;  // whole messages
  bool broken = false;
  bool closed = false;
  net::TimePoint last_message;

  void add(net::BytesView bytes, net::TimePoint now) {
    net::append(pending, bytes);
    while (!broken && !pending.empty()) {
      const net::BytesView front = pending;
      const bool starts_wrong = front[0] >= 0x40;
      const bool length_wrong =
          front.size() >= 4 && (net::get_u16(front.subspan(2)) % 4 != 0 || net::get_u16(front.subspan(2)) > 4076);
      constexpr std::array<std::uint8_t, 4> cookie = {0x21, 0x12, 0xA4, 0x42};
      const auto cookie_seen =
          front.size() > 4 ? front.subspan(4, std::min<std::size_t>(front.size() - 4, 4)) : front.first(0);
      broken = starts_wrong || length_wrong || !std::equal(cookie_seen.begin(), cookie_seen.end(), cookie.begin());
      if (broken || front.size() < 20 || front.size() < 20U + net::get_u16(front.subspan(2))) return;
      const std::ptrdiff_t size = 20 + net::get_u16(front.subspan(2));
      unanswered.emplace_back(pending.begin(), pending.begin() + size);
      pending.erase(pending.begin(), pending.begin() + size);
      last_message = now;
    }
  }
};

class Streams {
 public:
  explicit Streams(net::BytesView input) : input_(input) {}

  void play() {
    for (net::BytesView rest = input_; !rest.empty();) {
      const std::uint8_t choice = rest[0];
      rest = rest.subspan(1);
      const std::size_t which = (choice >> 2) & 3U;
      const std::size_t number = choice >> number_shift;
      switch (choice & 3U) {
        case Bring: {
          const std::size_t size = std::min<std::size_t>(number == 15 ? 4096 : number * 4, rest.size());
          bring(which, rest.first(size));
          rest = rest.subspan(size);
          break;
        }
        case Connect: connect(which); break;
        case HalfClose: half_close(which); break;
        default: pass(std::chrono::seconds(number)); break;
      }
    }
    pass(std::chrono::seconds(11));
    for (const auto& [id, seen] : open_) require(seen.closed, "an idle connection is closed", input_);
  }
  [[nodiscard]] bool answered() const { return answers_ > 0; }

 private:
  net::BytesView input_;
  reflector::OpenReflector stage_{small_config()};
  std::uint32_t next_id_ = net::first_accepted_id;
  std::array<std::uint32_t, 4> current_{};
  std::map<std::uint32_t, Seen> open_;
  std::size_t answers_ = 0;

  void connect(std::size_t which) {
    current_[which] = next_id_++;
    open_[current_[which]] = {.pending = {}, .unanswered = {}, .last_message = stage_.now};
    look_at(stage_.told(net::Accepted{stage_.tcp(own), {current_[which]}, net::endpoint("198.51.100.9:50000")}));
  }
  void bring(std::size_t which, net::BytesView bytes) {
    const auto found = open_.find(current_[which]);
    if (found == open_.end()) return;
    Seen& seen = found->second;
    if (!seen.closed) seen.add(bytes, stage_.now);
    look_at(stage_.told(net::StreamBytes{{current_[which]}, net::Bytes(bytes.begin(), bytes.end())}));
    require(!seen.broken || seen.closed, "what can never become a message is closed", input_);
    if (!seen.broken) require_all_judged(seen);
  }
  void half_close(std::size_t which) {
    const auto found = open_.find(current_[which]);
    if (found == open_.end()) return;
    look_at(stage_.told(net::PeerFinished{{current_[which]}}));
    require(found->second.closed, "a connection that brings no more is closed", input_);
  }
  void pass(net::Duration duration) { look_at(stage_.pass(duration)); }

  // What is left unanswered must be what draws no answer: not one of them is a plain Binding request.
  void require_all_judged(Seen& seen) const {
    const auto wants_an_answer = [](const net::Bytes& message) {
      return message.size() == 20 && net::get_u16(message) == 0x0001;
    };
    // The limiter of a source lets a burst of fifty pass.
    const bool missed = answers_ < 40 && std::any_of(seen.unanswered.begin(), seen.unanswered.end(), wants_an_answer);
    require(!missed, "a plain request is answered", input_);
    seen.unanswered.clear();
  }

  void look_at(const std::vector<net::Output>& outputs) {
    for (const net::Output& output : outputs) {
      if (const auto* answer = std::get_if<net::SendStream>(&output)) {
        look_at_answer(*answer);
      } else if (const auto* close = std::get_if<net::Close>(&output)) {
        Seen& seen = open_.at(close->socket.value);
        require(!seen.closed, "a connection is closed once", input_);
        seen.closed = true;
      } else {
        require(false, "nothing is sent elsewhere", input_);
      }
    }
  }

  void look_at_answer(const net::SendStream& answer) {
    Seen& seen = open_.at(answer.connection.value);
    require(!seen.closed, "nothing follows on a closed connection", input_);
    ++answers_;
    require(answer.payload.size() >= 20, "an answer is a message", input_);
    const net::BytesView id = net::BytesView(answer.payload).subspan(4, 16);
    const auto request = std::find_if(seen.unanswered.begin(), seen.unanswered.end(), [&](const net::Bytes& message) {
      return std::equal(id.begin(), id.end(), message.begin() + 4);
    });
    require(request != seen.unanswered.end(), "an answer belongs to a message that came, in their order", input_);
    require(answer.payload.size() <= std::max(request->size(), plain_reply), "the size rule", input_);
    seen.unanswered.erase(seen.unanswered.begin(), request + 1);
    const auto decoded = stun::Message::decode(answer.payload);
    require(decoded && decoded->method() == 1 && decoded->message_class() >= stun::MessageClass::Success,
            "an answer is a Binding response", input_);
  }
};

constexpr std::uint8_t bring_twenty = 5U << number_shift | Bring;

net::Bytes in_pieces(net::BytesView stream) {
  net::Bytes out{Connect};
  for (; !stream.empty(); stream = stream.subspan(std::min<std::size_t>(stream.size(), 20))) {
    out.push_back(bring_twenty);
    net::append(out, stream.first(std::min<std::size_t>(stream.size(), 20)));
  }
  return out;
}

}  // namespace

bool check(net::BytesView input) {
  if (input.size() > 8192) return false;
  Streams streams(input);
  streams.play();
  return streams.answered();
}

// A connection on which a plain request is answered stands before the rest.
void mend(net::Bytes& input) {
  net::Bytes start = in_pieces(net::from_hex("0001 0000 2112a442 0102030405060708090a0b0c"));
  net::append(start, input);
  input = std::move(start);
}

std::vector<net::Bytes> seeds() {
  std::vector<net::Bytes> all;
  for (const auto& hostile_case : hostile::hostile_cases()) {
    if (hostile_case.datagram.size() <= 2000) all.push_back(in_pieces(hostile_case.datagram));
  }
  all.push_back({Connect, 1U << 2 | Connect, 15U << number_shift | Wait, HalfClose});
  return all;
}

}  // namespace fuzz
