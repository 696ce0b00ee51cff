#pragma once
// A small value that one thread changes and any may read, without a lock: a reader takes it word by word and begins
// anew when the writer came between (a sequence lock). Readers write nothing, so they cost each other nothing.

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace reflector {

template <typename Value>
class Published {
 public:
  static_assert(std::is_trivially_copyable_v<Value>);

  Published() = default;
  Published(const Published& other) { publish(other.read()); }
  Published& operator=(const Published& other) {
    publish(other.read());
    return *this;
  }

  void publish(const Value& value) {  // from the one thread
    Words words{};
    std::memcpy(words.data(), &value, sizeof value);
    const std::uint64_t before = version_.load(std::memory_order_relaxed);
    version_.store(before + 1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < word_count; ++i) words_[i].store(words[i], std::memory_order_release);
    version_.store(before + 2, std::memory_order_release);
  }

  [[nodiscard]] Value read() const {
    for (;;) {
      const std::uint64_t before = version_.load(std::memory_order_acquire);
      Words words;
      for (std::size_t i = 0; i < word_count; ++i) words[i] = words_[i].load(std::memory_order_acquire);
      if (before % 2 == 0 && version_.load(std::memory_order_relaxed) == before) return value_of(words);
    }
  }

 private:
  static constexpr std::size_t word_count = (sizeof(Value) + 7) / 8;
  using Words = std::array<std::uint64_t, word_count>;

  std::atomic<std::uint64_t> version_{0};  // odd: being changed
  std::array<std::atomic<std::uint64_t>, word_count> words_{};

  static Value value_of(const Words& words) {
    Value value;
    std::memcpy(static_cast<void*>(&value), words.data(), sizeof value);
    return value;
  }
};

}  // namespace reflector
