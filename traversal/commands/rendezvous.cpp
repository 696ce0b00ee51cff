#include "traversal/commands/rendezvous.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <utility>

#include "net/cannot_work.h"
#include "net/descriptor_limit.h"
#include "net/desk.h"
#include "net/http_thread.h"
#include "net/secret_file.h"
#include "net/secured_streams.h"
#include "net/signal_file.h"
#include "net/socket_driver.h"
#include "reports/sql_journal.h"
#include "traversal/commands/shared.h"
#include "traversal/commands/state_place.h"
#include "traversal/commands/token_file.h"
#include "traversal/commands/web_service.h"
#include "traversal/rendezvous.h"
#include "traversal/stream_door.h"

namespace traversal {
namespace {

using JournalPointer = std::unique_ptr<reports::SqlJournal>;

constexpr std::size_t descriptors_of_use = 16 * 1024;  // far more than an honest field needs, and 80 hostile addresses
constexpr std::size_t descriptors_of_our_own = 64;
constexpr net::HttpLimits web_limits{.connections = 512, .of_a_source = 64, .patience = std::chrono::seconds(10)};

std::optional<net::Endpoint> other_family_of(const std::vector<net::Endpoint>& listen) {
  if (listen.size() == 1) return std::nullopt;
  if (listen.size() > 2 || listen[0].family() == listen[1].family()) {
    throw net::CannotWork("--listen: one address, or one IPv4 and one IPv6 address");
  }
  return listen[1];
}

std::optional<net::TlsContext> tls_of(const RendezvousOptions& own) {
  if (own.tls_certificate.has_value() != own.tls_key.has_value()) {
    throw net::CannotWork("--tls-cert and --tls-key belong together");
  }
  if (!own.tls_certificate) return std::nullopt;
  return net::TlsContext::server(*own.tls_certificate, *own.tls_key);
}

// A file of a rendezvous that runs is refused; whoever wants a second one is told how.
JournalPointer opened(const store::Url& url) {
  try {
    return reports::open_journal(url, net::to_hex(drawn<Id>()));
  } catch (const store::Error& error) {
    const std::string why = error.what();
    if (!why.ends_with(": in use by another process")) throw;
    throw net::CannotWork(why + " (--store gives this rendezvous a file of its own, or none)");
  }
}

struct Kept {
  JournalPointer journal;
  std::string place;  // where nobody has said; else empty
};

Kept kept_as(const RendezvousOptions& own) {
  if (own.store && std::holds_alternative<KeepNothing>(*own.store)) return {};
  if (own.store) return {opened(std::get<store::Url>(*own.store)), {}};
  const store::SqliteFile file = state_place();
  make_state_folder(file);
  return {opened(file), file.file.string()};
}

std::vector<TokenLine> tokens_in(const std::string& file) {
  auto lines = parse_tokens(net::read_secret_file(file));
  if (!lines) throw net::CannotWork("tokens " + file + ": " + lines.error());
  return *std::move(lines);
}

// The tokens from now on; how many.
std::size_t read_tokens(const std::string& file, Rendezvous& rendezvous, net::TimePoint now) {
  const auto lines = tokens_in(file);
  const auto moment = std::chrono::system_clock::now();
  std::vector<Token> tokens;
  for (const TokenLine& line : lines) {
    tokens.push_back({.name = line.name, .key = line.key});
    if (line.until) tokens.back().until = *line.until > moment ? now + (*line.until - moment) : now;
  }
  rendezvous.set_tokens(now, TokenRing(std::move(tokens)));
  return lines.size();
}

// Its page, in a thread of its own.
class Web {
 public:
  Web(const RendezvousOptions& own, Rendezvous& rendezvous, const StreamDoor& door, net::SocketDriver& driver)
      : service_({.metrics =
                      [this, &rendezvous, &door] {
                        return desk_.ask([&] { return metrics_text(rendezvous.status(), status_of(door)); });
                      },
                  .order =
                      [this, &rendezvous, &driver](const std::string& token, const std::string& order) {
                        return desk_.ask([this, &rendezvous, &driver, token, order] {
                          auto ordered = rendezvous.order_matrix(driver.now(), token, order);
                          tell(rendezvous.take_happenings());  // whoever has the answer may ask for the matrix
                          return ordered;
                        });
                      }},
                 own.http_names),
        thread_(*own.http, web_limits, service_, tls_of(own)),
        secured_(own.tls_certificate.has_value()) {
    driver.watch(desk_.descriptor(), [this] { desk_.answer(); });
  }
  void start() { thread_.start(); }
  void tell(std::vector<Happening> happenings) { service_.tell(std::move(happenings)); }
  void renew(net::TlsContext context) {
    if (!thread_.renew(std::move(context))) throw net::CannotWork("the page does not answer");
  }
  [[nodiscard]] std::string place() const {
    return (secured_ ? "https://" : "http://") + net::to_string(thread_.listening()) + "/";
  }

