#pragma once
// The reflector as an agent (net/agent.h): opens its sockets, answers Binding requests over UDP and TCP, and keeps the
// partner link. All decisions are made by the pure parts beside it; here they are wired to sockets.
//
//   ReflectorAgent a(pair_config(endpoint("192.0.2.1:3478"), address("192.0.2.2"), key), secret_a);
//   ReflectorAgent b(pair_config(endpoint("192.0.2.2:3478"), address("192.0.2.1"), key), secret_b);
//
// If one of its sockets cannot be opened it closes the others and is finished, with a failure text. Otherwise it runs
// for ever, or until it has drained.

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/agent.h"
#include "reflector/reflector_config.h"
#include "reflector/status.h"

namespace reflector {

class Host;

inline constexpr net::Duration drain_least = std::chrono::milliseconds(50);
inline constexpr net::Duration drain_most = std::chrono::seconds(5);

// 32 bytes from the system's generator (stun::fill_with_secret), never the same in two lives of a reflector: session
// ids, token secrets and hash keys are derived from it. In tests any distinct bytes do.
using Secret = std::array<std::uint8_t, 32>;

class ReflectorAgent final : public net::Agent {
 public:
  ReflectorAgent(const ReflectorConfig& config, const Secret& secret);
  ~ReflectorAgent() override;

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return failure_ || drained_; }

  // "bind 192.0.2.1:3478: Address already in use": the reason why it is finished.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

  // Another configuration, of the same sockets, from now on. No request is lost by it; a link to the same partner goes
  // on.
  void reconfigure(net::TimePoint now, const ReflectorConfig& config);

  // To end in good order: takes no new TCP connection, ends those that are not in the midst of a message, answers what
  // still arrives over UDP, and is finished() once nothing is owed: at least drain_least later, for what is on its way,
  // and at most drain_most. Delayed replies that are due by then are sent.
  void drain(net::TimePoint now);

  [[nodiscard]] Status status(net::TimePoint now) const;

  // All sockets are open. Then the list says "udp 192.0.2.1:3478", one a socket.
  [[nodiscard]] bool listening() const;
  [[nodiscard]] std::vector<std::string> listening_on() const;

  // Why a partner link is refused, one line a family; empty while all is well.
  [[nodiscard]] std::vector<std::string> link_problems() const;

  // What it did so far, one line a kind that occurred: "IPv4 over the limit: 12".
  [[nodiscard]] std::vector<std::string> summary() const;

  // The partner link of this family is up: OTHER-ADDRESS is announced and changed replies are sent.
  [[nodiscard]] bool partner_usable(net::Family family, net::TimePoint now) const;

 private:
  ReflectorConfig config_;
  Secret secret_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::optional<net::TimePoint> draining_since_;
  net::TimePoint drain_step_;
  bool drained_ = false;
  std::optional<std::string> failure_;
};

}  // namespace reflector
