#pragma once
// The reflector as an agent (net/agent.h): opens its sockets, answers Binding requests over UDP and TCP, and keeps the
// partner link. All decisions are made by the pure parts beside it; here they are wired to sockets.
//
//   ReflectorAgent a(pair_config(endpoint("192.0.2.1:3478"), address("192.0.2.2"), key), secret_a);
//   ReflectorAgent b(pair_config(endpoint("192.0.2.2:3478"), address("192.0.2.1"), key), secret_b);
//
// If one of its sockets cannot be opened it closes the others and is finished, with a failure text. Otherwise it runs
// for ever.

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/agent.h"
#include "reflector/counts.h"
#include "reflector/reflector_config.h"

namespace reflector {

class Host;

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
  [[nodiscard]] bool finished() const override { return failure_.has_value(); }

  // "bind 192.0.2.1:3478: Address already in use": the reason why it is finished.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

  // All sockets are open. Then the list says "udp 192.0.2.1:3478", one a socket.
  [[nodiscard]] bool listening() const;
  [[nodiscard]] std::vector<std::string> listening_on() const;

  // Why a partner link is refused, one line a family; empty while all is well.
  [[nodiscard]] std::vector<std::string> link_problems() const;

  // What it did so far, one line a kind that occurred: "IPv4 over the limit: 12".
  [[nodiscard]] std::vector<std::string> summary() const;

  // The partner link of this family is up: OTHER-ADDRESS is announced and changed replies are sent.
  [[nodiscard]] bool partner_usable(net::Family family, net::TimePoint now) const;

  // What it did so far in one address family, on all threads; from any thread.
  [[nodiscard]] Counts counts(net::Family family) const;

  // One a family, for the packet path (reflector/packet_path.h).
  [[nodiscard]] const std::vector<std::unique_ptr<Host>>& hosts() const { return hosts_; }

 private:
  std::vector<std::unique_ptr<Host>> hosts_;
  std::optional<std::string> failure_;
};

}  // namespace reflector
