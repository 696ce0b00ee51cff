#include "traversal/commands/console.h"

#include <unistd.h>

#include <algorithm>

#include "reports/terminal.h"
#include "reports/utf8.h"
#include "traversal/commands/registered_host.h"
#include "traversal/commands/typed_lines.h"
#include "traversal/console.h"

namespace traversal {
namespace {

bool is_utf8(const std::string& line) {
  const auto pieces = reports::utf8::pieces(line);
  return std::all_of(pieces.begin(), pieces.end(), [](const auto& piece) { return piece.code_point.has_value(); });
}

// What the user typed goes in, what is to be seen comes out.
class Desk {
 public:
  Desk(Console& console, TypedLines& typed, const PeerConfig& config, const net::CommonOptions& common)
      : console_(console), typed_(typed), config_(config), common_(common) {}

  void look(net::TimePoint now) {
    announce();
    if (announced_) take_typed(now);
    for (const Note& note : console_.peer().take_notes()) {
      if (!common_.quiet || note.kind == Note::Kind::Trouble) net::print_diagnostic(program, note.text);
    }
    for (const std::string& line : console_.take_lines()) say(reports::printable(line));
  }

 private:
  Console& console_;
  TypedLines& typed_;
  const PeerConfig& config_;
  const net::CommonOptions& common_;
  bool announced_ = false;

  void take_typed(net::TimePoint now) {
    for (const std::string& line : typed_.take()) {
      if (is_utf8(line)) {
        console_.type(now, line);
      } else {
        say("this is not UTF-8: " + reports::printable(line));
      }
    }
    if (typed_.take_end()) console_.type(now, "quit");
  }

  void announce() {
    if (announced_ || !console_.peer().registered_as()) return;
    announced_ = true;
    say(registered_line(config_, *console_.peer().registered_as()));
    if (::isatty(STDIN_FILENO) != 0 && !common_.quiet) {
      net::print_diagnostic(program, "peers, send NAME TEXT, tell IP:PORT TEXT, quit");
    }
  }
};

Spoken converse(net::SocketDriver& driver, TypedLines& typed, const PeerConfig& config, const RendezvousAccess& access,
                const net::CommonOptions& common) {
  Console console(config, chance());
  Channel channel(console, config.transport, access);
  Desk desk(console, typed, config, common);
  driver.run(channel.agent(), [&](net::TimePoint now) { desk.look(now); });
  const Peer& peer = console.peer();
  if (peer.failure()) return {.failure = peer.failure(), .unheard = peer.unheard(), .answered = channel.answered()};
  console.stop(driver.now());
  driver.drain(channel.agent(), std::chrono::seconds(1));
  return {};
}

}  // namespace

void add_options(CLI::App& command, net::CommonOptions& common, ConsoleOptions& own) {
  add_options(command, common, own.peer);
}

int run(const ConsoleOptions& own, const net::CommonOptions& common) {
  net::SocketDriver driver;
  driver.stop_on_signals();
  TypedLines typed(driver);
  as_registered_host(driver, own.peer, [&](const PeerConfig& config) {
    return converse(driver, typed, config, own.peer.access, common);
  });
  return net::ExitCode::Done;
}

}  // namespace traversal
