#pragma once
// A system call that fails where it must not is "cannot work": an exception naming what was attempted and why not.

#include <cerrno>
#include <cstring>
#include <string>

#include "net/cannot_work.h"

namespace lab {

// CannotWork("attempt: reason of errno").
[[noreturn]] inline void system_call_failed(const std::string& attempt) {
  throw net::CannotWork(attempt + ": " + std::strerror(errno));
}

// What the call gave, when it is no failure.
inline int checked(int result, const std::string& attempt) {
  if (result < 0) system_call_failed(attempt);
  return result;
}

}  // namespace lab
