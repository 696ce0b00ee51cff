#include "reports/document_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "net/cannot_work.h"
#include "net/file_descriptor.h"
#include "net/write_out.h"

namespace reports {
namespace {

[[noreturn]] void cannot(std::string_view attempt, const std::string& path) {
  throw net::CannotWork(fmt::format("{} {}: {}", attempt, path, std::strerror(errno)));
}

// A file that is there but is no regular file (terminal, pipe, /dev/null) cannot be replaced, only written to.
bool written_in_place(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

void write_in_place(const std::string& path, std::string_view text) {
  net::FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || !net::write_all(file.get(), text)) cannot("write", path);
}

// The file a symbolic link stands for, so that the link survives the rename.
std::string behind_links(const std::string& path) {
  char* const resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string out(resolved);
  std::free(resolved);
  return out;
}

// Makes the rename itself durable; a file system that cannot sync a folder has done what it can.
void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const net::FileDescriptor open_folder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open_folder) ::fsync(open_folder.get());
}

// mkstemp makes files private; a document gets the rights an ordinary new file would, or keeps those it had.
mode_t rights_for(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return info.st_mode & 07777U;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666U & ~mask;
}

struct Temporary {
  std::string path;
  net::FileDescriptor file;
};

// A new file beside `path`, on the same file system, so that a rename can take it there.
Temporary beside(const std::string& path) {
  std::string name = path + ".XXXXXX";
  net::FileDescriptor file(::mkstemp(name.data()));
  if (!file) cannot("write", path);
  return {std::move(name), std::move(file)};
}

// A rename would say so only after the work, and about an empty path nothing at all.
void refuse_what_is_no_file(const std::string& path) {
  struct stat info {};
  errno = path.empty() ? ENOENT : EISDIR;
  if (path.empty() || (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode))) cannot("write", path);
}

// A new file without a name.
net::FileDescriptor nameless() {
  auto [temporary, file] = beside((std::filesystem::temp_directory_path() / "natscope").string());
  ::unlink(temporary.c_str());
  return std::move(file);
}

}  // namespace

DocumentWriter::DocumentWriter(const std::string& path) : path_(path) {
  if (path == "-" || written_in_place(path)) {
    file_ = nameless();
    return;
  }
  refuse_what_is_no_file(path);
  path_ = behind_links(path);
  auto [temporary, file] = beside(path_);
  temporary_ = std::move(temporary);
  file_ = std::move(file);
}

DocumentWriter::~DocumentWriter() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void DocumentWriter::write(std::string_view text) {
  if (!net::write_all(file_.get(), text)) fail();
}

void DocumentWriter::finish() { temporary_.empty() ? copy_out() : replace(); }

void DocumentWriter::fail() const { cannot("write", path_ == "-" ? "to standard output" : path_); }

void DocumentWriter::replace() {
  const bool whole = ::fchmod(file_.get(), rights_for(path_)) == 0 && ::fsync(file_.get()) == 0 &&
                     ::rename(temporary_.c_str(), path_.c_str()) == 0;
  if (!whole) fail();
  temporary_.clear();
  sync_folder_of(path_);
}

void DocumentWriter::copy_out() {
  const net::FileDescriptor out(path_ == "-" ? ::dup(STDOUT_FILENO) : ::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!out || ::lseek(file_.get(), 0, SEEK_SET) != 0) fail();
  std::string chunk(64 * 1024, '\0');
  for (;;) {
    const ssize_t got = ::read(file_.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || !net::write_all(out.get(), std::string_view(chunk).substr(0, static_cast<std::size_t>(got)))) fail();
    if (got == 0) return;
  }
}

void write_document(const std::string& path, std::string_view text) {
  if (path == "-") {
    net::write_out(text);
  } else if (written_in_place(path)) {
    write_in_place(path, text);
  } else {
    DocumentWriter file(path);
    file.write(text);
    file.finish();
  }
}

void check_writable(const std::string& path) {
  if (path == "-") return;
  if (written_in_place(path)) {
    if (::access(path.c_str(), W_OK) != 0) cannot("write", path);
  } else {
    refuse_what_is_no_file(path);
    ::unlink(beside(behind_links(path)).path.c_str());
  }
}

DocumentReader::DocumentReader(std::string path)
    : path_(std::move(path)),
      file_(path_ == "-" ? ::dup(STDIN_FILENO) : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC)),
      piece_(64 * 1024, '\0') {
  if (!file_) cannot("read", path_);
}

std::string_view DocumentReader::next() {
  for (;;) {
    const ssize_t got = ::read(file_.get(), piece_.data(), piece_.size());
    if (got >= 0) return std::string_view(piece_).substr(0, static_cast<std::size_t>(got));
    if (errno != EINTR) cannot("read", path_);
  }
}

std::string read_document(const std::string& path, std::size_t limit) {
  DocumentReader file(path);
  std::string text;
  for (std::string_view piece = file.next(); !piece.empty(); piece = file.next()) {
    text.append(piece);
    if (text.size() > limit) throw net::CannotWork(fmt::format("read {}: longer than {} bytes", path, limit));
  }
  return text;
}

}  // namespace reports
