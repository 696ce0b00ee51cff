#pragma once
// A secret for programs that read theirs from a file: it lies in memory, its path leads through our descriptor, nobody
// else may read it, and it is gone with this object, even when we are killed.

#include <string>

#include "net/file_descriptor.h"

namespace lab {

class Secret {
 public:
  Secret();  // 32 bytes from the system's generator, in hexadecimal

  [[nodiscard]] std::string path() const;

 private:
  net::FileDescriptor file_;
};

}  // namespace lab
