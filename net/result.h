#pragma once
// Result<T, E>: a value or the reason there is none. An alias of tl::expected until std::expected is at hand.

#include <tl/expected.hpp>

namespace net {

template <typename T, typename E>
using Result = tl::expected<T, E>;

template <typename E>
using Unexpected = tl::unexpected<E>;

}  // namespace net
