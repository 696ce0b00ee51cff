#pragma once
// A server under measurement: a program of the build on one core or several, and the processor time it has used.

#include <string>
#include <vector>

#include "net/time.h"
#include "tests/programs/program.h"

namespace bench {

using Cores = std::vector<unsigned>;
void run_on_cores(const Cores& cores);  // the calling thread, and what it starts

class ServedProcess {
 public:
  // Returns when it has said `ready`.
  ServedProcess(const programs::Argv& argv, const Cores& cores, const std::string& ready = "listening");

  [[nodiscard]] net::Duration cpu_time() const;  // of all its threads
  [[nodiscard]] double most_memory_mib() const;  // so far
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  void freeze();
  void thaw();
  [[nodiscard]] bool wait_for(const std::string& text) const { return process_->wait_for(text); }

 private:
  std::unique_ptr<programs::Background> process_;
};

}  // namespace bench
