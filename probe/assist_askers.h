#pragma once
// Those who greeted an assistant: each with a nonce of its own that its questions must carry, the answers it was given
// (a question that comes again gets the same bytes and is not carried out twice, so a replay does nothing), its
// sockets, and which of its external endpoints a reflector has shown to be its own. Of fixed size: who was silent for
// longest goes first.

#include <map>
#include <optional>
#include <vector>

#include "net/agent.h"
#include "net/bytes.h"
#include "net/time.h"
#include "probe/assist_question.h"
#include "stun/assist_attributes.h"

namespace probe {

inline constexpr std::size_t most_assist_askers = 8;
inline constexpr std::size_t most_assist_questions = 512;  // of one asker
inline constexpr unsigned most_assist_knocks = 64;         // at one proven endpoint
inline constexpr net::Duration assist_asker_idle = std::chrono::minutes(2);

struct AssistSocket {
  net::SocketId id;
  std::uint16_t wanted_port = 0;
  std::optional<net::Endpoint> local = std::nullopt;
  bool failed = false;
  std::map<net::Endpoint, net::Endpoint> externals = {};  // by reflector
};

struct AssistProof {
  AssistProofId id{};
  net::Endpoint endpoint;  // the asker's, if the id comes back
  net::TimePoint until;  // then the endpoint may be somebody else's
  unsigned knocks = 0;
};

struct AssistAsker {
  net::Endpoint source;
  stun::TransactionId greeting;
  stun::AssistNonce nonce;
  net::TimePoint last;
  std::map<stun::TransactionId, net::Bytes> answers = {};  // empty: still being carried out
  std::map<std::uint8_t, AssistSocket> sockets = {};
  std::vector<AssistProof> proofs = {};
};

class AssistAskers {
 public:
  // Who greeted from there with this id.
  [[nodiscard]] AssistAsker* greeted(const net::Endpoint& source, const stun::TransactionId& greeting);
  // Whose question this is.
  [[nodiscard]] AssistAsker* with_nonce(const net::Endpoint& source, const stun::AssistNonce& nonce);
  [[nodiscard]] AssistAsker* with_socket(net::SocketId socket);

  AssistAsker& add(AssistAsker asker);
  // Takes out who was silent too long or, where there is no room for one more, longest.
  [[nodiscard]] std::vector<AssistAsker> take_gone(net::TimePoint now, bool room_for_one);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;

 private:
  std::vector<AssistAsker> askers_;
};

}  // namespace probe
