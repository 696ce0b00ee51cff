#include "reports/document_folder.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "net/cannot_work.h"
#include "net/write_out.h"
#include "reports/terminal.h"

namespace reports {
namespace {

constexpr mode_t ordinary = 0666;  // less the umask

bool is_made_by_us(const std::string& name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.';
  });
}

bool written_whole(int fd, std::string_view text) { return net::write_all(fd, text) && ::fsync(fd) == 0; }

}  // namespace

DocumentFolder::DocumentFolder(const std::string& path)
    : path_(path), folder_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (!folder_) throw net::CannotWork(fmt::format("write into {}: {}", path_, std::strerror(errno)));
}

void DocumentFolder::write(const std::string& name, std::string_view text) const {
  if (!is_made_by_us(name)) {
    throw net::CannotWork(fmt::format("write into {}: \"{}\" is no name for a document", path_, printable(name)));
  }
  const std::string temporary = name + ".part";
  ::unlinkat(folder_.get(), temporary.c_str(), 0);  // of a run that was killed
  const net::FileDescriptor file(
      ::openat(folder_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, ordinary));
  if (!file) fail(name);
  if (written_whole(file.get(), text) &&
      ::renameat(folder_.get(), temporary.c_str(), folder_.get(), name.c_str()) == 0) {
    return;
  }
  const int reason = errno;
  ::unlinkat(folder_.get(), temporary.c_str(), 0);
  errno = reason;
  fail(name);
}

void DocumentFolder::fail(const std::string& name) const {
  throw net::CannotWork(fmt::format("write {}/{}: {}", path_, name, std::strerror(errno)));
}

}  // namespace reports
