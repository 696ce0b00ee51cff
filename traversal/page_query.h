#pragma once
// Which part of a long list is asked for, as the query of a URL says it: "after=NAME&limit=N". Pure.

#include <cstddef>
#include <string>
#include <string_view>

#include "net/result.h"

namespace traversal {

inline constexpr std::size_t usual_page = 1'000;
inline constexpr std::size_t largest_page = 10'000;

struct PageQuery {
  std::string after;  // the last name of the page before; empty: from the beginning
  std::size_t limit = usual_page;
};

// Nothing else may be asked, and nothing twice; the error says in a line what is wrong.
[[nodiscard]] net::Result<PageQuery, std::string> parse_page_query(std::string_view query);

}  // namespace traversal
