#include "gateway/codec.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "gateway/http_reply.h"
#include "gateway/nat_pmp.h"
#include "gateway/upnp.h"
#include "stun/error_attributes.h"

namespace gateway {
namespace {

constexpr std::uint16_t least_external_port = 1024;  // nobody gave us a port below for the asking

pcp::Map pcp_map(const Question& question, const pcp::Nonce& nonce) {
  const bool ends = question.act == Act::PcpUnmap;
  return {.inside = question.inside.value_or(net::Endpoint{}),
          .external_port = ends ? std::uint16_t{0} : question.external_port,
          .lifetime = ends ? net::Duration{} : question.lease,
          .nonce = nonce};
}

// RFC 6886 section 3.4: the end is asked for with external port 0.
nat_pmp::Map nat_pmp_map(const Question& question) {
  const bool ends = question.act == Act::NatPmpUnmap;
  return {.internal_port = question.inside.value_or(net::Endpoint{}).port,
          .external_port = ends ? std::uint16_t{0} : question.external_port,
          .lifetime = ends ? net::Duration{} : question.lease};
}

std::string upnp_request(const Question& question, const net::Endpoint& gateway) {
  const upnp::Url url{gateway, question.path};
  const auto action = [&](std::string_view name, const upnp::Arguments& arguments) {
    return upnp::write_action(url, question.service, name, arguments);
  };
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(question.lease).count();
  switch (question.act) {
    case Act::UpnpDescription: return upnp::write_get(url);
    case Act::UpnpAddress: return action("GetExternalIPAddress", {});
    case Act::UpnpMap:
      return action("AddPortMapping",
                    upnp::mapping_arguments(question.inside.value_or(net::Endpoint{}), question.external_port,
                                            static_cast<std::uint32_t>(seconds)));
    case Act::UpnpUnmap: return action("DeletePortMapping", upnp::unmapping_arguments(question.external_port));
    default: return upnp::write_search();
  }
}

Reply refusal(std::uint16_t code, std::string_view words) {
  return {.outcome = Outcome::Refused, .error_code = code, .note = std::string(words)};
}

Reply unusable(std::string note) { return {.outcome = Outcome::Unusable, .note = std::move(note)}; }

Reply mapped(const Answer& answer) {
  if (answer.external_port < least_external_port)
    return unusable(fmt::format("external port {}", *answer.external_port));
  return {.answer = answer};
}

std::optional<Reply> read_pcp(const Question& question, const pcp::Nonce& nonce, net::BytesView datagram) {
  const auto reply = pcp::read_map(pcp_map(question, nonce), datagram);
  if (!reply) return std::nullopt;
  if (reply->result != 0) return refusal(reply->result, pcp::words(reply->result));
  const bool of_an_end = reply->lifetime == net::Duration{};  // RFC 6887 section 15
  if (of_an_end != (question.act == Act::PcpUnmap)) return std::nullopt;
  if (of_an_end) return Reply{};
  return mapped(
      {.external_address = reply->external_address, .external_port = reply->external_port, .lease = reply->lifetime});
}

std::optional<Reply> read_nat_pmp_address(net::BytesView datagram) {
  const auto reply = nat_pmp::read_address(datagram);
  if (!reply) return std::nullopt;
  if (reply->result != 0) return refusal(reply->result, nat_pmp::words(reply->result));
  if (reply->external_address.unspecified()) return Reply{.note = "it has no outside address"};
  return Reply{.answer = {.external_address = reply->external_address}};
}

std::optional<Reply> read_nat_pmp(const Question& question, net::BytesView datagram) {
  const auto reply = nat_pmp::read_map(nat_pmp_map(question), datagram);
  if (!reply) return std::nullopt;
  const bool of_an_end = reply->result == 0 && reply->lifetime == net::Duration{};
  if (reply->result == 0 && of_an_end != (question.act == Act::NatPmpUnmap)) return std::nullopt;
  if (reply->result != 0) return refusal(reply->result, nat_pmp::words(reply->result));
  if (question.act == Act::NatPmpUnmap) return Reply{};
  return mapped({.external_port = reply->external_port, .lease = reply->lifetime});
}

std::optional<Reply> read_search(const net::IpAddress& gateway, net::BytesView datagram) {
  const auto url = upnp::read_search(net::as_text(datagram), gateway);
  if (!url) return std::nullopt;
  return Reply{.answer = {.url_port = url->host.port, .path = url->path}};
}

Reply read_description(const net::IpAddress& gateway, const Question& question, std::string_view body) {
  const auto description = upnp::read_description(body, {{gateway, 0}, question.path});
  if (!description) return unusable("no device description");
  Reply reply{.answer = {.vendor = stun::shown(description->vendor), .model = stun::shown(description->model)}};
  if (!description->control) {
    reply.note = "it offers no WAN connection service";
    return reply;
  }
  reply.answer.service = description->service;
  reply.answer.path = description->control->path;
  reply.answer.url_port = description->control->host.port;  // 0: that of the description
  return reply;
}

Reply read_action(const Question& question, unsigned status, std::string_view body) {
  const auto reply = upnp::read_action(body);
  if (reply && reply->error) return refusal(*reply->error, upnp::words(*reply->error));
  if (!reply || status != 200) return unusable(fmt::format("HTTP status {}", status));
  if (question.act == Act::UpnpMap) {  // the answer holds nothing
    return {.answer = {.external_port = question.external_port, .lease = question.lease}};
  }
  Reply out{.answer = {.external_address = reply->external_address}};
  if (question.act == Act::UpnpAddress && !reply->external_address) out.note = "it has no outside address";
  return out;
}

}  // namespace

net::Bytes write_request(const Question& question, const net::Endpoint& gateway, const pcp::Nonce& nonce) {
  switch (question.act) {
    case Act::PcpMap:
    case Act::PcpUnmap: return pcp::write_map(pcp_map(question, nonce));
    case Act::NatPmpAddress: return nat_pmp::write_address_request();
    case Act::NatPmpMap:
    case Act::NatPmpUnmap: return nat_pmp::write_map(nat_pmp_map(question));
    default: break;
  }
  const std::string text = upnp_request(question, gateway);
  return {text.begin(), text.end()};
}

std::optional<Reply> read_datagram(const Question& question, const net::IpAddress& gateway, const pcp::Nonce& nonce,
                                   net::BytesView datagram) {
  switch (question.act) {
    case Act::PcpMap:
    case Act::PcpUnmap: return read_pcp(question, nonce, datagram);
    case Act::NatPmpAddress: return read_nat_pmp_address(datagram);
    case Act::NatPmpMap:
    case Act::NatPmpUnmap: return read_nat_pmp(question, datagram);
    case Act::UpnpSearch: return read_search(gateway, datagram);
    default: return std::nullopt;
  }
}

std::optional<Reply> read_stream(const Question& question, const net::IpAddress& gateway, net::BytesView received,
                                 bool ended) {
  const http::Reply reply = http::read(net::as_text(received), ended);
  if (reply.state == http::State::Incomplete) return std::nullopt;
  if (reply.state == http::State::Malformed) return unusable("no HTTP answer, or one without end");
  if (question.act != Act::UpnpDescription) return read_action(question, reply.status, reply.body);
  if (reply.status != 200) return unusable(fmt::format("HTTP status {}", reply.status));
  return read_description(gateway, question, reply.body);
}

}  // namespace gateway
