#include "tests/probe/street.h"

#include <fmt/core.h>

#include <algorithm>

#include "stun/behavior_attributes.h"
#include "tests/probe/stage.h"

namespace street {
namespace {

constexpr net::Duration hop = 1ms;          // to the gateway and back
constexpr net::Duration round_trip = 20ms;  // to a reflector

bool about(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

// "<NewExternalPort>26066</NewExternalPort>"
std::uint32_t number_in(const std::string& xml, const std::string& element) {
  const auto at = xml.find("<" + element + ">");
  return at == std::string::npos ? 0 : static_cast<std::uint32_t>(std::stoul(xml.substr(at + element.size() + 2)));
}

net::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

std::string envelope(const std::string& content) {
  return "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" + content +
         "</s:Body></s:Envelope>";
}

std::string fault(unsigned code) {
  return envelope(
      fmt::format("<s:Fault><faultstring>UPnPError</faultstring><detail><UPnPError><errorCode>{}</errorCode>"
                  "</UPnPError></detail></s:Fault>",
                  code));
}

std::string in_chunks(const std::string& body) {
  std::string out;
  for (std::size_t at = 0; at < body.size(); at += 50) {
    const std::string part = body.substr(at, 50);
    out += fmt::format("{:x};extension\r\n{}\r\n", part.size(), part);
  }
  return out + "0\r\n\r\n";
}

}  // namespace

probe::ProbeConfig config() {
  probe::ProbeConfig out = stage::config_for({stage::a, stage::b});
  out.only = {std::string(probe::names::port_mapping)};
  out.gateway = gateway;
  return out;
}

Street::Street(StreetSettings settings) : settings_(std::move(settings)), random_(settings_.seed) {}

probe::Report Street::run() { return run(config()); }

probe::Report Street::run(probe::ProbeConfig config) {
  probe::ProbeSession session(std::move(config), net::Random(settings_.seed));
  session.start(now_);
  for (const net::Output& output : session.take_outputs()) carry_out(output);
  drive(session);
  return session.report();
}

void Street::drive(probe::ProbeSession& session) {
  while (!session.finished()) {
    if (settings_.stop_after == events) session.stop(now_);
    ++events;
    for (const net::Output& output : session.take_outputs()) carry_out(output);
    if (session.finished() || !step(session)) return;
    for (const net::Output& output : session.take_outputs()) carry_out(output);
  }
}

bool Street::step(probe::ProbeSession& session) {
  const auto deadline = session.next_deadline();
  if (!due_.empty() && (!deadline || due_.begin()->first <= *deadline)) {
    const auto event = due_.extract(due_.begin());
    now_ = event.key();
    session.handle(now_, event.mapped());
    return true;
  }
  if (!deadline) return false;
  now_ = std::max(now_, *deadline);
  session.tick(now_);
  return true;
}

bool Street::lost() { return random_.chance(settings_.loss); }

void Street::carry_out(const net::Output& output) {
  if (const auto* open = std::get_if<net::OpenUdp>(&output)) {
    const auto free = static_cast<std::uint16_t>(40'000 + ports_.size());
    const std::uint16_t port = open->local.port != 0 ? open->local.port : free;
    ports_[open->socket.value] = port;
    due_.emplace(now_, net::Opened{open->socket, {client, port}});
  } else if (const auto* one = std::get_if<net::Send>(&output)) {
    send(*one);
  } else if (const auto* connect = std::get_if<net::Connect>(&output)) {
    connected_to.insert(connect->to);
    if (connect->to.address != gateway) {
      due_.emplace(now_ + round_trip, net::Closed{connect->connection, "connection refused"});
      return;
    }
    due_.emplace(now_ + hop, net::Connected{connect->connection, {client, 50'000}});
  } else if (const auto* stream = std::get_if<net::SendStream>(&output)) {
    requests_[stream->connection.value] += std::string(net::as_text(stream->payload));
    answer_http(stream->connection, requests_[stream->connection.value]);
  }
}

void Street::send(const net::Send& send) {
  sent_to.insert(send.to);
  const bool inside = send.to.address == gateway || send.to == gateway::ssdp_group();
  datagrams_to_gateway += inside ? 1U : 0U;
  if (lost()) return;
  if (inside) return to_gateway(send);
  if (settings_.reflectors_answer) to_reflector(send, ports_.at(send.socket.value));
}

void Street::to_client(net::SocketId socket, const net::Endpoint& from, net::Bytes payload) {
  if (!lost())
    due_.emplace(now_ + (from.address == gateway ? hop : round_trip),
                 net::Datagram{socket, from, std::move(payload), {}});
}

// Its answer goes to the port that sent, as the gateway translates, or to the one it is asked to answer to.
void Street::to_reflector(const net::Send& send, std::uint16_t local_port) {
  const stage::Heard heard{
      .client = {outside, external_port(local_port, send.to)}, .to = send.to, .request = send.payload};
  const auto other = stun::Message::decode(send.payload)->get<stun::ResponsePort>();
  for (stage::Reply& reply : stage::honest(heard)) {
    std::uint16_t inside = local_port;
    if (other) {
      const auto mapping = mappings.find(other->port);
      if (mapping == mappings.end() || settings_.gateway.told_outside != outside) continue;
      inside = mapping->second;
    }
    const auto socket =
        std::find_if(ports_.begin(), ports_.end(), [&](const auto& entry) { return entry.second == inside; });
    if (socket != ports_.end()) to_client(net::SocketId{socket->first}, reply.from, std::move(reply.payload));
  }
}

std::uint16_t Street::external_port(std::uint16_t local_port, const net::Endpoint& to) const {
  const auto mapping = mappings.find(local_port);
  if (mapping == mappings.end() || mapping->second == local_port) return local_port;
  switch (settings_.gateway.on_collision) {
    case OnCollision::Shares: return local_port;
    case OnCollision::SharesAcross: return to == stage::a ? std::uint16_t{2'000} : local_port;
    case OnCollision::Moves: return 2'000;
    case OnCollision::MovesEachWay: return static_cast<std::uint16_t>(2'000 + to.address.bytes().back());
  }
  return local_port;
}

void Street::to_gateway(const net::Send& send) {
  const net::Endpoint from{gateway, send.to.port};
  for (net::Bytes& reply : settings_.gateway.says ? settings_.gateway.says(send.payload) : gateway_says(send.payload)) {
    to_client(send.socket, from, std::move(reply));
  }
}

std::vector<net::Bytes> Street::gateway_says(const net::Bytes& request) {
  const GatewaySettings& self = settings_.gateway;
  if (request.size() > 20 && std::string(request.begin(), request.begin() + 8) == "M-SEARCH") {
    if (!self.upnp) return {};
    return {
        bytes_of(fmt::format("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n"
                             "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: {}\r\n\r\n",
                             self.location))};
  }
  std::vector<net::Bytes> out;
  if (auto reply = pcp(request)) out.push_back(std::move(*reply));
  if (auto reply = nat_pmp(request)) out.push_back(std::move(*reply));
  return out;
}

// RFC 6887: what it is asked, byte for byte, with the response bit, a result and what was given.
std::optional<net::Bytes> Street::pcp(const net::Bytes& request) {
  const GatewaySettings& self = settings_.gateway;
  if (!self.pcp || request.size() != 60 || request[0] != 2 || request[1] != 1) return std::nullopt;
  net::Bytes reply = request;
  const net::BytesView view = request;
  const std::uint32_t lifetime = net::get_u32(view.subspan(4));
  const std::uint16_t internal = net::get_u16(view.subspan(40));
  reply[1] = 0x81;
  if (lifetime == 0) {
    unmap_internal(internal);
    return reply;
  }
  reply[3] = self.pcp_result;
  if (self.pcp_result != 0) return reply;
  const auto port = net::u16_bytes(map(internal, net::get_u16(view.subspan(42)), lifetime));
  std::copy(port.begin(), port.end(), reply.begin() + 42);
  const net::BytesView address = self.told_outside.bytes();
  reply[54] = reply[55] = 0xFF;
  std::copy(address.begin(), address.end(), reply.begin() + 56);
  return reply;
}

std::optional<net::Bytes> Street::nat_pmp(const net::Bytes& request) {
  const GatewaySettings& self = settings_.gateway;
  if (!self.nat_pmp) return std::nullopt;
  if (request[0] != 0) return self.pcp ? std::nullopt : std::optional(net::Bytes{0, 0x81, 0, 1, 0, 0, 0, 9});
  if (request.size() == 2) {
    net::Bytes reply = {0, 128, 0, 0, 0, 0, 0, 9};
    net::append(reply, self.told_outside.bytes());
    return reply;
  }
  if (request.size() != 12 || request[1] != 1) return std::nullopt;
  const net::BytesView view = request;
  const std::uint16_t internal = net::get_u16(view.subspan(4));
  const std::uint32_t lifetime = net::get_u32(view.subspan(8));
  net::Bytes reply = {0, 129, 0, lifetime == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(self.nat_pmp_result),
                      0, 0,   0, 9};
  net::append(reply, net::u16_bytes(internal));
  std::uint16_t external = 0;
  if (lifetime == 0) {
    unmap_internal(internal);
  } else if (self.nat_pmp_result == 0) {
    external = map(internal, net::get_u16(view.subspan(6)), lifetime);
  }
  net::append(reply, net::u16_bytes(external));
  net::append(reply, net::u32_bytes(lifetime));
  return reply;
}

void Street::answer_http(net::SocketId connection, const std::string& request) {
  std::string reply;
  if (settings_.gateway.says_http) {
    reply = settings_.gateway.says_http(request);
  } else {
    unsigned status = 200;
    const std::string body = http_body(request, status);
    reply = settings_.gateway.chunked
                ? fmt::format("HTTP/1.1 {} OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", status, in_chunks(body))
                : fmt::format("HTTP/1.1 {} OK\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
  }
  const std::size_t piece = settings_.gateway.piece;
  for (std::size_t at = 0; at < reply.size(); at += piece) {
    due_.emplace(now_ + hop, net::StreamBytes{connection, bytes_of(reply.substr(at, piece))});
  }
  due_.emplace(now_ + hop, net::PeerFinished{connection});
}

std::string Street::http_body(const std::string& request, unsigned& status) {
  const GatewaySettings& self = settings_.gateway;
  if (request.starts_with("GET ")) {
    return fmt::format(
        "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>"
        "<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><manufacturer>{}</manufacturer>"
        "<modelName>{}</modelName><serviceList><service><serviceType>urn:x:service:Other:1</serviceType><controlURL>/no"
        "</controlURL></service></"
        "serviceList><deviceList><device><deviceList><device><serviceList><service><serviceType>"
        "urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><controlURL>{}</controlURL></service></"
        "serviceList>"
        "</device></deviceList></device></deviceList></device></root>",
        self.vendor, self.model, self.control);
  }
  if (about(request, "GetExternalIPAddress\"")) {
    return envelope(
        fmt::format("<u:GetExternalIPAddressResponse><NewExternalIPAddress>{}</NewExternalIPAddress>"
                    "</u:GetExternalIPAddressResponse>",
                    net::to_string(self.told_outside)));
  }
  const auto external = static_cast<std::uint16_t>(number_in(request, "NewExternalPort"));
  if (about(request, "#DeletePortMapping\"")) {
    if (mappings.erase(external) > 0) return envelope("<u:DeletePortMappingResponse/>");
    status = 500;
    return fault(714);
  }
  const unsigned error = self.upnp_error != 0 ? self.upnp_error : settings_.gateway.taken_ports > 0 ? 718U : 0U;
  if (settings_.gateway.taken_ports > 0) --settings_.gateway.taken_ports;
  if (error != 0) {
    status = 500;
    return fault(error);
  }
  mappings[external] = static_cast<std::uint16_t>(number_in(request, "NewInternalPort"));
  ++made;
  longest_lease = std::max<net::Duration>(longest_lease, std::chrono::seconds(number_in(request, "NewLeaseDuration")));
  if (number_in(request, "NewLeaseDuration") == 0) longest_lease = net::Duration::max();
  return envelope("<u:AddPortMappingResponse/>");
}

std::uint16_t Street::map(std::uint16_t internal, std::uint16_t external, std::uint32_t seconds) {
  unmap_internal(internal);
  mappings[external] = internal;
  ++made;
  longest_lease = std::max<net::Duration>(longest_lease, std::chrono::seconds(seconds));
  return external;
}

void Street::unmap_internal(std::uint16_t internal) {
  std::erase_if(mappings, [&](const auto& entry) { return entry.second == internal; });
}

}  // namespace street
