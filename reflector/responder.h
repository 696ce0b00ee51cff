#pragma once
// The requests of one address family: bytes in, what is to be done and its bytes out. One logic for all ways a request
// comes: the packet path's threads, streams, the simulator.
//
// answer() may be called from many threads at once. It allocates nothing, waits for nobody and keeps nothing of a
// client but two numbers in the limiter and the count of a labelled reply; only a request for a delayed reply (DELAY)
// takes a lock and a place in a list.

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "net/byte_room.h"
#include "reflector/counts.h"
#include "reflector/partner_link.h"
#include "reflector/reflector_config.h"
#include "reflector/respond.h"

namespace reflector {

struct Action {
  enum class Kind : std::uint8_t {
    None,
    Send,   // the bytes are a reply: from the socket of role `from` to `to`
    Relay,  // the bytes are an order for the partner, by the link
  };
  Kind kind = Kind::None;
  SocketRole from;
  net::Endpoint to;
};

class Responder {
 public:
  // `secret`: 32 bytes, different in every life. The link, where there is one, outlives the responder.
  Responder(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret, PartnerLink* link);

  // Another configuration from now on; what is kept of clients stays, but for the limits where these change. No other
  // thread is in here meanwhile.
  void reconfigure(const HostConfig& host, const ReflectorConfig& config, const ReflectorConfig& before,
                   net::BytesView secret);
  void issue_tokens_of(std::vector<stun::SipKey> secrets, std::uint64_t session) {
    tokens_ = TokenKeeper(std::move(secrets), session);
  }

  // `arrived.proven` and `.allowance` are found out here. `out` is empty and has room for stun::max_message_size bytes.
  [[nodiscard]] Action answer(net::BytesView request, Arrived arrived, LiveCounts& counts, net::ByteRoom& out);

  // A reply that the partner or an earlier request asked for, written and counted as sent.
  [[nodiscard]] Action send(const Reply& reply, const Extras& extras, std::size_t paid, net::TimePoint now,
                            net::ByteRoom& out);
  void count_refused(const Reply& reply);

  // Delayed replies. `wake` is called, from any thread, when one more has come to wait.
  std::function<void()> wake = [] {};
  [[nodiscard]] std::optional<net::TimePoint> next_due();
  [[nodiscard]] std::size_t waiting();  // so many
  [[nodiscard]] std::optional<DelayedReply> take_due(net::TimePoint now);

  [[nodiscard]] bool proven(const std::optional<stun::ReturnToken>& token, const net::IpAddress& source,
                            net::TimePoint now) const;
  [[nodiscard]] stun::ReturnToken token_for(const net::IpAddress& source, net::TimePoint now) const {
    return tokens_.issue(source, now);
  }
  void issue_tokens_under(std::size_t key) { tokens_.issue_under(key); }  // of the link's keys
  [[nodiscard]] bool partner_usable(net::TimePoint now) const { return link_ != nullptr && link_->up(now); }
  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] const DestinationRule& destinations() const { return destinations_; }
  [[nodiscard]] Mode mode() const { return mode_; }

 private:
  Mode mode_;
  Topology topology_;
  DestinationRule destinations_;
  TokenKeeper tokens_;
  SentRing sent_;
  std::optional<SourceLimiter> sources_;
  PartnerLink* link_;
  std::mutex delayed_mutex_;
  DelayedReplies delayed_;

  void limit_sources(const ReflectorConfig& config, net::BytesView secret);
  [[nodiscard]] Standpoint standpoint(net::TimePoint now) const { return {topology_, partner_usable(now), mode_}; }
  [[nodiscard]] Response decide(const stun::Message& request, const Arrived& arrived, net::ByteRoom& out);
  [[nodiscard]] Response decide_on_delay(const stun::Message& request, const Arrived& arrived, net::ByteRoom& out);
  [[nodiscard]] Action action_of(const Response& response, LiveCounts& counts, net::ByteRoom& out);
};

}  // namespace reflector
