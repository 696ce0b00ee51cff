#pragma once
// One rendezvous and no network: what hosts say is handed to it, and what it says lies in a box of each host's
// endpoint.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "traversal/rendezvous.h"

namespace tests {

class Direct {
 public:
  explicit Direct(const std::string& token = "correct horse");

  // With the nonce it wants from this endpoint.
  net::Result<traversal::Signal, traversal::Refusal> ask(const net::Endpoint& from, const traversal::Signal& signal);
  // What it asks this host, acknowledged; nothing: it asks nothing.
  std::optional<traversal::Signal> take_order(const net::Endpoint& at);
  // A datagram as it is; what comes back to its sender at once.
  std::vector<net::Bytes> say(const net::Endpoint& from, const net::Bytes& datagram);
  void pass(net::Duration time);

  [[nodiscard]] net::Bytes request(const net::Endpoint& from, const traversal::Signal& signal);  // not said yet
  [[nodiscard]] const traversal::Key& key() const { return key_; }

  traversal::Rendezvous rendezvous;

 private:
  net::TimePoint now_{std::chrono::seconds(1)};
  traversal::Key key_;
  net::Random random_{2};
  std::map<net::Endpoint, std::string> nonces_;
  std::map<net::Endpoint, std::vector<net::Bytes>> boxes_;

  void collect();
};

}  // namespace tests
