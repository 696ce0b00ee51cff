#include "net/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "net/cannot_work.h"
#include "net/file_descriptor.h"

namespace net {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  throw CannotWork("read secret " + file.string() + ": " + why);
}

std::string read_bounded(const std::filesystem::path& file, int descriptor) {
  std::string content(max_secret_size + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const auto n = ::read(descriptor, content.data() + size, content.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse(file, std::generic_category().message(errno));
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  content.resize(size);
  return content;
}

}  // namespace

std::string read_secret_file(const std::filesystem::path& file) {
  // Mode and content are asked of one open file, so that it cannot be exchanged in between. O_NONBLOCK: a FIFO without
  // a writer must not hold the program.
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) refuse(file, std::generic_category().message(errno));
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0) refuse(file, std::generic_category().message(errno));
  if (!S_ISREG(status.st_mode)) refuse(file, "not a regular file");
  if ((status.st_mode & 077) != 0) refuse(file, "others can read or change it (chmod 600 helps)");

  std::string content = read_bounded(file, opened.get());
  if (content.size() > max_secret_size) refuse(file, "longer than " + std::to_string(max_secret_size) + " bytes");
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  if (content.empty()) refuse(file, "it is empty");
  return content;
}

}  // namespace net
