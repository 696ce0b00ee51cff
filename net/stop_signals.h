#pragma once
// SIGINT and SIGTERM as something to poll for instead of a death. While the object lives they are blocked in the thread
// that made it, and in threads started later; afterwards everything is as before and what came meanwhile is forgotten.

#include <csignal>

#include "net/file_descriptor.h"

namespace net {

class StopSignals {
 public:
  StopSignals();  // CannotWork
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Readable from the first signal on. Nobody reads it, so that every driver of the process sees it.
  [[nodiscard]] int descriptor() const { return signals_.get(); }

 private:
  sigset_t before_{};
  FileDescriptor signals_;
};

}  // namespace net
