#pragma once
// Standard input, line by line, while a driver runs: from a terminal or a pipe as it comes, from a file all at once.

#include <string>
#include <vector>

#include "net/socket_driver.h"

namespace traversal {

class TypedLines {
 public:
  explicit TypedLines(net::SocketDriver& driver);

  [[nodiscard]] std::vector<std::string> take() { return std::exchange(lines_, {}); }
  [[nodiscard]] bool take_end() { return std::exchange(ended_now_, false); }  // once

 private:
  net::SocketDriver& driver_;
  std::string rest_;  // of the last line
  std::vector<std::string> lines_;
  bool ended_now_ = false;
  bool watched_ = true;

  bool read();  // false: it has ended
};

}  // namespace traversal
