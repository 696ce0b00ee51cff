#pragma once
// What reflectors see of a punch socket: each is asked once, by a Binding request (RFC 8489), before the socket is
// shown to the rendezvous, so that the mapping towards the rendezvous stays the latest one. Nothing waits for the
// answers and nothing is decided by them: they are told with the attempt.

#include <optional>
#include <vector>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/random.h"
#include "net/time.h"
#include "stun/message.h"
#include "traversal/half.h"

namespace traversal {

class Gathering {
 public:
  struct Question {
    net::Endpoint to;
    net::Bytes payload;
  };

  // The first most_reflectors of these; those at the rendezvous's address are asked last, for what maps by address.
  Gathering(std::vector<net::Endpoint> reflectors, const net::IpAddress& rendezvous);

  [[nodiscard]] std::vector<Question> ask(net::TimePoint now, net::Random& random);
  bool handle(net::TimePoint now, const net::Endpoint& from, net::BytesView payload);  // whether it is an answer

  // Their times are since `begin`: a reflector saw the socket half-way between question and answer.
  [[nodiscard]] std::vector<Reflected> seen(net::TimePoint begin) const;

 private:
  struct Asked {
    unsigned reflector;  // by its place in what was given, from 1
    net::Endpoint at;
    stun::TransactionId id{};
    net::TimePoint time;
    std::optional<net::TimePoint> answered;
    net::Endpoint mapped{};
  };
  std::vector<Asked> asked_;
};

}  // namespace traversal
