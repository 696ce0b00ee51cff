#pragma once
// Bytes on their way into a page: as text, packed, and as a picture.

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "net/bytes.h"

namespace reports {

// RFC 4648 section 4.
[[nodiscard]] std::string base64(net::BytesView bytes);

// RFC 1950: what a browser's DecompressionStream("deflate") opens.
[[nodiscard]] net::Bytes deflated(net::BytesView bytes);

using Rgb = std::array<std::uint8_t, 3>;

// A PNG of at most 16 colours, four bits a pixel; `pixels` row by row, each an index into `palette`.
[[nodiscard]] net::Bytes palette_png(std::size_t width, std::span<const std::uint8_t> pixels,
                                     std::span<const Rgb> palette);

}  // namespace reports
