#pragma once
// An interface of this very machine, shared with its kernel: every IP packet that arrives for the machine is seen here
// too (packet(7)), and packets leave through the kernel's routing, ARP and neighbour discovery (raw(7)). Packets that
// the kernel holds as one where the link had several (TSO, GRO) come as one, with the size of their segments.

#include <optional>
#include <string>
#include <vector>

#include "lab/ip_packet.h"
#include "net/bytes.h"
#include "net/file_descriptor.h"

namespace lab {

struct InterfaceAddress {
  net::IpAddress address;
  std::uint8_t prefix_length = 0;
};

struct ArrivedAtBox {
  Packet packet;
  std::size_t segment_data = 0;  // bytes of data in each segment; 0: the packet came as it is
};

class BoxInterface {
 public:
  // Throws CannotWork: there is no such interface, or we may not.
  explicit BoxInterface(std::string name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] std::uint16_t mtu() const { return mtu_; }
  // Without link-local ones.
  [[nodiscard]] const std::vector<InterfaceAddress>& addresses() const { return addresses_; }

  [[nodiscard]] int fd() const { return arriving_.get(); }
  // The next packet that the lab can carry, or nothing when none waits. Never waits.
  [[nodiscard]] std::optional<ArrivedAtBox> receive();
  // What the kernel does not take is lost, as on links.
  void send(const Packet& packet);

 private:
  std::string name_;
  int index_ = 0;
  std::uint16_t mtu_ = 0;
  std::size_t link_header_ = 0;
  std::vector<InterfaceAddress> addresses_;
  net::FileDescriptor arriving_;
  net::FileDescriptor leaving_v4_;
  net::FileDescriptor leaving_v6_;
  net::Bytes frame_;  // as it arrives
  net::Bytes leaving_;
};

// On what we send, for rules that shall tell it from the machine's own packets.
inline constexpr std::uint32_t box_mark = 0x4e4154;  // "NAT"

}  // namespace lab
