#pragma once
// A secret that programs read from a file: 32 bytes from the system's generator, in hexadecimal.

#include "lab/wire/memory_file.h"

namespace lab {

class Secret {
 public:
  Secret();

  [[nodiscard]] std::string path() const { return file_.path(); }

 private:
  MemoryFile file_;
};

}  // namespace lab
