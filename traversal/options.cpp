#include "traversal/options.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <tuple>

namespace traversal {
namespace {

// The subcommands, their options, and which of them was given.
class Commands {
 public:
  Commands(CLI::App& app, net::CommonOptions& common) : app_(app), common_(common) {}

  template <typename Own>
  void add(const std::string& name, const std::string& description) {
    CLI::App* command = app_.add_subcommand(name, description);
    auto& own = std::get<Own>(values_);
    add_options(*command, common_, own);
    choices_.push_back([command, &own](Options& options) {
      if (command->parsed()) options.command = own;
    });
  }
  void choose(Options& options) const {
    for (const auto& choice : choices_) choice(options);
  }

 private:
  CLI::App& app_;
  net::CommonOptions& common_;
  std::tuple<RendezvousOptions, PeerOptions, MatrixOptions, PredictOptions, ConsoleOptions> values_;
  std::vector<std::function<void(Options&)>> choices_;
};

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app("Makes every pair of registered hosts punch through their NATs.", "natpunch");
  net::add_common(app, options.common);
  Commands commands(app, options.common);
  commands.add<RendezvousOptions>("rendezvous", "Hosts register here, and every pair is made to try.");
  commands.add<PeerOptions>("peer", "Registers this host and takes part until it is stopped.");
  commands.add<MatrixOptions>("matrix", "Makes every pair of registered hosts try, and waits.");
  commands.add<PredictOptions>("predict", "Says what theory expects of two NATs.");
  commands.add<ConsoleOptions>("console", "By hand: shows who is there and sends them texts.");
  app.require_subcommand(1);
  if (const auto code = net::parse_command_line(app, argc, argv)) return *code;
  commands.choose(options);
  return options;
}

}  // namespace traversal
