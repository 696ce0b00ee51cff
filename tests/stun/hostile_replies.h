#pragma once
// Class R: replies that must not mislead a probe. A test's reflector sends them in answer to the probe's request.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "stun/message.h"

namespace hostile {

// What the reply is built from.
struct Asked {
  net::Bytes request;        // as the probe sent it
  stun::TransactionId id;    // of that request
  net::Endpoint client;      // the request's source as the reflector saw it: the true mapped address
  net::Endpoint reflector;   // the address asked
  net::Endpoint third_host;  // someone who has nothing to do with it
  unsigned attempt = 0;      // how many requests came before (new nonces for R26)
};

struct ReplyDatagram {
  net::Endpoint from;
  net::Bytes payload;
};

enum class Reaction : std::uint8_t {
  Ignored,  // counted; the transaction goes on waiting and keeps its retransmission schedule
  Failed,   // the transaction ends without a usable address
  Used,     // Asked::client is taken as the mapped address, whatever else the reply says
  Shown,    // the address the reply names is shown, but no verdict is drawn from it
};

struct HostileReply {
  std::string id;  // "R06 family 3"
  Reaction reaction = Reaction::Ignored;
  std::function<std::vector<ReplyDatagram>(const Asked&)> build;
  std::string note;  // what the probe must show or must not do
};

[[nodiscard]] const std::vector<HostileReply>& hostile_replies();  // R01 to R34, variants spelled out
[[nodiscard]] std::string_view to_string(Reaction reaction);

}  // namespace hostile
