#pragma once
// One host of a pair, told whatever a target likes.

#include "tests/reflector/open_reflector.h"

namespace fuzz {

inline constexpr std::string_view link_secret = "0123456789abcdef0123456789abcdef";

class Stage : public reflector::OpenReflector {
 public:
  static constexpr const char* own = "192.0.2.2";
  static constexpr const char* partner = "192.0.2.1";

  Stage() : OpenReflector(config()) {}

  const net::SocketId link = udp({net::address(own), reflector::default_link_port});
  const net::SocketId listener = tcp({net::address(own), reflector::default_port});

 private:
  static reflector::ReflectorConfig config() {
    auto out = reflector::pair_config({net::address(own), reflector::default_port}, net::address(partner),
                                      net::as_bytes(link_secret));
    out.limiter_buckets = 64;
    out.sent_entries = 64;
    return out;
  }
};

}  // namespace fuzz
