#pragma once
// Whom an assistant may write to on somebody's word: the reflectors its own user gave it and their OTHER-ADDRESS, by
// the rule natprobe follows itself (probe/connectivity_discovery.h). It asks each of them once; a partner that none of
// the user's words named gets three requests until it answers.

#include <optional>
#include <vector>

#include "net/time.h"
#include "probe/observation.h"
#include "stun/message.h"

namespace probe {

class AssistReflectors {
 public:
  explicit AssistReflectors(const std::vector<net::Endpoint>& given);

  // Whose answer is awaited, and when the next request to it is due.
  struct Introduction {
    Observation seen;
    unsigned most_requests = 0;
    stun::TransactionId id;
    net::TimePoint next;
  };
  // The next that is due now; nullptr: none. The caller gives it an id and sends it.
  [[nodiscard]] Introduction* due(net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;
  void sent(Introduction& introduction, net::TimePoint now);
  // True where it answered one of them.
  bool take(const stun::Message& response, const net::Endpoint& from);
  void opened(const net::Endpoint& local);

  [[nodiscard]] bool settled() const;  // nobody is awaited
  [[nodiscard]] bool allowed(const net::Endpoint& target) const;
  void ask_again(net::TimePoint now);  // those that did not answer, but no stranger

 private:
  void follow(const Observation& seen);
  [[nodiscard]] bool answers(const net::IpAddress& address) const;

  std::vector<Introduction> introductions_;
  std::size_t given_;
};

}  // namespace probe
