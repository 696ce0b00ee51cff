#pragma once
// IP reassembly (RFC 791 section 3.2, RFC 8200 section 4.5), of a host or a NAT: told of fragments and time, gives the
// whole packet with the one that completes it. Bounded in time and memory. Pure.

#include <cstdint>
#include <vector>

#include "lab/nat_profile.h"
#include "lab/packet.h"
#include "net/result.h"
#include "net/time.h"

namespace lab {

enum class Unassembled : std::uint8_t {
  Held,     // waits for the others
  Refused,  // and what it belongs to will not be whole either
};

class Reassembly {
 public:
  static constexpr net::Duration timeout = std::chrono::seconds(30);  // from the first part on; Linux: ipfrag_time
  static constexpr std::size_t most_datagrams = 64;                   // then the oldest is given up
  static constexpr std::size_t most_bytes = 65535;                    // of a datagram: what IP can carry

  // InOrder: parts must come one after the other, from the first. Drop: none are taken.
  explicit Reassembly(Fragments accepted = Fragments::AnyOrder) : accepted_(accepted) {}

  // What is no fragment comes back as it is. The whole has the first part's TTL. Parts that overlap void their datagram
  // (RFC 5722, RFC 8200), a part that comes twice does not.
  [[nodiscard]] net::Result<Packet, Unassembled> add(Packet packet, net::TimePoint now);

 private:
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
    friend auto operator<=>(const Part&, const Part&) = default;
  };
  struct Datagram {
    Packet header;  // of the first part; until that comes, of any
    net::TimePoint since;
    net::Bytes payload;
    std::vector<Part> parts;  // in order of their place
    std::size_t received = 0;
    std::size_t size = 0;  // 0: the last part has not come
    bool voided = false;
  };

  Datagram& datagram_of(const Packet& packet, net::TimePoint now);
  bool place(Datagram& datagram, const Packet& packet) const;

  Fragments accepted_;
  std::vector<Datagram> datagrams_;  // oldest first
};

}  // namespace lab
