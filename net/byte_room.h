#pragma once
// Room of fixed size that somebody else owns, filled from the front: what Bytes is on the heap. For datagrams that are
// written where they are sent from. Whoever writes has seen to it that there is room.

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <span>

#include "net/bytes.h"

namespace net {

class ByteRoom {
 public:
  explicit ByteRoom(std::span<std::uint8_t> room) : room_(room) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t capacity() const { return room_.size(); }
  [[nodiscard]] std::uint8_t* data() { return room_.data(); }
  [[nodiscard]] std::uint8_t* begin() { return room_.data(); }
  [[nodiscard]] BytesView bytes() const { return room_.first(size_); }

  void clear() { size_ = 0; }
  void push_back(std::uint8_t byte) {
    assert(size_ < room_.size());
    room_[size_++] = byte;
  }
  void append(BytesView more) {
    assert(more.size() <= room_.size() - size_);
    std::copy(more.begin(), more.end(), room_.data() + size_);
    size_ += more.size();
  }
  void resize(std::size_t size) {  // new bytes are zero
    assert(size <= room_.size());
    if (size > size_) std::fill(room_.data() + size_, room_.data() + size, std::uint8_t{0});
    size_ = size;
  }

 private:
  std::span<std::uint8_t> room_;
  std::size_t size_ = 0;
};

inline void append(ByteRoom& to, BytesView more) { to.append(more); }
[[nodiscard]] inline BytesView as_view(const ByteRoom& room) { return room.bytes(); }
[[nodiscard]] inline BytesView as_view(const Bytes& bytes) { return bytes; }

}  // namespace net
