#include "lab/wire/memory_file.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/wire/system_call.h"

namespace lab {

MemoryFile::MemoryFile(std::string_view text)
    : file_(checked(::memfd_create("natlab", MFD_CLOEXEC), "make a memory file")) {
  checked(::fchmod(file_.get(), 0600), "protect a memory file");
  while (!text.empty()) {
    text.remove_prefix(static_cast<std::size_t>(
        checked(static_cast<int>(::write(file_.get(), text.data(), text.size())), "write a memory file")));
  }
}

std::string MemoryFile::path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), file_.get()); }

}  // namespace lab