 private:
  net::Desk desk_;
  WebService service_;
  net::HttpThread thread_;
  bool secured_;

  static DoorStatus status_of(const StreamDoor& door) {
    return {.connections = door.connections().size(), .refused = door.connections().refused()};
  }
};

// Both are made before one is put in place, so that a mistake changes neither.
void renew_tls(const RendezvousOptions& own, net::SecuredStreams& secured, std::optional<Web>& web) {
  auto of_streams = tls_of(own);
  auto of_page = tls_of(own);
  if (web) web->renew(*std::move(of_page));
  secured.renew(*std::move(of_streams));
}

// What is read again at SIGHUP: tokens, certificate. What is wrong with a file then changes nothing.
class Hangups {
 public:
  Hangups(net::SocketDriver& driver) : hangups_({SIGHUP}) {
    driver.watch(hangups_.descriptor(), [this] { read_again(); });
  }
  // Gives what it has read, to be said.
  void add(std::function<std::string()> read) { readers_.push_back(std::move(read)); }

 private:
  net::SignalFile hangups_;
  std::vector<std::function<std::string()>> readers_;

  void read_again() {
    while (hangups_.take()) continue;
    if (readers_.empty())
      net::print_diagnostic(program, "SIGHUP: there is no --token-file and no --tls-cert to read again");
    for (const auto& read : readers_) {
      try {
        net::print_diagnostic(program, read());
      } catch (const net::CannotWork& error) {
        net::print_diagnostic(program, std::string(error.what()) + "; nothing was changed");
      }
    }
  }
};

void say_where(const Rendezvous& rendezvous, const StreamDoor& door, const std::optional<Web>& web, bool secured) {
  std::vector<std::string> places;
  for (const auto& place : {rendezvous.listening(), rendezvous.listening_other()}) {
    if (place) places.push_back("udp " + net::to_string(*place));
  }
  const std::string tcp = secured ? "tcp, with TLS, " : "tcp ";
  for (const auto& place : door.listening()) places.push_back(tcp + net::to_string(place));
  if (web) places.push_back(web->place());
  std::string lines;
  for (const std::string& place : places) lines += "listening on " + place + "\n";
  net::announce(program, lines);
}

// What the operator did not say and may want to.
void say_defaults(const std::string& kept_in, bool open, const net::CommonOptions& common) {
  if (open) net::print_diagnostic(program, "open: without --token-file anyone who reaches it may register");
  if (!kept_in.empty() && !common.quiet) {
    net::print_diagnostic(program, "matrices are kept in " + kept_in + " (--store keeps them elsewhere, or not)");
  }
}

}  // namespace

int run(const RendezvousOptions& own, const net::CommonOptions& common) {
  auto tls = tls_of(own);
  net::SocketDriver driver;
  driver.stop_on_signals();
  if (own.token_file) (void)tokens_in(*own.token_file);  // a mistake in it is said before anything is made
  const Kept kept = kept_as(own);
  Rendezvous rendezvous({.listen = own.listen.front(),
                         .listen_other = other_family_of(own.listen),
                         .tcp = !tls.has_value(),
                         .hosts_per_token = own.hosts_per_token,
                         .secret = drawn<Key>(),
                         .journal = kept.journal.get(),
                         .watched = own.http.has_value()},
                        chance());
  const std::size_t pages = own.http ? web_limits.connections : 0;
  const std::size_t limit = net::raise_descriptor_limit(descriptors_of_use);
  StreamDoor door(rendezvous, limit - std::min(limit / 2, descriptors_of_our_own + pages));
  std::optional<net::SecuredStreams> secured;
  if (tls) secured.emplace(door, *std::move(tls));
  std::optional<Web> web;
  if (own.http) web.emplace(own, rendezvous, door, driver);
  Hangups hangups(driver);
  if (own.token_file) {
    const auto read = [&] { return read_tokens(*own.token_file, rendezvous, driver.now()); };
    (void)read();
    hangups.add([read] { return "tokens read again: " + std::to_string(read()); });
  }
  if (secured) {
    hangups.add([&] {
      renew_tls(own, *secured, web);
      return "TLS certificate read again: " + *own.tls_certificate;
    });
  }
  bool announced = false;
  driver.run(secured ? static_cast<net::Agent&>(*secured) : door, [&](net::TimePoint) {
    print_notes(rendezvous.take_notes(), common);
    if (web) web->tell(rendezvous.take_happenings());
    if (announced || door.listening().size() < own.listen.size()) return;
    say_defaults(kept.place, !own.token_file, common);
    if (web) web->start();
    say_where(rendezvous, door, web, secured.has_value());
    announced = true;
  });
  for (const auto& failure : {rendezvous.failure(), door.failure()}) {
    if (failure) throw net::CannotWork(*failure);
  }
  return net::ExitCode::Done;
}

}  // namespace traversal
