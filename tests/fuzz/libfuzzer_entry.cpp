// What libFuzzer runs (preset fuzz).
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::check({data, size});
  return 0;
}
