#pragma once
// The wall clock as all of this program sees it, the C++ library included, can be made to jump: clock_gettime() of an
// executable takes the place of the C library's. The machine's clock is not touched, and the monotonic one stays real.

#include <chrono>

namespace jumping_clock {

void jump(std::chrono::seconds by);  // forward or, below zero, back; adds to earlier jumps

}  // namespace jumping_clock
