#include "traversal/commands/matrix.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "net/all_tried.h"
#include "net/cannot_work.h"
#include "net/socket_driver.h"
#include "reports/document_file.h"
#include "reports/history.h"
#include "reports/matrix_text.h"
#include "stun/error_attributes.h"
#include "traversal/commands/channel.h"
#include "traversal/matrix_client.h"

namespace traversal {
namespace {

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

// What the rendezvous said beforehand.
void print_announcement(const Accepted& accepted, const net::CommonOptions& common) {
  if (common.quiet) return;
  const std::uint64_t not_run = accepted.not_run.value_or(0);
  if (not_run > 0) {
    net::print_diagnostic(program, fmt::format("{} of {} pairs will not be run, the first: {}", not_run, accepted.pairs,
                                               stun::shown(accepted.why)));
  }
  if (accepted.length_s) {
    net::print_diagnostic(program, fmt::format("{} pairs, about {} s", accepted.pairs, *accepted.length_s));
  }
}

// A document that cannot be written or kept takes nothing from the text. `history`: null for none.
void write(const Matrix& matrix, const net::CommonOptions& common, reports::History* history) {
  const reports::MatrixDocument document{.matrix = matrix, .probes = {}};
  const std::string json = reports::to_json(document);
  net::AllTried outputs;
  if (history != nullptr) outputs.attempt([&] { history->keep(json, std::chrono::system_clock::now()); });
  if (common.json_file) outputs.attempt([&] { reports::write_document(*common.json_file, json); });
  if (common.json_file != "-") {
    const bool color = net::colored(common.color, STDOUT_FILENO);
    reports::write_document("-", reports::to_text(document, color ? reports::Ink::Color : reports::Ink::Plain));
  }
  outputs.done();
}

// Empty when a signal came first.
Spoken ask(net::SocketDriver& driver, const MatrixClientConfig& config, const RendezvousAccess& access,
           const net::CommonOptions& common, std::optional<Matrix>& into) {
  MatrixClient client(config, chance());
  Channel channel(client, config.transport, access);
  ProgressLine progress(client, common);
  bool announced = false;
  driver.run(channel.agent(), [&](net::TimePoint) {
    if (client.accepted() && !std::exchange(announced, true)) print_announcement(*client.accepted(), common);
    progress.draw();
  });
  into = client.matrix();
  return {.failure = client.failure(), .unheard = client.unheard(), .answered = channel.answered()};
}

bool has_outcome(const PairOutcome& pair) {
  return pair.outcome != Outcome::AgentLost && pair.outcome != Outcome::NotRun;
}

}  // namespace

int run(const MatrixOptions& own, const net::CommonOptions& common) {
  // Before the matrix, so that it is not played in vain.
  if (common.json_file) reports::check_writable(*common.json_file);
  std::optional<reports::History> history;
  if (own.store) history.emplace(*own.store);
  const MatrixRequest request{
      .pairs = own.pairs, .strategies = own.strategies, .trials = static_cast<unsigned>(own.trials), .hold = own.hold};
  MatrixClientConfig config{.rendezvous = net::resolve(own.access.rendezvous).front(),
                            .token = token_of(own.access.token_file),
                            .request = request,
                            .wait_for = own.wait_for};
  const auto started_at = std::chrono::system_clock::now();
  net::SocketDriver driver;
  driver.stop_on_signals();
  std::optional<Matrix> asked;
  speak(own.access.tcp, [&](Transport transport) {
    config.transport = transport;
    return ask(driver, config, own.access, common, asked);
  });
  if (!asked) throw net::CannotWork("stopped by a signal before the matrix was finished");
  Matrix& matrix = *asked;
  matrix.started_at = started_at;
  write(matrix, common, history ? &*history : nullptr);
  const bool whole = std::all_of(matrix.pairs.begin(), matrix.pairs.end(), has_outcome);
  return whole ? net::ExitCode::Done : net::ExitCode::Partial;
}

}  // namespace traversal
