// natpunch: parses, wires, prints.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "net/cannot_work.h"
#include "net/program.h"
#include "net/secret_file.h"
#include "net/socket_driver.h"
#include "probe/probe_session.h"
#include "reports/document_file.h"
#include "reports/matrix_text.h"
#include "reports/plain_words.h"
#include "reports/probe_report_json.h"
#include "reports/sql_journal.h"
#include "stun/crypto.h"
#include "traversal/matrix_client.h"
#include "traversal/options.h"
#include "traversal/peer.h"
#include "traversal/predict.h"
#include "traversal/rendezvous.h"

namespace {

using namespace traversal;

constexpr std::string_view program = "natpunch";

template <typename Bytes>
Bytes drawn() {
  Bytes bytes{};
  stun::fill_with_secret(bytes);
  return bytes;
}

net::Random chance() { return net::Random(net::get_u64(drawn<std::array<std::uint8_t, 8>>())); }

std::string token_of(const Options& options) {
  return options.token_file ? net::read_secret_file(*options.token_file) : std::string{};
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void print_notes(const std::vector<Note>& notes, const net::CommonOptions& common) {
  for (const Note& note : notes) {
    if (note.kind == Note::Kind::Trouble || common.verbose) net::print_diagnostic(program, note.text);
  }
}

// ---- rendezvous ----------------------------------------------------------------------------------------------------

int run(const Options& options, const RendezvousOptions& own) {
  const std::string token = token_of(options);
  const auto journal = own.store ? reports::open_journal(*own.store, net::to_hex(drawn<Id>())) : nullptr;
  Rendezvous rendezvous({.listen = own.listen, .token = token, .secret = drawn<Key>(), .journal = journal.get()},
                        chance());
  net::SocketDriver driver;
  driver.stop_on_signals();
  bool announced = false;
  driver.run(rendezvous, [&](net::TimePoint) {
    print_notes(rendezvous.take_notes(), options.common);
    if (announced || !rendezvous.listening()) return;
    say("listening on udp " + net::to_string(*rendezvous.listening()));
    if (token.empty()) net::print_diagnostic(program, "open: without --token-file anyone who reaches it may register");
    announced = true;
  });
  if (rendezvous.failure()) throw net::CannotWork(*rendezvous.failure());
  return net::ExitCode::Done;
}

// ---- peer ----------------------------------------------------------------------------------------------------------

// What the NAT in front of this host does, as far as the reflectors can tell; empty when a signal came first.
std::optional<net::NatBehavior> probed(net::SocketDriver& driver, const PeerOptions& own, net::Family family) {
  std::vector<probe::GivenReflector> reflectors;
  for (const ReflectorOption& reflector : own.reflectors) {
    reflectors.push_back({reflector.given, net::resolve(reflector.host, family).front()});
  }
  probe::ProbeSession session(probe::behavior_only(std::move(reflectors)), chance());
  driver.run(session);
  if (driver.stopped_by_signal()) return std::nullopt;
  if (const auto attempt = session.cannot_work()) throw net::CannotWork(*attempt);
  return probe::behavior_of(session.report().verdict);
}

std::optional<net::NatBehavior> behavior_for(net::SocketDriver& driver, const PeerOptions& own, net::Family family) {
  if (own.behavior) return own.behavior;
  if (!own.reflectors.empty()) return probed(driver, own, family);
  net::print_diagnostic(program, "no reflector to ask: the NAT's behaviour stays unknown");
  return net::NatBehavior{};
}

int run(const Options& options, const PeerOptions& own) {
  const std::string token = token_of(options);
  const net::Endpoint rendezvous = net::resolve(own.rendezvous).front();
  net::SocketDriver driver;
  driver.stop_on_signals();
  const auto behavior = behavior_for(driver, own, rendezvous.family());
  if (!behavior) return net::ExitCode::Done;
  if (behavior->udp_blocked) {
    net::print_diagnostic(program, "UDP is blocked on this network: no pair can try");
    return net::ExitCode::NoReflector;
  }
  Peer peer({.rendezvous = rendezvous, .name = own.name, .behavior = *behavior, .token = token, .session = drawn<Id>()},
            chance());
  bool announced = false;
  driver.run(peer, [&](net::TimePoint) {
    print_notes(peer.take_notes(), options.common);
    if (announced || !peer.registered_as()) return;
    say(fmt::format("registered {} at {} ({})", own.name, net::to_string(*peer.registered_as()),
                    net::short_name(*behavior)));
    announced = true;
  });
  if (peer.failure()) throw net::CannotWork(*peer.failure());
  peer.stop(driver.now());
  driver.drain(peer, std::chrono::seconds(1));
  return net::ExitCode::Done;
}

// ---- matrix --------------------------------------------------------------------------------------------------------

// One line that is written over, on terminals only; with --verbose a line for every change, wherever it goes.
class ProgressLine {
 public:
  ProgressLine(const MatrixClient& client, const net::CommonOptions& common)
      : client_(client),
        verbose_(common.verbose),
        shown_(verbose_ || (!common.quiet && ::isatty(STDERR_FILENO) != 0)) {}
  ~ProgressLine() {
    if (shown_ && !verbose_) fmt::print(stderr, "\r\033[K");
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void draw() {
    const auto& [hosts, pairs] = client_.progress();
    std::string text = pairs.total == 0 ? fmt::format("{} hosts registered", hosts)
                                        : fmt::format("{} of {} pairs", pairs.done, pairs.total);
    if (!shown_ || text == last_) return;
    if (verbose_) {
      net::print_diagnostic(program, text);
    } else {
      fmt::print(stderr, "\r\033[K{}", text);
      std::fflush(stderr);
    }
    last_ = std::move(text);
  }

 private:
  const MatrixClient& client_;
  bool verbose_;
  bool shown_;
  std::string last_;
};

// A document that cannot be written takes nothing from the text.
void write(const Matrix& matrix, const net::CommonOptions& common) {
  const reports::MatrixDocument document{.matrix = matrix, .probes = {}};
  const auto print = [&] {
    const bool color = net::colored(common.color, STDOUT_FILENO);
    reports::write_document("-", reports::to_text(document, color ? reports::Ink::Color : reports::Ink::Plain));
  };
  if (!common.json_file) return print();
  try {
    reports::write_document(*common.json_file, reports::to_json(document));
  } catch (const net::CannotWork&) {
    if (common.json_file != "-") print();
    throw;
  }
  if (common.json_file != "-") print();
}

bool has_outcome(const PairOutcome& pair) {
  return pair.outcome != Outcome::AgentLost && pair.outcome != Outcome::NotRun;
}

int run(const Options& options, const MatrixOptions& own) {
  if (options.common.json_file) reports::check_writable(*options.common.json_file);
  const MatrixRequest request{
      .pairs = own.pairs, .strategies = own.strategies, .trials = static_cast<unsigned>(own.trials)};
  MatrixClient client({.rendezvous = net::resolve(own.rendezvous).front(),
                       .token = token_of(options),
                       .request = request,
                       .wait_for = own.wait_for},
                      chance());
  const auto started_at = std::chrono::system_clock::now();
  net::SocketDriver driver;
  driver.stop_on_signals();
  {
    ProgressLine progress(client, options.common);
    driver.run(client, [&](net::TimePoint) { progress.draw(); });
  }
  if (client.failure()) throw net::CannotWork(*client.failure());
  if (!client.matrix()) throw net::CannotWork("stopped by a signal before the matrix was finished");
  Matrix matrix = *client.matrix();
  matrix.started_at = started_at;
  write(matrix, options.common);
  const bool whole = std::all_of(matrix.pairs.begin(), matrix.pairs.end(), has_outcome);
  return whole ? net::ExitCode::Done : net::ExitCode::Partial;
}

// ---- predict -------------------------------------------------------------------------------------------------------

net::NatBehavior behavior_named(const std::string& text) {
  if (const auto behavior = net::parse_short(text)) return *behavior;
  const auto refused = [&](std::string_view why) {
    return net::CannotWork(
        fmt::format("'{}' is neither a behaviour like EIM/APDF nor a readable report: {}", text, why));
  };
  std::string document;
  try {
    document = reports::read_document(text);
  } catch (const net::CannotWork& unreadable) {
    throw refused(unreadable.what());
  }
  const auto report = reports::parse_probe_report(document);
  if (!report) throw refused(report.error());
  return probe::behavior_of(report->verdict);
}

std::string theory_text(const net::NatBehavior& a, const net::NatBehavior& b) {
  const Theory theory = predict(a, b);
  std::string text = fmt::format("{} with {}: {} ({})\n", net::short_name(a), net::short_name(b),
                                 to_string(theory.result), reports::plain(theory.result));
  if (theory.path) text += fmt::format("path: {}\n", to_string(*theory.path));
  if (!theory.one_way.empty()) text += fmt::format("without a guess: {}\n", theory.one_way);
  if (!theory.guessers.empty()) text += fmt::format("who may guess: {}\n", fmt::join(theory.guessers, " or "));
  const auto needed = a.allocation || b.allocation ? effort(a, b) : std::nullopt;
  if (needed) text += fmt::format("with their port allocation: {}\n", to_string(*needed));
  return text;
}

int run(const Options&, const PredictOptions& own) {
  const net::NatBehavior a = behavior_named(own.a);  // the first mistake is the one to name
  const net::NatBehavior b = behavior_named(own.b);
  reports::write_document("-", theory_text(a, b));
  return net::ExitCode::Done;
}

int natpunch(int argc, char** argv) {
  const auto parsed = parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& options = std::get<Options>(parsed);
  return std::visit([&options](const auto& own) { return run(options, own); }, options.command);
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program(program, [&] { return natpunch(argc, argv); });
}
