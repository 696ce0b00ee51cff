#pragma once
// How often this thread has asked for memory, for tests of what must not. A program that links tests/allocations.cpp
// counts. Under AddressSanitizer, which needs operator new for itself, the number stays 0.

#include <cstddef>

namespace natscope_test {

[[nodiscard]] std::size_t allocations();

}  // namespace natscope_test
