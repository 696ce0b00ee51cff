#pragma once
// We are unable to do what was asked (cannot bind, bad option, unreadable file). The text names the attempt and the
// reason, ready to print: "bind 192.0.2.1:3478: Address already in use". Thrown anywhere, caught once, by run_program()
// (net/program.h), which prints it on one line and ends with exit code 2.

#include <stdexcept>
#include <string>

namespace net {

class CannotWork : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace net
