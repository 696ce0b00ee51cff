#include "net/config_file.h"

namespace net {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// At most one byte more than allowed, so that a device without end cannot fill the memory.
std::string read_bounded(std::istream& text) {
  std::string content(max_config_size + 1, '\0');
  text.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(text.gcount()));
  return content;
}

}  // namespace

Result<std::vector<Setting>, std::string> parse_config(std::istream& text, std::string_view file) {
  const std::string content = read_bounded(text);
  if (content.size() > max_config_size) return Unexpected<std::string>(std::string(file) + ": longer than 64 KiB");

  std::vector<Setting> settings;
  std::size_t number = 0;
  for (std::string_view rest = content; !rest.empty();) {
    const auto end = rest.find('\n');
    const std::string_view line = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    const std::string place = std::string(file) + ":" + std::to_string(++number);
    if (line.empty() || line.front() == '#') continue;

    const auto equals = line.find('=');
    const auto key = trimmed(line.substr(0, equals));
    const auto value = equals == std::string_view::npos ? std::string_view{} : trimmed(line.substr(equals + 1));
    if (key.empty() || value.empty()) return Unexpected<std::string>(place + ": not an `option = value` line");
    settings.push_back({std::string(key), std::string(value), place});
  }
  return settings;
}

}  // namespace net
