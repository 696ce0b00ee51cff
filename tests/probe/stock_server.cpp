#include "tests/probe/stock_server.h"

#include "stun/address_attributes.h"
#include "stun/behavior_attributes.h"
#include "stun/error_attributes.h"
#include "stun/message_builder.h"

namespace stock {

StockServer::StockServer(const ServerSettings& settings) : settings_(settings) {
  sockets_.push_back(settings.primary);
  if (!settings.second_address) return;
  sockets_.push_back(net::with_port(settings.primary, 3479));
  sockets_.push_back({*settings.second_address, settings.primary.port});
  sockets_.push_back({*settings.second_address, 3479});
}

void StockServer::start(net::TimePoint) {
  for (std::uint32_t i = 0; i < sockets_.size(); ++i) {
    outputs_.emplace_back(net::OpenUdp{.socket = {i}, .local = sockets_[i]});
  }
}

void StockServer::handle(net::TimePoint, const net::Input& input) {
  const auto* datagram = std::get_if<net::Datagram>(&input);
  if (datagram == nullptr) return;
  const auto request = stun::Message::decode(datagram->payload);
  if (!request || !request->is(stun::MessageClass::Request, stun::Method::Binding)) return;
  const auto change = request->get<stun::ChangeRequest>().value_or(stun::ChangeRequest{});
  std::uint32_t from = datagram->socket.value;
  if (settings_.changes == Changes::Sent && sockets_.size() == 4) {
    from ^= (change.change_port ? 1U : 0U) | (change.change_address ? 2U : 0U);
  }
  if (settings_.second_address_dead && (from & 2U) != 0) return;
  const bool refused = settings_.changes == Changes::Refused && change.any();
  net::Bytes reply;
  stun::MessageBuilder builder(reply, refused ? stun::MessageClass::Error : stun::MessageClass::Success,
                               stun::Method::Binding, request->id());
  if (refused) {
    builder.add(stun::ErrorCode{.code = 420}).add(stun::UnknownAttributes{{0x0003}});
  } else {
    builder.add(stun::XorMappedAddress{datagram->from}).add(stun::MappedAddress{datagram->from});
    builder.add(stun::ResponseOrigin{sockets_[from]});
    if (settings_.announced) builder.add(stun::OtherAddress{*settings_.announced});
    if (!settings_.announced && sockets_.size() == 4) {
      builder.add(stun::OtherAddress{sockets_[datagram->socket.value ^ 3U]});
    }
  }
  outputs_.emplace_back(net::Send{net::SocketId{from}, datagram->from, reply});
}

}  // namespace stock
