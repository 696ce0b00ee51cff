#pragma once
// Bytes to a descriptor, all of them, and to standard output, where scripts read.

#include <string_view>

namespace net {

// False: not all of it could be written; errno says why.
[[nodiscard]] bool write_all(int descriptor, std::string_view text);

// On standard output, at once. CannotWork: "write to standard output: No space left on device".
void write_out(std::string_view text);

}  // namespace net
