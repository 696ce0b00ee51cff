#pragma once
// `natpunch rendezvous`: hosts register here, and every pair is made to try.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/endpoint.h"
#include "net/options.h"
#include "store/url.h"

namespace traversal {

struct KeepNothing {};

struct RendezvousOptions {
  std::vector<net::Endpoint> listen;                           // one; or one of each address family
  std::optional<std::variant<store::Url, KeepNothing>> store;  // none: a file at the usual place (state_place.h)
  std::optional<std::string> token_file;
  std::uint64_t hosts_per_token = 100;
  std::optional<net::Endpoint> http;
  std::vector<std::string> http_names;
  std::optional<std::string> tls_certificate;  // TCP and HTTP are TLS then
  std::optional<std::string> tls_key;
};

void add_options(CLI::App& command, net::CommonOptions& common, RendezvousOptions& own);
[[nodiscard]] int run(const RendezvousOptions& own, const net::CommonOptions& common);  // until a signal; CannotWork

}  // namespace traversal
