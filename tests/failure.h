#pragma once
// What an action that cannot be done says of it.

#include <functional>
#include <string>

#include "net/cannot_work.h"

namespace tests {

inline constexpr const char* nothing_thrown = "nothing was thrown";

// The words of the CannotWork it throws, else nothing_thrown.
[[nodiscard]] inline std::string failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const net::CannotWork& error) {
    return error.what();
  }
  return nothing_thrown;
}

}  // namespace tests
