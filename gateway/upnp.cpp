#include "gateway/upnp.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <pugixml.hpp>

#include "gateway/http_reply.h"

namespace gateway::upnp {
namespace {

constexpr std::size_t longest_path = 512;
constexpr std::size_t longest_text = 100;
constexpr std::string_view device_type = "urn:schemas-upnp-org:device:InternetGatewayDevice:";

// Best first.
constexpr std::array<std::string_view, 3> services = {
    "urn:schemas-upnp-org:service:WANIPConnection:2",
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
};

bool fit_for_a_request_line(std::string_view path) {
  return path.size() <= longest_path &&
         std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool named(const pugi::xml_node& node, std::string_view name) { return without_prefix(node.name()) == name; }

pugi::xml_node descendant(const pugi::xml_node& from, std::string_view name) {
  return from.find_node([name](const pugi::xml_node& node) { return named(node, name); });
}

std::string text_of(const pugi::xml_node& from, std::string_view name) {
  return std::string(std::string_view(descendant(from, name).child_value()).substr(0, longest_text));
}

bool parse(pugi::xml_document& document, std::string_view xml) {
  return document
             .load_buffer(xml.data(), xml.size(),
                          pugi::parse_minimal | pugi::parse_escapes | pugi::parse_trim_pcdata | pugi::parse_cdata)
             .status == pugi::status_ok;
}

std::string model_of(const pugi::xml_node& device) {
  const std::string name = text_of(device, "modelName");
  const std::string number = text_of(device, "modelNumber");
  return number.empty() || number == name ? name : name + " " + number;
}

std::string control_url_of(const pugi::xml_node& root, std::string_view service) {
  const pugi::xml_node found = root.find_node([&](const pugi::xml_node& node) {
    return named(node, "service") && std::string_view(descendant(node, "serviceType").child_value()) == service;
  });
  return descendant(found, "controlURL").child_value();
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text, const net::IpAddress& gateway, const std::optional<Url>& base) {
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme)) {
    if (!base || text.empty() || text.find("://") != std::string_view::npos) return std::nullopt;
    const std::string path = text.front() == '/' ? std::string(text) : "/" + std::string(text);
    return fit_for_a_request_line(path) ? std::optional(Url{base->host, path}) : std::nullopt;
  }
  text.remove_prefix(scheme.size());
  const auto slash = std::min(text.find('/'), text.size());
  const auto host = net::parse_endpoint(text.substr(0, slash), 80);
  const std::string path = slash == text.size() ? "/" : std::string(text.substr(slash));
  if (!host || host->address != gateway || host->port == 0 || !fit_for_a_request_line(path)) return std::nullopt;
  return Url{*host, path};
}

// ---- search --------------------------------------------------------------------------------------------------------

// MX: answers come spread over so many seconds. A device of version 2 answers for version 1.
std::string write_search() {
  return fmt::format(
      "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: {}1\r\n\r\n",
      device_type);
}

std::optional<Url> read_search(std::string_view datagram, const net::IpAddress& gateway) {
  if (datagram.size() > http::largest_headers || http::status_of(datagram) != 200U) return std::nullopt;
  if (!http::header(datagram, "st").starts_with(device_type)) return std::nullopt;
  return parse_url(http::header(datagram, "location"), gateway);
}

// ---- description ---------------------------------------------------------------------------------------------------

std::string write_get(const Url& url) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", url.path, net::to_string(url.host));
}

std::optional<Description> read_description(std::string_view xml, const Url& from) {
  pugi::xml_document document;
  if (!parse(document, xml)) return std::nullopt;
  const pugi::xml_node device = descendant(document, "device");
  if (!device) return std::nullopt;
  Description out{.vendor = text_of(device, "manufacturer"), .model = model_of(device)};
  const auto url_base = parse_url(descendant(document, "URLBase").child_value(), from.host.address);
  for (const std::string_view service : services) {
    out.control = parse_url(control_url_of(document, service), from.host.address, url_base ? url_base : from);
    if (!out.control) continue;
    out.service = service;
    break;
  }
  return out;
}

// ---- actions -------------------------------------------------------------------------------------------------------

std::string write_action(const Url& control, std::string_view service, std::string_view action,
                         const Arguments& arguments) {
  std::string body = fmt::format(
      "<?xml version=\"1.0\"?>\r\n"
      "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
      "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:{} xmlns:u=\"{}\">",
      action, service);
  for (const auto& [name, value] : arguments) body += fmt::format("<{0}>{1}</{0}>", name, xml_escaped(value));
  body += fmt::format("</u:{}></s:Body></s:Envelope>\r\n", action);
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: text/xml; charset=\"utf-8\"\r\nContent-Length: {}\r\n"
      "SOAPAction: \"{}#{}\"\r\nConnection: close\r\n\r\n{}",
      control.path, net::to_string(control.host), body.size(), service, action, body);
}

Arguments mapping_arguments(const net::Endpoint& inside, std::uint16_t external_port, std::uint32_t lease_seconds) {
  return {{"NewRemoteHost", ""},
          {"NewExternalPort", fmt::format("{}", external_port)},
          {"NewProtocol", "UDP"},
          {"NewInternalPort", fmt::format("{}", inside.port)},
          {"NewInternalClient", net::to_string(inside.address)},
          {"NewEnabled", "1"},
          {"NewPortMappingDescription", "natscope"},
          {"NewLeaseDuration", fmt::format("{}", lease_seconds)}};
}

Arguments unmapping_arguments(std::uint16_t external_port) {
  return {{"NewRemoteHost", ""}, {"NewExternalPort", fmt::format("{}", external_port)}, {"NewProtocol", "UDP"}};
}

std::optional<ActionReply> read_action(std::string_view xml) {
  pugi::xml_document document;
  if (!parse(document, xml) || !descendant(document, "Envelope")) return std::nullopt;
  ActionReply out;
  if (descendant(document, "Fault")) {
    const std::string code = text_of(document, "errorCode");
    std::uint16_t value = 0;
    std::from_chars(code.data(), code.data() + code.size(), value);
    out.error = value;
  }
  const auto address = net::parse_address(text_of(document, "NewExternalIPAddress"));
  if (address && !address->unspecified()) out.external_address = *address;
  return out;
}

std::string_view words(std::uint16_t error) {
  switch (error) {
    case 401: return "invalid action";
    case 402: return "invalid arguments";
    case 501: return "action failed";
    case 606: return "not authorized";
    case no_such_entry: return "no such mapping";
    case port_taken: return "the external port is taken";
    case 724: return "external and internal port must be equal";
    case only_permanent_leases: return "only permanent mappings";
    case 728: return "no more mappings";
    default: return "refused";
  }
}

}  // namespace gateway::upnp
