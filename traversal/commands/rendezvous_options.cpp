#include <algorithm>

#include "traversal/commands/rendezvous.h"
#include "traversal/commands/shared.h"
#include "traversal/rendezvous.h"

namespace traversal {
namespace {

using Store = std::variant<store::Url, KeepNothing>;

net::Result<net::Endpoint, std::string> parse_listen(std::string_view text) {
  const auto endpoint = net::parse_endpoint(text, rendezvous_port);
  // A wildcard socket may answer from another address than it was asked at, and no NAT would let that in.
  if (endpoint && endpoint->address.unspecified()) return refuse(text, "one address of this host");
  return endpoint;
}

net::Result<Store, std::string> parse_store(std::string_view text) {
  if (text == "none") return Store(KeepNothing{});
  return store::parse_url(text).map([](store::Url url) { return Store(std::move(url)); });
}

// A port alone is one of the loopback: who wants his page to be seen from elsewhere says where.
net::Result<net::Endpoint, std::string> parse_http(std::string_view text) {
  const bool digits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto endpoint = net::parse_endpoint(digits ? "127.0.0.1:" + std::string(text) : std::string(text), 0);
  const bool has_port = text.ends_with(":0") || text == "0" || (endpoint && endpoint->port != 0);
  if (endpoint && !has_port) return refuse(text, "ADDRESS:PORT");
  return endpoint;
}

}  // namespace

void add_options(CLI::App& command, net::CommonOptions&, RendezvousOptions& own) {
  net::require(net::add_parsed(command, "--listen", own.listen, parse_listen, "ADDRESS[:PORT]",
                               "UDP and TCP; port 3480 by default; again for the other address family"));
  net::add_parsed(command, "--http", own.http, parse_http, "ADDRESS:PORT",
                  "a page that shows hosts and matrices as they fill, JSON below /api/v1/, and /metrics; a port alone "
                  "is one of 127.0.0.1");
  net::add_parsed(command, "--http-name", own.http_names, net::any_text, "NAME",
                  "a name under which that page is asked for, besides its address; may be given again");
  net::add_parsed(command, "--store", own.store, parse_store, "URL",
                  "keep matrices in sqlite:FILE (the default: a file of the state directory), or postgresql://...; "
                  "none: they end with this process");
  net::add_parsed(command, "--token-file", own.token_file, net::any_text, "FILE",
                  "the token, or a table of them, in a file others cannot read; read again at SIGHUP");
  net::add_parsed(command, "--hosts-per-token", own.hosts_per_token, net::whole_number(1, most_hosts), "N",
                  "so many may be registered by one token (100)");
  net::add_parsed(command, "--tls-cert", own.tls_certificate, net::any_text, "FILE",
                  "TLS over TCP and HTTP, with this certificate (PEM, the whole chain)");
  net::add_parsed(command, "--tls-key", own.tls_key, net::any_text, "FILE", "its key, in a file others cannot read");
}

}  // namespace traversal
