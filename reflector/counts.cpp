#include "reflector/counts.h"

#include <fmt/core.h>

namespace reflector {

void add(Counts& sum, const LiveCounts& more) {
  for (std::size_t i = 0; i < disposition_count; ++i) sum.requests[i] += more.requests[i];
  for (std::size_t i = 0; i < link_fault_count; ++i) sum.link_faults[i] += more.link_faults[i];
  sum.relayed += more.relayed;
  sum.sent_for_partner += more.sent_for_partner;
  sum.destination_refused += more.destination_refused;
  sum.destination_limited += more.destination_limited;
  sum.delayed_sent += more.delayed_sent;
  sum.delayed_limited += more.delayed_limited;
  sum.strangers += more.strangers;
}

std::vector<std::pair<std::string, std::uint64_t>> in_words(const Counts& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (std::size_t i = 0; i < disposition_count; ++i) {
    all.emplace_back(fmt::format("requests {}", to_string(static_cast<Disposition>(i))), counts.requests[i]);
  }
  all.emplace_back("replies asked of the partner", counts.relayed);
  all.emplace_back("replies sent for the partner", counts.sent_for_partner);
  all.emplace_back("replies refused to the partner: destination", counts.destination_refused);
  all.emplace_back("replies refused to the partner: limit", counts.destination_limited);
  all.emplace_back("delayed replies sent", counts.delayed_sent);
  all.emplace_back("delayed replies refused: limit", counts.delayed_limited);
  all.emplace_back("link messages from strangers", counts.strangers);
  for (std::size_t i = 0; i < link_fault_count; ++i) {
    all.emplace_back(fmt::format("link messages passed over: {}", to_string(static_cast<LinkFault>(i))),
                     counts.link_faults[i]);
  }
  return all;
}

}  // namespace reflector
