#include "tests/allocations.h"

#include <cstdlib>
#include <new>

namespace natscope_test {
namespace {

thread_local std::size_t counted = 0;

}  // namespace

std::size_t allocations() { return counted; }

}  // namespace natscope_test

#ifndef __SANITIZE_ADDRESS__
// Not inlined: g++ 12 would see malloc's block deleted and call that a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++natscope_test::counted;
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }
#endif
