// natreflector: parses, wires, prints. SIGTERM and SIGINT end it with exit code 0.

#include "net/program.h"
#include "reflector/options.h"
#include "reflector/service.h"

namespace {

int natreflector(int argc, char** argv) {
  reflector::Options options;
  if (const auto code = reflector::parse_options(argc, argv, options)) return *code;
  reflector::Service service(options, [=] { return reflector::reread_options(argc, argv); });
  service.run();
  return net::ExitCode::Done;
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program("natreflector", [&] { return natreflector(argc, argv); });
}
