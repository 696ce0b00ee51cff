#pragma once
// How many files and sockets this process may open.

#include <cstddef>

namespace net {

// Raises the soft limit to what the service may use, as far as the hard one lets it; the limit.
std::size_t raise_descriptor_limit(std::size_t of_use);

}  // namespace net
