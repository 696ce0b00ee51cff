#pragma once
// Candidates (RFC 8445 section 5.1.1): addresses at which a punch socket may be reached, and where they come from.

#include <optional>
#include <string_view>

#include "net/endpoint.h"

namespace traversal {

enum class CandidateType : std::uint8_t {
  Host,             // the socket's own address: of use only between hosts behind one NAT
  ServerReflexive,  // as the rendezvous saw the socket
  Mapped,           // as the own router was asked to map the socket's port: at the address the rendezvous saw
};

struct Candidate {
  CandidateType type = CandidateType::ServerReflexive;
  net::Endpoint endpoint;
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

[[nodiscard]] constexpr std::string_view to_string(CandidateType type) {
  switch (type) {
    case CandidateType::Host: return "host";
    case CandidateType::ServerReflexive: return "srflx";
    case CandidateType::Mapped: return "mapped";
  }
  return "srflx";
}
[[nodiscard]] constexpr std::optional<CandidateType> parse_candidate_type(std::string_view word) {
  if (word == "host") return CandidateType::Host;
  if (word == "srflx") return CandidateType::ServerReflexive;
  if (word == "mapped") return CandidateType::Mapped;
  return std::nullopt;
}

}  // namespace traversal
