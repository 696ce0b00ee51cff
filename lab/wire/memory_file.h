#pragma once
// A text for programs that read theirs from a file: it lies in memory, its path leads through our descriptor, nobody
// else may read it, and it is gone with this object, even when we are killed.

#include <string>
#include <string_view>

#include "net/file_descriptor.h"

namespace lab {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text);  // CannotWork

  [[nodiscard]] std::string path() const;

 private:
  net::FileDescriptor file_;
};

}  // namespace lab
