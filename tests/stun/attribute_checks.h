#pragma once
// What every typed attribute must do: its bytes are those of the vector, they parse back to the same bytes, and a value
// of any other size is malformed.

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <string_view>

#include "net/bytes.h"
#include "stun/message.h"

namespace stun_test {

// RFC 5769's transaction id.
inline stun::TransactionId usual_id() {
  stun::TransactionId id;
  const net::Bytes bytes = net::from_hex("2112a442 b7e7a701bc34d686fa87dfae");
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

template <typename A>
net::Bytes value_of(const A& attribute) {
  net::Bytes out;
  attribute.serialize(out, usual_id());
  return out;
}

template <typename A>
void expect_vector(const A& attribute, std::string_view hex) {
  const net::Bytes bytes = net::from_hex(hex);
  EXPECT_EQ(net::to_hex(value_of(attribute)), net::to_hex(bytes));
  const auto parsed = A::parse(bytes, usual_id());
  ASSERT_TRUE(parsed) << hex;
  EXPECT_EQ(net::to_hex(value_of(*parsed)), net::to_hex(bytes));
}

// Values of 0 to 40 bytes whose first bytes are those of `prefix`: only the sizes given may parse.
template <typename A>
void expect_sizes(std::set<std::size_t> right, std::string_view prefix = "") {
  for (std::size_t size = 0; size <= 40; ++size) {
    net::Bytes value = net::from_hex(prefix);
    value.resize(size);
    EXPECT_EQ(A::parse(value, usual_id()).has_value(), right.count(size) == 1) << size << " bytes";
  }
}

}  // namespace stun_test
