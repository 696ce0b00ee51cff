#include "traversal/page_query.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "traversal/signal.h"

namespace traversal {
namespace {

std::optional<std::size_t> parse_limit(std::string_view text) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool good = error == std::errc() && end == text.data() + text.size() && limit >= 1 && limit <= largest_page;
  return good ? std::optional(limit) : std::nullopt;
}

}  // namespace

net::Result<PageQuery, std::string> parse_page_query(std::string_view query) {
  PageQuery page;
  std::set<std::string_view> said;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    const std::string_view key = part.substr(0, part.find('='));
    const std::string_view value = part.substr(std::min(part.size(), key.size() + 1));
    if (!said.insert(key).second) return net::Unexpected(std::string(key) + " is said twice");
    if (key == "after" && valid_host_name(std::string(value))) {
      page.after = value;
    } else if (const auto limit = parse_limit(value); key == "limit" && limit) {
      page.limit = *limit;
    } else {
      return net::Unexpected("a list is asked for with after=NAME and limit=N, N from 1 to " +
                             std::to_string(largest_page));
    }
  }
  return page;
}

}  // namespace traversal
