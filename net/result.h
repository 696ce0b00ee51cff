#pragma once
// Result<T, E>: a value or the reason there is none. An alias of tl::expected until std::expected is at hand.

#include <tl/expected.hpp>
#include <utility>

namespace net {

template <typename T, typename E>
using Result = tl::expected<T, E>;

// The reason, ready to return. A type of its own, because clang 14 deduces no arguments through an alias template.
template <typename E>
struct Unexpected : tl::unexpected<E> {
  explicit Unexpected(E reason) : tl::unexpected<E>(std::move(reason)) {}
};

}  // namespace net
