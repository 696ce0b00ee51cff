// natpunch: parses its command line and runs the command.

#include "net/program.h"
#include "traversal/options.h"

namespace {

int natpunch(int argc, char** argv) {
  const auto parsed = traversal::parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& options = std::get<traversal::Options>(parsed);
  return std::visit([&options](const auto& own) { return traversal::run(own, options.common); }, options.command);
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program("natpunch", [&] { return natpunch(argc, argv); });
}
