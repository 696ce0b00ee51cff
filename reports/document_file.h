#pragma once
// Documents on disk. A document appears whole or not at all: written beside its place, synced, then renamed. Every
// failure is net::CannotWork naming the attempt and the file.

#include <cstddef>
#include <string>
#include <string_view>

#include "net/file_descriptor.h"

namespace reports {

inline constexpr std::size_t document_limit = std::size_t{64} * 1024 * 1024;  // bytes of one document

// `path` "-" is standard output; a device or pipe is written in place. Otherwise the file is replaced atomically, and
// on failure the old one stays untouched.
void write_document(const std::string& path, std::string_view text);

// A document too long to hold, written piece by piece; it is there, whole, once finish() returns, and never if that is
// not called. Standard output, devices and pipes get all of it then.
class DocumentWriter {
 public:
  explicit DocumentWriter(const std::string& path);
  ~DocumentWriter();
  DocumentWriter(const DocumentWriter&) = delete;
  DocumentWriter& operator=(const DocumentWriter&) = delete;

  void write(std::string_view text);
  void finish();

 private:
  [[noreturn]] void fail() const;
  void replace();
  void copy_out();

  std::string path_;       // with links followed
  std::string temporary_;  // beside it; empty: none, or no longer
  net::FileDescriptor file_;
};

// To be asked before the work whose outcome goes there: throws what write_document(path) would throw now, folder
// missing or closed to us, path a folder. Leaves nothing behind; "-" passes.
void check_writable(const std::string& path);

// A document too long to hold, read piece by piece; "-" is standard input.
class DocumentReader {
 public:
  explicit DocumentReader(std::string path);
  [[nodiscard]] std::string_view next();  // until the next call; empty at the end

 private:
  std::string path_;
  net::FileDescriptor file_;
  std::string piece_;
};

// The whole file, "-" is standard input; a file longer than `limit` is refused.
[[nodiscard]] std::string read_document(const std::string& path, std::size_t limit = document_limit);

}  // namespace reports
