// natlab: NATs of our own, in memory and with real packets in network namespaces.

#include "lab/commands/list.h"
#include "lab/commands/nat.h"
#include "lab/commands/options.h"
#include "lab/commands/run.h"
#include "lab/commands/shell.h"
#include "lab/commands/simulate.h"
#include "lab/commands/verify.h"
#include "net/agent.h"

namespace {

int natlab(int argc, char** argv) {
  const auto options = lab::parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&options)) return *code;
  const auto& [common, command] = std::get<lab::Options>(options);
  const net::CommonOptions& shared = common;
  return std::visit(
      net::Overloaded{[&](const lab::ListOptions& list) { return lab::list(list, shared); },
                      [&](const lab::NatOptions& nat) { return lab::nat(nat, shared); },
                      [&](const lab::RunOptions& run) { return lab::run(run, shared); },
                      [&](const lab::ShellOptions& shell) { return lab::shell(shell, shared); },
                      [&](const lab::SimulateOptions& simulate) { return lab::simulate(simulate, shared); },
                      [&](const lab::VerifyOptions& verify) { return lab::verify(verify, shared); }},
      command);
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program("natlab", [&] { return natlab(argc, argv); });
}
