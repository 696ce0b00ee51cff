#pragma once
// A folder that documents are written into, under names that we made. Whatever others have put there, nothing outside
// of it is written: a link in a document's place is replaced, never followed.

#include <string>
#include <string_view>

#include "net/file_descriptor.h"

namespace reports {

class DocumentFolder {
 public:
  // net::CannotWork when it is not there or no folder.
  explicit DocumentFolder(const std::string& path);

  // Whole or not at all. `name` has letters, digits, dashes and dots, and does not begin with a dot; else, and on every
  // failure, net::CannotWork.
  void write(const std::string& name, std::string_view text) const;

 private:
  [[noreturn]] void fail(const std::string& name) const;

  std::string path_;
  net::FileDescriptor folder_;
};

}  // namespace reports
