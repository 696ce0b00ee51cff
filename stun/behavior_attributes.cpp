#include "stun/behavior_attributes.h"

#include "net/byte_room.h"

namespace stun {
namespace {

constexpr std::uint32_t change_address_flag = 4;
constexpr std::uint32_t change_port_flag = 2;

}  // namespace

std::optional<ChangeRequest> ChangeRequest::parse(net::BytesView value, const TransactionId&) {
  if (value.size() != 4) return std::nullopt;
  const std::uint32_t flags = net::get_u32(value);
  return ChangeRequest{(flags & change_address_flag) != 0, (flags & change_port_flag) != 0};
}

void ChangeRequest::serialize(net::Bytes& out, const TransactionId&) const {
  net::append(out, net::u32_bytes((change_address ? change_address_flag : 0) | (change_port ? change_port_flag : 0)));
}

std::optional<ResponsePort> ResponsePort::parse(net::BytesView value, const TransactionId&) {
  if (value.size() != 2 && value.size() != 4) return std::nullopt;
  return ResponsePort{net::get_u16(value)};
}

void ResponsePort::serialize(net::Bytes& out, const TransactionId&) const { net::append(out, net::u16_bytes(port)); }

std::optional<Padding> Padding::parse(net::BytesView value, const TransactionId&) {
  return Padding{static_cast<std::uint16_t>(value.size())};
}

template <typename Out>
void Padding::serialize(Out& out, const TransactionId&) const {
  out.resize(out.size() + size);
}
template void Padding::serialize(net::Bytes&, const TransactionId&) const;
template void Padding::serialize(net::ByteRoom&, const TransactionId&) const;

}  // namespace stun
