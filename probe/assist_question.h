#pragma once
// What natprobe asks of an assistant, which is `natprobe assist` on another host behind the same NAT, and what that
// says. Values only; the bytes are assist_message.h's.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "net/endpoint.h"

namespace probe {

enum class AssistAct : std::uint8_t {
  Greet = 1,  // who are you, and how do you see me?
  Ask = 2,    // have this socket of yours ask a reflector for its external endpoint
  Prove = 3,  // have a reflector answer it to a port of the external address, where we recognise the answer
  Send = 4,   // write to that proven endpoint of ours
};
[[nodiscard]] std::string_view to_string(AssistAct act);  // "greet"
[[nodiscard]] std::optional<AssistAct> parse_assist_act(std::string_view word);

using AssistProofId = std::array<std::uint8_t, 16>;  // a transaction id

struct AssistQuestion {
  AssistAct act{};
  std::uint8_t socket = 0;                              // of the assistant's, opened when first asked for
  std::uint16_t port = 0;                               // Ask: its local port, 0: any. Prove: our external port
  std::optional<net::Endpoint> target = std::nullopt;   // Ask, Prove: the reflector. Send: our external endpoint
  std::optional<AssistProofId> proof = std::nullopt;    // Send: what Prove brought

  friend auto operator<=>(const AssistQuestion&, const AssistQuestion&) = default;
};

struct AssistAnswer {
  std::optional<net::Endpoint> asker = std::nullopt;     // Greet: where the question came from
  std::optional<net::Endpoint> local = std::nullopt;     // of the assistant's socket; Greet: of the one that listens
  std::optional<net::Endpoint> external = std::nullopt;  // Ask: as the reflector sees that socket
  std::optional<AssistProofId> proof = std::nullopt;     // Prove: as it came to the socket that shall hear it
};

inline constexpr std::uint16_t default_assist_port = 3482;
inline constexpr unsigned assist_sockets = 64;  // of one asker, numbered from 0

}  // namespace probe
