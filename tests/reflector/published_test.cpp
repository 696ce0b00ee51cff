#include "reflector/published.h"

#include <gtest/gtest.h>

#include <thread>

namespace reflector {
namespace published_test {

struct Value {
  std::uint64_t number = 0;
  std::array<std::uint64_t, 6> same{};
};

TEST(Published, IsNeverReadHalfChanged) {
  Published<Value> published;
  published.publish({});
  std::atomic<bool> over = false;
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= 200'000; ++i) {
      Value value{.number = i};
      value.same.fill(i);
      published.publish(value);
    }
    over = true;
  });
  std::uint64_t torn = 0;
  std::uint64_t backward = 0;
  std::uint64_t last = 0;
  while (!over) {
    const Value value = published.read();
    for (const std::uint64_t word : value.same) torn += word == value.number ? 0U : 1U;
    backward += value.number < last ? 1U : 0U;
    last = value.number;
  }
  writer.join();
  EXPECT_EQ(torn, 0U);
  EXPECT_EQ(backward, 0U);
  EXPECT_EQ(published.read().number, 200'000U);
}

}  // namespace published_test
}  // namespace reflector
