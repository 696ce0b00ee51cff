#pragma once
// `natpunch rendezvous`: hosts register here, and every pair is made to try.

#include <optional>
#include <string>

#include "net/endpoint.h"
#include "net/options.h"
#include "store/url.h"

namespace traversal {

struct RendezvousOptions {
  net::Endpoint listen;
  std::optional<store::Url> store;
  std::optional<std::string> token_file;
  std::optional<std::string> tls_certificate;  // TCP is TLS then
  std::optional<std::string> tls_key;
};

void add_options(CLI::App& command, net::CommonOptions& common, RendezvousOptions& own);
[[nodiscard]] int run(const RendezvousOptions& own, const net::CommonOptions& common);  // until a signal; CannotWork

}  // namespace traversal
