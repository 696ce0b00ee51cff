#pragma once
// The authenticated channel to the other host of a pair, without sockets or clock: bytes and time in, bytes out.
//
// Both send a Hello every 200 ms until the link is up, then one each heartbeat. A Hello names the newest Hello received
// from the other side. A message counts only if it names a Hello of ours from this life that is at most 5 s old, so a
// recording is worthless, also after a restart of either side. The link is up while the partner was heard within 2 s
// and has itself heard us within 3 s. Nothing is ever sent in answer to a message that does not count.
//
// One thread owns the link. What the packet path needs of it (up, partner_issuer, relay) may be called from any thread:
// the owner publishes after each change how things stand.

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "net/live_count.h"
#include "net/time.h"
#include "reflector/link_message.h"
#include "reflector/published.h"
#include "reflector/replay_window.h"
#include "reflector/return_token.h"

namespace reflector {

inline constexpr net::Duration greeting_interval = std::chrono::milliseconds(200);
// Every second, less a margin: one lost heartbeat and some jitter must not take the link down.
inline constexpr net::Duration heartbeat_interval = std::chrono::milliseconds(900);
inline constexpr net::Duration link_lost_after = std::chrono::seconds(2);
inline constexpr net::Duration link_deaf_after = std::chrono::seconds(3);  // two heartbeats and a lost one
inline constexpr net::Duration link_freshness = std::chrono::seconds(5);

struct LinkConfig {
  net::IpAddress own;      // as clients see this host
  net::IpAddress partner;  // as they see the other
  std::uint16_t primary_port = 0;
  std::uint16_t alternate_port = 0;
  std::vector<LinkKey> keys;  // at least one; the first is the one to change to
  std::uint64_t session = 0;  // of this life; not 0
};

class PartnerLink {
 public:
  PartnerLink(LinkConfig config, net::TimePoint start);

  // A datagram from the partner's address. An order that may be obeyed comes out, roles in this host's words; all else
  // is dealt with or counted.
  [[nodiscard]] std::optional<Reply> receive(net::BytesView datagram, net::TimePoint now);

  // From the next message on, which is a Hello at once.
  void use_keys(std::vector<LinkKey> keys);

  // The next Hello, when it is due; with several keys there is one for each at a time, so ask until there is none.
  [[nodiscard]] std::optional<net::Bytes> take_hello(net::TimePoint now);
  [[nodiscard]] net::TimePoint next_deadline() const { return hello_due_; }

  // "Send this reply", for the partner, into an empty room for relay_size bytes. The link should be up, else it will
  // not listen. From any thread.
  void relay(const Reply& reply, net::ByteRoom& out);
  [[nodiscard]] net::Bytes relay(const Reply& reply);

  // From any thread.
  [[nodiscard]] bool up(net::TimePoint now) const;
  [[nodiscard]] std::size_t agreed_key() const { return agreed_key_; }                // which of ours signs orders
  [[nodiscard]] std::optional<TokenIssuer> partner_issuer(net::TimePoint now) const;  // while the link is up

  // "partner 192.0.2.2 serves ports 3478 and 3479, this host 3478 and 3480": why its greeting is refused; or empty.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::array<net::LiveCount, link_fault_count>& faults() const {
    return faults_;
  }  // from any thread

 private:
  struct Partner {
    std::uint64_t session = 0;
    ReplayWindow window;
    std::uint64_t token_epoch = 0;
    net::TimePoint heard_at;   // of its newest message that counted
    net::TimePoint echoed_at;  // when the newest Hello of ours that it has named was sent
  };
  struct SentHello {
    std::uint64_t sequence = 0;
    net::TimePoint at;
  };

  // What other threads need to know.
  struct Standing {
    net::TimePoint up_until = net::TimePoint::min();
    TokenIssuer partner;
    MessageName newest_heard;
    LinkKey signs;  // orders
  };
  // Numbers for messages, each once, whoever asks.
  class Sequence {
   public:
    Sequence() = default;
    Sequence(const Sequence& other) : next_(other.next_.load()) {}
    Sequence& operator=(const Sequence& other) {
      next_ = other.next_.load();
      return *this;
    }
    std::uint64_t take() { return next_.fetch_add(1, std::memory_order_relaxed); }

   private:
    std::atomic<std::uint64_t> next_{1};
  };

  LinkConfig config_;
  LinkRole role_;
  Published<Standing> standing_;
  std::optional<Partner> partner_;
  MessageName newest_heard_;           // what our next message names
  std::deque<SentHello> sent_hellos_;  // of the last five seconds (link_freshness), oldest first
  std::size_t keys_greeted_ = 0;       // under which the Hello that is due was said
  std::size_t agreed_key_ = 0;
  Sequence sequence_;
  std::uint64_t newest_echo_ = 0;
  net::TimePoint hello_due_;
  std::string problem_;
  std::array<net::LiveCount, link_fault_count> faults_{};

  void publish_standing();
  [[nodiscard]] LinkHeader next_header(const MessageName& echo);
  [[nodiscard]] const SentHello* sent(const MessageName& hello, net::TimePoint now) const;
  [[nodiscard]] std::optional<Reply> judge(net::BytesView datagram, net::TimePoint now);
  void hear(const MessageName& hello);
  std::optional<LinkFault> check_session(const LinkMessage& message);
  LinkFault judge_same_role(const Hello* hello);
  [[nodiscard]] std::string mismatch(const Hello& hello) const;
  std::optional<Reply> pass_over(LinkFault fault);
};

}  // namespace reflector
