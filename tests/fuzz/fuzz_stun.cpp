// The libFuzzer target (preset fuzz).
#include "tests/fuzz/stun_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::check_stun_properties({data, size});
  return 0;
}
