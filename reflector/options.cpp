#include "reflector/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <thread>

#include "net/address_scope.h"
#include "net/cannot_work.h"
#include "net/secret_file.h"

namespace reflector {
namespace {

constexpr std::size_t least_key_size = 32;  // characters: 256 bits at 8 bits each, 128 in hexadecimal

net::Result<Mode, std::string> parse_mode(std::string_view text) {
  if (text == "compatible") return Mode::Compatible;
  if (text == "strict") return Mode::Strict;
  return net::Unexpected("'" + std::string(text) + "' is not compatible or strict");
}

net::Result<std::optional<unsigned>, std::string> parse_rate(std::string_view text) {
  if (text == "off") return std::optional<unsigned>();
  return net::whole_number(1, 1'000'000)(text).map(
      [](std::uint64_t number) { return std::optional(static_cast<unsigned>(number)); });
}

// An idle thread costs nothing but its stack; more than a few gain nothing on one network card's queue.
std::uint64_t usual_workers() { return std::clamp(std::thread::hardware_concurrency(), 1U, 8U); }
net::Result<net::Endpoint, std::string> parse_metrics(std::string_view text) {
  const auto endpoint = net::parse_endpoint(text, 0);
  if (endpoint && endpoint->port == 0) return net::Unexpected("'" + std::string(text) + "' has no port");
  return endpoint;
}

[[noreturn]] void refuse(const std::string& why) { throw net::CannotWork(why); }

net::Family family_of(const net::IpAddress& address) { return address.family(); }
net::Family family_of(const net::Endpoint& endpoint) { return endpoint.family(); }

// The value an option has for this family; at most one.
template <typename T>
std::optional<T> of_family(const std::vector<T>& values, net::Family family, const std::string& option) {
  const auto is_ours = [family](const T& value) { return family_of(value) == family; };
  const auto found = std::find_if(values.begin(), values.end(), is_ours);
  if (found == values.end()) return std::nullopt;
  if (std::count_if(values.begin(), values.end(), is_ours) > 1) {
    refuse(option + " " + net::to_string(*found) + ": given twice for one address family");
  }
  return *found;
}

template <typename T>
void check_has_listener(const std::vector<T>& values, const Options& options, const std::string& option) {
  for (const T& value : values) {
    const bool served = std::any_of(options.listen.begin(), options.listen.end(),
                                    [&](const net::Endpoint& l) { return l.family() == family_of(value); });
    if (!served) refuse(option + " " + net::to_string(value) + ": no --listen address of this family");
  }
}

void check_address(const net::IpAddress& address, const std::string& option) {
  const auto scope = net::scope(address);
  const bool usable = !net::never_a_destination(scope) || scope == net::AddressScope::LinkLocal;
  if (!usable) refuse(option + " " + net::to_string(address) + ": not the address of one host");
}

void check_ports(const HostConfig& host) {
  const std::string listen = net::to_string(host.listen);
  if (host.listen.port == 0) refuse("--listen " + listen + ": port 0 cannot be served");
  if (host.alternate_port == host.listen.port) refuse("--alternate-port: the same as the port of --listen " + listen);
  if (!host.partner) return;
  if (host.partner->link.port == 0) refuse("--partner " + net::to_string(host.partner->link) + ": port 0");
  if (host.link_port == host.listen.port || host.link_port == host.alternate_port) {
    refuse("--link-port: the same as a STUN port of " + listen);
  }
}

void check_addresses(const HostConfig& host) {
  check_address(host.listen.address, "--listen");
  const net::IpAddress seen = host.advertise.value_or(host.listen.address);
  check_address(seen, "--advertise");
  if (host.second_address) {
    check_address(*host.second_address, "--alternate-address");
    if (host.partner) refuse("--partner and --alternate-address together: one or the other is the second address");
    if (*host.second_address == host.listen.address || *host.second_address == seen) {
      refuse("--alternate-address " + net::to_string(*host.second_address) + ": the same as --listen");
    }
  }
  if (host.partner) {
    const net::IpAddress partner = host.partner->link.address;
    check_address(partner, "--partner");
    if (partner == host.listen.address || host.partner->advertise.value_or(partner) == seen) {
      refuse("--partner " + net::to_string(partner) + ": the same address as this host's own");
    }
  }
}

HostConfig host_of(const net::Endpoint& listen, const Options& options) {
  const net::Family family = listen.family();
  HostConfig host{.listen = listen};
  host.advertise = of_family(options.advertise, family, "--advertise");
  host.second_address = of_family(options.alternate_address, family, "--alternate-address");
  if (const auto partner = of_family(options.partner, family, "--partner")) {
    host.partner = {.link = *partner, .advertise = of_family(options.partner_advertise, family, "--partner-advertise")};
  } else if (const auto stray = of_family(options.partner_advertise, family, "--partner-advertise")) {
    refuse("--partner-advertise " + net::to_string(*stray) + ": without --partner");
  }
  const bool needs_alternate = host.partner || host.second_address;
  if (options.alternate_port || needs_alternate) {
    host.alternate_port = static_cast<std::uint16_t>(options.alternate_port.value_or(default_alternate_port));
  }
  host.link_port = static_cast<std::uint16_t>(options.link_port.value_or(default_link_port));
  check_addresses(host);
  check_ports(host);
  return host;
}

// One key a line: the first signs, all are accepted, so that a pair can change its key one host after the other.
std::vector<net::Bytes> read_keys(const std::string& file) {
  std::vector<net::Bytes> keys;
  const std::string content = net::read_secret_file(file);
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    const std::string_view line(content.data() + at, end - at);
    if (line.size() < least_key_size) {
      refuse("read secret " + file + ": a key is shorter than 32 characters (openssl rand -hex 32 makes one)");
    }
    const net::BytesView bytes = net::as_bytes(line);
    keys.emplace_back(bytes.begin(), bytes.end());
    at = end + 1;
  }
  return keys;
}

void add_options(CLI::App& app, Options& options) {
  net::add_common(app, options.common);
  net::add_parsed(app, "--listen", options.listen, net::endpoint_with_port(default_port), "ADDRESS[:PORT]",
                  "primary address and port (3478); once per address family");
  net::add_parsed(app, "--partner", options.partner, net::endpoint_with_port(default_link_port), "ADDRESS[:PORT]",
                  "the cooperating reflector and the port of its partner link (3481); once per address family");
  net::add_parsed(app, "--partner-key-file", options.partner_key_file, net::any_text, "FILE",
                  "the key both share, unreadable to others; several lines: the first signs, all are accepted");
  net::add_parsed(app, "--link-port", options.link_port, net::whole_number(1, 65535), "PORT",
                  "own end of the partner link (3481)");
  net::add_parsed(app, "--alternate-address", options.alternate_address, net::parse_address, "ADDRESS",
                  "a second address of this host instead of a partner; once per address family");
  net::add_parsed(app, "--alternate-port", options.alternate_port, net::whole_number(1, 65535), "PORT",
                  "alternate port (3479 with a partner or a second address)");
  net::add_parsed(app, "--advertise", options.advertise, net::parse_address, "ADDRESS",
                  "what clients see of this host behind a 1:1 NAT; once per address family");
  net::add_parsed(app, "--partner-advertise", options.partner_advertise, net::parse_address, "ADDRESS",
                  "what clients see of the partner behind a 1:1 NAT; once per address family");
  net::add_parsed(app, "--mode", options.mode, parse_mode, "compatible|strict",
                  "strict answers a bare request with 32 bytes and changes nothing without a return token");
  net::add_parsed(app, "--rate-limit", options.rate_limit, parse_rate, "off|N",
                  "requests a second of one source without a return token (20)");
  net::add_parsed(app, "--rate-limit-in-all", options.rate_limit_in_all, net::whole_number(1, 1'000'000'000), "N",
                  "requests a second of all sources together (no limit)");
  net::add_parsed(app, "--workers", options.workers, net::whole_number(1, 64), "N",
                  "threads for each UDP port (one a processor, at most 8)");
  app.add_flag("--no-tcp", options.no_tcp, "UDP only");
  net::add_parsed(app, "--allow-destination", options.allow_destination, parse_prefix, "CIDR",
                  "also send changed replies into a range that is refused by default; repeatable");
  net::add_parsed(app, "--user", options.user, net::any_text, "NAME",
                  "become this user once the sockets are open (as root)");
  net::add_parsed(app, "--metrics", options.metrics, parse_metrics, "ADDRESS:PORT",
                  "Prometheus text at /metrics, and /healthz");
}

void add_check(CLI::App& app, Options& options) {
  CLI::App* check = app.add_subcommand("check", "Audits one reflector, or the two of a pair, from outside.");
  const auto take = [&options](const std::string& text) -> net::Result<void, std::string> {
    if (!options.check) options.check.emplace();
    if (options.check->hosts.size() == 2) return net::Unexpected<std::string>("a pair has two hosts");
    const auto host = net::host_with_port(default_port)(text);
    if (!host) return net::Unexpected(host.error());
    auto& hosts = options.check->hosts;
    if (!hosts.empty() && hosts.front().host == host->host)
      return net::Unexpected("'" + text + "': the same host twice");
    hosts.push_back(*host);
    options.check->given.push_back(text);
    return {};
  };
  net::add_value(*check, "HOST", take, "", "name or address of a reflector, with its port if that is not 3478",
                 net::Times::Repeatable)
      ->required()
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args();
  net::add_json(*check, options.common);
}

std::unique_ptr<CLI::App> app_for(Options& options) {
  auto app = std::make_unique<CLI::App>(
      "Answers STUN Binding requests; with a partner on another host, as one RFC 5780 server of two addresses.",
      "natreflector");
  add_options(*app, options);
  add_check(*app, options);
  return app;
}

}  // namespace

std::optional<int> parse_options(int argc, const char* const* argv, Options& options) {
  return net::parse_command_line(*app_for(options), argc, argv);
}

net::Result<Options, std::string> reread_options(int argc, const char* const* argv) {
  Options options;
  return net::parse_again(*app_for(options), argc, argv).map([&] { return options; });
}

namespace {

ReflectorConfig checked_config(const Options& options) {
  if (options.listen.empty()) refuse("--listen ADDRESS[:PORT] is missing");
  check_has_listener(options.partner, options, "--partner");
  check_has_listener(options.advertise, options, "--advertise");
  check_has_listener(options.alternate_address, options, "--alternate-address");
  check_has_listener(options.partner_advertise, options, "--partner-advertise");
  if (options.partner.empty() != options.partner_key_file.empty()) {
    refuse(options.partner.empty() ? "--partner-key-file: without --partner" : "--partner: needs --partner-key-file");
  }
  if (options.link_port && options.partner.empty()) refuse("--link-port: without --partner");

  ReflectorConfig config;
  for (const net::Endpoint& listen : options.listen) {
    (void)of_family(options.listen, listen.family(), "--listen");
    config.hosts.push_back(host_of(listen, options));
  }
  if (!options.partner.empty()) config.link_keys = read_keys(options.partner_key_file);
  config.mode = options.mode;
  config.tcp = !options.no_tcp;
  config.workers = static_cast<std::size_t>(options.workers.value_or(usual_workers()));
  config.requests_per_second = options.rate_limit;
  if (options.rate_limit_in_all) {
    if (!options.rate_limit) refuse("--rate-limit-in-all: together with --rate-limit off");
    config.requests_per_second_in_all = static_cast<unsigned>(*options.rate_limit_in_all);
  }
  config.allowed_destinations = options.allow_destination;
  return config;
}

}  // namespace

// A complaint about an option that the file gave names the place there.
ReflectorConfig config_of(const Options& options) {
  try {
    return checked_config(options);
  } catch (const net::CannotWork& error) {
    const std::string_view complaint = error.what();
    throw net::CannotWork(net::place_of(options.common, complaint.substr(0, complaint.find_first_of(": "))) +
                          std::string(complaint));
  }
}

}  // namespace reflector
