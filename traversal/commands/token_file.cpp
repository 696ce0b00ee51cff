#include "traversal/commands/token_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/timestamp.h"
#include "traversal/signal.h"

namespace traversal {
namespace {

using Line = net::Result<std::optional<TokenLine>, std::string>;  // nothing: a comment, or blank
using Moment = std::chrono::system_clock::time_point;

std::vector<std::string> words_of(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  std::vector<std::string> words;
  for (auto at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blanks, at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

std::optional<Key> key_of(const std::string& token) {
  constexpr std::string_view mark = "key:";
  if (!token.starts_with(mark)) return signal_key(token);
  const std::string hex = token.substr(mark.size());
  Key key{};
  if (hex.size() != 2 * key.size() || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
    return std::nullopt;
  const net::Bytes bytes = net::from_hex(hex);
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

// A day alone is its beginning, in UTC.
std::optional<Moment> moment_of(const std::string& text) {
  return reports::parse_timestamp(text.find('T') == std::string::npos ? text + "T00:00:00Z" : text);
}

Line parse_line(std::string_view line) {
  const auto words = words_of(line);
  if (words.empty() || words[0].starts_with('#')) return std::nullopt;
  const bool runs_out = words.size() == 4 && words[2] == "until";
  if (words.size() != 2 && !runs_out) return net::Unexpected<std::string>("not NAME TOKEN [until DATE]");
  if (!valid_host_name(words[0])) return net::Unexpected<std::string>("the name is not letters, digits, dots, dashes");
  const auto key = key_of(words[1]);
  if (!key) return net::Unexpected<std::string>("key: is not followed by 64 hexadecimal digits");
  TokenLine out{.name = words[0], .key = *key};
  if (!runs_out) return out;
  out.until = moment_of(words[3]);
  if (!out.until) return net::Unexpected<std::string>("the date is not like 2027-01-31 or 2027-01-31T12:00:00Z");
  return out;
}

bool is_table(std::string_view text) { return text.starts_with('#') || text.find('\n') != std::string_view::npos; }

}  // namespace

net::Result<std::vector<TokenLine>, std::string> parse_tokens(std::string_view text) {
  std::vector<TokenLine> out;
  if (!is_table(text)) {
    out.push_back({.name = "token", .key = signal_key(text)});
    return out;
  }
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = parse_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line) return net::Unexpected(fmt::format("line {}: {}", number, line.error()));
    if (!*line) continue;
    const bool again = std::any_of(out.begin(), out.end(), [&](const TokenLine& other) {
      return other.name == (*line)->name || other.key == (*line)->key;
    });
    if (again) return net::Unexpected(fmt::format("line {}: the name or the token is there already", number));
    out.push_back(**std::move(line));
  }
  if (out.empty()) return net::Unexpected<std::string>("it holds no token");
  return out;
}

}  // namespace traversal
