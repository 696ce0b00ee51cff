#include "stun/stream_framer.h"

#include <algorithm>

#include "stun/message.h"

namespace stun {

void StreamFramer::push(net::BytesView bytes) {
  if (broken()) return;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_));
  start_ = 0;
  net::append(buffer_, bytes);
}

std::optional<net::Bytes> StreamFramer::next() {
  const net::BytesView front = pending();
  if (broken() || front.size() < header_size) return std::nullopt;
  const std::size_t size = header_size + net::get_u16(front.subspan(2));
  if (front.size() < size) return std::nullopt;
  start_ += size;
  return net::Bytes(front.begin(), front.begin() + static_cast<std::ptrdiff_t>(size));
}

bool StreamFramer::broken() const {
  const net::BytesView front = pending();
  if (!front.empty() && (front[0] & 0xC0) != 0) return true;
  if (front.size() >= 4) {
    const std::size_t length = net::get_u16(front.subspan(2));
    if (length % 4 != 0 || header_size + length > max_message_size) return true;
  }
  const auto cookie = net::u32_bytes(magic_cookie);
  for (std::size_t i = 4; i < std::min<std::size_t>(front.size(), 8); ++i) {
    if (front[i] != cookie[i - 4]) return true;
  }
  return false;
}

net::BytesView StreamFramer::pending() const { return net::BytesView(buffer_).subspan(start_); }

}  // namespace stun
