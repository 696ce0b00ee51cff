#pragma once
// Whether IP fragments cross the NAT (RFC 4787 section 11, RFC 5780 section 4.4). Three never-used sockets ask the
// reflector in packets that an ordinary link does not carry whole:
//
//   whole    with DF set: it must not arrive, or nothing is divided on this path and the others mean nothing
//   divided  the request is divided, the answer is small: outbound
//   padded   the answer is as large as the request (PADDING; reflectors never answer more): inbound
//
// Where divided requests arrive, two more: in fragments that this host makes itself, by a raw socket where the system
// lets it have one.
//
//   by_hand   in order: it must arrive as the system's own do, or the silence of the next says nothing
//   reversed  the last part first (RFC 4787 REQ-14: a NAT should take them in any order)

#include "probe/discovery.h"

namespace probe {

inline constexpr std::uint16_t divided_size = 2'000;  // bytes of STUN: two fragments of an Ethernet's 1,500

struct FragmentQuestion {
  Query question;
  Query control;
};
struct FragmentQuestions {
  FragmentQuestion whole;
  FragmentQuestion divided;
  FragmentQuestion padded;
  FragmentQuestion by_hand;
  FragmentQuestion reversed;
};
[[nodiscard]] FragmentQuestions fragment_questions(const net::Endpoint& reflector);

// The chance that a divided request, or its divided answer, is lost where a whole one is lost with this chance.
[[nodiscard]] double chance_of_loss_divided(double chance_of_loss);

[[nodiscard]] Step next_fragments(const RunSoFar& run);

}  // namespace probe
