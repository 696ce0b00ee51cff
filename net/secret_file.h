#pragma once
// Keys and tokens from files that others cannot read.

#include <filesystem>
#include <string>

namespace net {

inline constexpr std::size_t max_secret_size = 4096;

// The content without one closing newline. CannotWork, naming file and reason but never the content, when the file is
// unreadable, no regular file, empty, longer than max_secret_size, or readable by its group or by others (mode & 077).
[[nodiscard]] std::string read_secret_file(const std::filesystem::path& file);

}  // namespace net
