#pragma once
// Which external endpoint a new mapping gets (RFC 4787 sections 4.1 and 4.2): address pooling and port allocation.
// Chance is seeded; what is free is asked for.

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "lab/mapping_table.h"
#include "lab/nat_profile.h"
#include "net/random.h"

namespace lab {

class PortAllocator {
 public:
  PortAllocator(const NatProfile& profile, net::Random chance);

  using Usable = std::function<bool(const net::Endpoint&)>;

  // One of these external addresses. `preferred` is the port that a preserving NAT tries first. Empty: none is usable.
  [[nodiscard]] std::optional<net::Endpoint> choose(const NatProfile& profile,
                                                    const std::vector<net::IpAddress>& addresses, const FlowKey& key,
                                                    std::uint16_t preferred, const Usable& usable);

  void forget();  // who had which address, block and sequence

 private:
  struct Range {
    unsigned first = 0;
    unsigned last = 0;
  };
  [[nodiscard]] const net::IpAddress& pooled(const NatProfile& profile, const std::vector<net::IpAddress>& addresses,
                                             const net::IpAddress& internal);
  [[nodiscard]] std::optional<Range> range_for(const NatProfile& profile, const net::IpAddress& external,
                                               const FlowKey& key);
  [[nodiscard]] std::optional<Range> block_of(const NatProfile& profile, const net::IpAddress& external,
                                              const net::IpAddress& internal);
  [[nodiscard]] std::optional<net::Endpoint> next_in_sequence(const NatProfile& profile, net::Endpoint external,
                                                              Range range, const FlowKey& key, const Usable& usable);
  [[nodiscard]] std::optional<net::Endpoint> random_in(net::Endpoint external, Range range, unsigned stride,
                                                       const FlowKey& key, const Usable& usable);

  net::Random chance_;
  std::array<std::uint16_t, 3> first_in_sequence_{};  // by protocol
  std::map<std::pair<Protocol, net::IpAddress>, std::uint16_t> last_in_sequence_;
  std::unordered_map<net::IpAddress, std::size_t> pairing_;
  std::map<std::pair<net::IpAddress, net::IpAddress>, unsigned> blocks_;  // external and inside address: the first port
};

}  // namespace lab
