#pragma once
// The two sides of a pair, and one value for each.

#include <array>
#include <cstddef>
#include <cstdint>

namespace traversal {

enum class Side : std::uint8_t { A, B };
inline constexpr std::array both_sides = {Side::A, Side::B};

[[nodiscard]] constexpr Side other(Side side) { return side == Side::A ? Side::B : Side::A; }

template <typename T>
struct PerSide {
  std::array<T, 2> values{};

  [[nodiscard]] T& operator[](Side side) { return values[static_cast<std::size_t>(side)]; }
  [[nodiscard]] const T& operator[](Side side) const { return values[static_cast<std::size_t>(side)]; }
};

}  // namespace traversal
