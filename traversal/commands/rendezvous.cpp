#include "traversal/commands/rendezvous.h"

#include "net/cannot_work.h"
#include "net/descriptor_limit.h"
#include "net/secured_streams.h"
#include "net/socket_driver.h"
#include "reports/sql_journal.h"
#include "traversal/commands/shared.h"
#include "traversal/rendezvous.h"
#include "traversal/stream_door.h"

namespace traversal {
namespace {

constexpr std::size_t descriptors_of_use = 16 * 1024;  // far more than an honest field needs, and 80 hostile addresses
constexpr std::size_t descriptors_of_our_own = 64;

net::Result<net::Endpoint, std::string> parse_listen(std::string_view text) {
  const auto endpoint = net::parse_endpoint(text, rendezvous_port);
  // A wildcard socket may answer from another address than it was asked at, and no NAT would let that in.
  if (endpoint && endpoint->address.unspecified()) return refuse(text, "one address of this host");
  return endpoint;
}

std::optional<net::SecuredStreams> secured_by(const RendezvousOptions& own, net::Agent& agent) {
  if (own.tls_certificate.has_value() != own.tls_key.has_value()) {
    throw net::CannotWork("--tls-cert and --tls-key belong together");
  }
  if (!own.tls_certificate) return std::nullopt;
  return std::optional<net::SecuredStreams>(std::in_place, agent,
                                            net::TlsContext::server(*own.tls_certificate, *own.tls_key));
}

}  // namespace

void add_options(CLI::App& command, net::CommonOptions&, RendezvousOptions& own) {
  net::require(net::add_parsed(command, "--listen", own.listen, parse_listen, "ADDRESS[:PORT]",
                               "UDP and TCP; port 3480 by default"));
  net::add_parsed(command, "--store", own.store, store::parse_url, "URL",
                  "keep matrices in sqlite:FILE or postgresql://...; else they end with this process");
  add_token(command, own.token_file);
  net::add_parsed(command, "--tls-cert", own.tls_certificate, net::any_text, "FILE",
                  "TLS over TCP, with this certificate (PEM, the whole chain)");
  net::add_parsed(command, "--tls-key", own.tls_key, net::any_text, "FILE", "its key, in a file others cannot read");
}

int run(const RendezvousOptions& own, const net::CommonOptions& common) {
  const std::string token = token_of(own.token_file);
  const auto journal = own.store ? reports::open_journal(*own.store, net::to_hex(drawn<Id>())) : nullptr;
  Rendezvous rendezvous({.listen = own.listen, .token = token, .secret = drawn<Key>(), .journal = journal.get()},
                        chance());
  StreamDoor door(rendezvous, net::raise_descriptor_limit(descriptors_of_use) - descriptors_of_our_own);
  auto secured = secured_by(own, door);
  net::SocketDriver driver;
  driver.stop_on_signals();
  bool announced = false;
  driver.run(secured ? static_cast<net::Agent&>(*secured) : door, [&](net::TimePoint) {
    print_notes(rendezvous.take_notes(), common);
    if (announced || !door.listening()) return;
    say("listening on udp " + net::to_string(*rendezvous.listening()));
    say((secured ? "listening on tcp, with TLS, " : "listening on tcp ") + net::to_string(*door.listening()));
    if (token.empty()) net::print_diagnostic(program, "open: without --token-file anyone who reaches it may register");
    announced = true;
  });
  for (const auto& failure : {rendezvous.failure(), door.failure()}) {
    if (failure) throw net::CannotWork(*failure);
  }
  return net::ExitCode::Done;
}

}  // namespace traversal
