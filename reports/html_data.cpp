#include "reports/html_data.h"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace reports {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// PNG (ISO/IEC 15948) section 5.3: length, type, data, CRC of type and data.
void append_chunk(net::Bytes& file, std::string_view type, net::BytesView data) {
  net::append(file, net::u32_bytes(static_cast<std::uint32_t>(data.size())));
  const std::size_t begin = file.size();
  net::append(file, net::as_bytes(type));
  net::append(file, data);
  const auto crc = ::crc32(0, file.data() + begin, static_cast<uInt>(file.size() - begin));
  net::append(file, net::u32_bytes(static_cast<std::uint32_t>(crc)));
}

// Section 7.2: each row begins with its filter, here none; two pixels a byte, the left one in the high bits.
net::Bytes scanlines(std::size_t width, std::span<const std::uint8_t> pixels) {
  net::Bytes out;
  for (std::size_t row = 0; row < pixels.size(); row += width) {
    out.push_back(0);
    for (std::size_t x = 0; x < width; x += 2) {
      const unsigned left = pixels[row + x];
      const unsigned right = x + 1 < width ? pixels[row + x + 1] : 0U;
      out.push_back(static_cast<std::uint8_t>(left << 4 | right));
    }
  }
  return out;
}

}  // namespace

std::string base64(net::BytesView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = (group << 8) | (j < here ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j) out += j <= here ? base64_digits[(group >> (18 - 6 * j)) & 0x3F] : '=';
  }
  return out;
}

net::Bytes deflated(net::BytesView bytes) {
  uLongf size = ::compressBound(static_cast<uLong>(bytes.size()));
  net::Bytes out(size);
  const int result = ::compress2(out.data(), &size, bytes.data(), static_cast<uLong>(bytes.size()), 6);
  if (result != Z_OK) throw std::bad_alloc();  // the only way it can fail
  out.resize(size);
  return out;
}

net::Bytes palette_png(std::size_t width, std::span<const std::uint8_t> pixels, std::span<const Rgb> palette) {
  net::Bytes out = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  net::Bytes header;
  net::append(header, net::u32_bytes(static_cast<std::uint32_t>(width)));
  net::append(header, net::u32_bytes(static_cast<std::uint32_t>(width == 0 ? 0 : pixels.size() / width)));
  net::append(header, net::Bytes{4, 3, 0, 0, 0});  // four bits, palette, and the only methods there are
  append_chunk(out, "IHDR", header);
  net::Bytes colors;
  for (const Rgb& color : palette) net::append(colors, color);
  append_chunk(out, "PLTE", colors);
  append_chunk(out, "IDAT", deflated(scanlines(width, pixels)));
  append_chunk(out, "IEND", {});
  return out;
}

}  // namespace reports
