#pragma once
// The authenticated channel to the other host of a pair, without sockets or clock: bytes and time in, bytes out.
//
// Both send a Hello every 200 ms until the link is up, then one each heartbeat. A Hello names the newest Hello received
// from the other side. A message counts only if it names a Hello of ours from this life that is at most 5 s old, so a
// recording is worthless, also after a restart of either side. The link is up while the partner was heard within 2 s
// and has itself heard us within 3 s. Nothing is ever sent in answer to a message that does not count.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/time.h"
#include "reflector/link_message.h"
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
  std::vector<LinkKey> keys;  // the first signs
  std::uint64_t session = 0;  // of this life; not 0
};

class PartnerLink {
 public:
  PartnerLink(LinkConfig config, net::TimePoint start);

  // A datagram from the partner's address. An order that may be obeyed comes out, roles in this host's words; all else
  // is dealt with or counted.
  [[nodiscard]] std::optional<Reply> receive(net::BytesView datagram, net::TimePoint now);

  // The next Hello, when it is due.
  [[nodiscard]] std::optional<net::Bytes> take_hello(net::TimePoint now);
  [[nodiscard]] net::TimePoint next_deadline() const { return hello_due_; }

  // "Send this reply", for the partner. The link should be up, else it will not listen.
  [[nodiscard]] net::Bytes relay(const Reply& reply);

  void use_keys(std::vector<LinkKey> keys) { config_.keys = std::move(keys); }  // from the next message on

  [[nodiscard]] bool up(net::TimePoint now) const;
  [[nodiscard]] std::optional<TokenIssuer> partner_issuer(net::TimePoint now) const;  // while the link is up

  // "partner 192.0.2.2 serves ports 3478 and 3479, this host 3478 and 3480": why its greeting is refused; or empty.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::array<std::uint64_t, link_fault_count>& faults() const { return faults_; }

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

  LinkConfig config_;
  LinkRole role_;
  std::optional<Partner> partner_;
  MessageName newest_heard_;               // what our next message names
  std::array<SentHello, 32> sent_hellos_;  // more than are sent within link_freshness
  std::size_t hellos_sent_ = 0;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t newest_echo_ = 0;
  net::TimePoint hello_due_;
  std::string problem_;
  std::array<std::uint64_t, link_fault_count> faults_{};

  [[nodiscard]] LinkHeader next_header();
  [[nodiscard]] std::optional<net::TimePoint> sent_at(const MessageName& hello, net::TimePoint now) const;
  void hear(const MessageName& hello);
  std::optional<LinkFault> check_session(const LinkMessage& message);
  LinkFault judge_same_role(const Hello* hello);
  [[nodiscard]] std::string mismatch(const Hello& hello) const;
  std::optional<Reply> pass_over(LinkFault fault);
};

}  // namespace reflector
