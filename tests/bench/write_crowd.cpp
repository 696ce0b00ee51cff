// write_crowd HOSTS FILE: the matrix of a fleet as a JSON document, written as natlab simulate writes it.

#include <cstdlib>

#include "net/program.h"
#include "reports/matrix_stream.h"
#include "tests/reports/samples.h"

namespace {

int write_crowd(std::size_t hosts, const char* file) {
  const reports::MatrixDocument document = samples::crowd(hosts);
  reports::MatrixStream stream(file, document.matrix.hosts);
  for (const auto& pair : document.matrix.pairs) stream.add(pair);
  stream.finish({}, document.matrix.started_at, document.matrix.duration);
  return net::ExitCode::Done;
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program("write_crowd", [&] {
    return write_crowd(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 3, argc > 2 ? argv[2] : "-");
  });
}
