#pragma once
// Signals as something to poll for instead of a death. While the object lives they are blocked in the thread that made
// it, and in threads started later; afterwards everything is as before and what came meanwhile is forgotten.

#include <csignal>
#include <initializer_list>

#include "net/file_descriptor.h"

namespace net {

class SignalFile {
 public:
  explicit SignalFile(std::initializer_list<int> signals);  // CannotWork
  ~SignalFile();
  SignalFile(const SignalFile&) = delete;
  SignalFile& operator=(const SignalFile&) = delete;

  [[nodiscard]] int descriptor() const { return file_.get(); }  // readable while a signal waits to be taken
  bool take();                                                  // one that waits; false: none does

 private:
  sigset_t before_{};
  FileDescriptor file_;
};

}  // namespace net
