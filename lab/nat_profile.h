#pragma once
// A NAT as a value: two RFC 4787 behaviours and a few settings. lab/nat.h runs it, in memory and on real packets; the
// table of named profiles is what `natlab list` prints and what scenario files name.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/nat_behavior.h"
#include "net/time.h"

namespace lab {

// RFC 4787 section 6: whether an inside host reaches another one by its external endpoint, and whose address it shows.
enum class Hairpin : std::uint8_t { Off, ExternalSource, InternalSource };

// Which NAT of the Linux kernel stands in for the model where packets are real. In memory the model is used.
enum class KernelNat : std::uint8_t { None, Masquerade, FullyRandom };

struct NatProfile {
  std::string name;
  net::MappingBehavior mapping = net::MappingBehavior::EndpointIndependent;  // None: a firewall, filtering only
  net::FilteringBehavior filtering = net::FilteringBehavior::AddressAndPortDependent;
  net::PortAllocation allocation = net::PortAllocation::Preserving;
  std::uint16_t step = 1;           // of sequential allocation, 1 to 1,000
  std::uint16_t first_port = 1024;  // the pool of external ports, both ends included
  std::uint16_t last_port = 65535;
  // A mapping, with its filter state, ends this long after its last outbound packet; inbound packets do not refresh it.
  net::Duration udp_lifetime = std::chrono::seconds(120);   // RFC 4787 REQ-5: at least 2 minutes
  net::Duration tcp_lifetime = std::chrono::seconds(7440);  // RFC 5382 REQ-5: at least 2 hours 4 minutes
  Hairpin hairpin = Hairpin::Off;
  bool udp_blocked = false;  // UDP is dropped both ways, TCP passes
  KernelNat kernel = KernelNat::None;

  friend bool operator==(const NatProfile&, const NatProfile&) = default;
};

// What the profile says of itself, and what a prober with one socket a question must conclude of it. They differ for
// preserving-overloading, whose mapping is endpoint-independent in effect while the port is free, and for blocked UDP.
[[nodiscard]] net::NatBehavior declared(const NatProfile& profile);
[[nodiscard]] net::NatBehavior observed_truth(const NatProfile& profile);

// A profile with its systematic name: "eim-apdf-random", "apdm-adf-sequential".
[[nodiscard]] NatProfile make_profile(net::MappingBehavior mapping, net::FilteringBehavior filtering,
                                      net::PortAllocation allocation);

// The nine kinds with each of preserving, sequential, random; then the RFC 3489 names, Linux, and the rest.
[[nodiscard]] std::span<const NatProfile> all_profiles();
[[nodiscard]] std::optional<NatProfile> find_profile(std::string_view name);

[[nodiscard]] std::string_view to_string(Hairpin hairpin);
[[nodiscard]] std::string_view to_string(KernelNat kernel);
[[nodiscard]] std::optional<Hairpin> parse_hairpin(std::string_view word);

}  // namespace lab
