#pragma once
// NATs written elsewhere that the lab runs as they are where packets are real: the kernel's, libslirp, passt. Each row
// declares what plain datagrams show of that program; in memory the model stands in for it.

#include <span>
#include <string_view>

#include "lab/nat_profile.h"

namespace lab {

struct ForeignProfile {
  NatProfile profile;
  std::string_view source;  // of its numbers
};

[[nodiscard]] std::span<const ForeignProfile> foreign_profiles();

// Whether it is a program beside the kernel that makes one host's interface: nothing else can stand behind it.
[[nodiscard]] bool serves_one_host(Implementation implementation);

// Of the address that slirp4netns gives: the last byte, in a network of 256.
inline constexpr std::uint8_t slirp_host_number = 100;

}  // namespace lab
