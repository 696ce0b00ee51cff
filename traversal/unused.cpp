#include "traversal/unused.h"

#include <fmt/format.h>

#include <string_view>

#include "traversal/signal_message.h"

namespace traversal {

Unused unreadable(net::BytesView datagram) {
  return datagram.size() > largest_datagram ? Unused::TooLarge : Unused::NoMessage;
}

std::string UnusedCounts::text() const {
  constexpr std::array<std::string_view, unused_kinds> words = {"from elsewhere", "too large",     "no message",
                                                                "forged",         "not asked for", "repeated"};
  std::string out;
  for (std::size_t kind = 0; kind < unused_kinds; ++kind) {
    if (counts_[kind] > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", counts_[kind], words[kind]);
  }
  return out;
}

}  // namespace traversal
