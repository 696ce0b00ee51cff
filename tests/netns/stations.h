#pragma once
// What the tests on real packets share: whether namespaces can be had, small scenarios, sockets inside stations.

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "lab/scenario.h"
#include "lab/wire/wired_lab.h"
#include "net/endpoint.h"
#include "net/file_descriptor.h"
#include "net/time.h"
#include "tests/require.h"

namespace netns {

// Why there are no namespaces here; empty when there are.
[[nodiscard]] std::string obstacle();

// Why a NAT written elsewhere cannot run here: its program or what that needs is missing; empty when it can.
[[nodiscard]] std::string obstacle_to(const lab::NatProfile& profile);

// Host "h" behind a NAT "nat" of that profile; "r1" and "r2" in the open.
[[nodiscard]] lab::Scenario one_host_behind(const lab::NatProfile& profile);
[[nodiscard]] lab::Scenario one_host_behind(const std::string& profile);

// "host1" behind "nat1", and so on; "r1" and "r2" in the open.
[[nodiscard]] lab::Scenario hosts_behind_nats(int count);

struct Received {
  net::Endpoint from;
  std::string text;
};

// A UDP socket on a station's first address.
class UdpSocket {
 public:
  explicit UdpSocket(const lab::Station& station, std::uint16_t port = 0);
  UdpSocket(const lab::Namespace& where, const net::IpAddress& address, std::uint16_t port = 0);

  [[nodiscard]] net::Endpoint local() const { return local_; }
  void send(const net::Endpoint& to, const std::string& text) const;
  [[nodiscard]] std::optional<Received> receive(net::Duration limit = std::chrono::seconds(5)) const;

 private:
  net::FileDescriptor fd_;
  net::Endpoint local_;
};

// A TCP connection in blocking mode, with time limits of 10 s; made inside a station.
[[nodiscard]] net::FileDescriptor listen_tcp(const lab::Station& station, std::uint16_t port);
[[nodiscard]] net::FileDescriptor connect_tcp(const lab::Station& station, const net::Endpoint& to);
// A megabyte from one end to the other: whether it arrives whole. Segments are as large as the link takes, so offloads
// would show as oversized packets or bad checksums.
[[nodiscard]] bool carries_a_megabyte(const net::FileDescriptor& from, const net::FileDescriptor& to);
[[nodiscard]] net::FileDescriptor accept_tcp(const net::FileDescriptor& listener, net::Endpoint& from);

}  // namespace netns

#define SKIP_WITHOUT_NAMESPACES() \
  if (const auto why = netns::obstacle(); !why.empty()) NATSCOPE_SKIP("netns", why)
