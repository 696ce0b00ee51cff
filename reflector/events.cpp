#include "reflector/events.h"

#include <fmt/core.h>

namespace reflector {
namespace {

void compare(const Notable::Partner& before, const Notable::Partner& now, std::vector<Event>& news) {
  const std::string partner = "partner " + net::to_string(now.address);
  if (!now.problem.empty() && now.problem != before.problem) news.push_back({"link problem of " + partner, now.problem});
  if (now.answers != before.answers) {
    news.push_back({partner, partner + (now.answers ? " answers" : " is silent")});
  }
  if (now.unverified > before.unverified) {
    news.push_back({"link key of " + partner,
                    fmt::format("{}: {} messages under a key this host does not have: the keys differ, or somebody forges",
                                partner, now.unverified),
                    true});
  }
}

}  // namespace

std::vector<Event> EventLines::news(const Notable& now) {
  std::vector<Event> out;
  const Notable before = before_.value_or(Notable{});
  for (std::size_t i = 0; i < now.partners.size(); ++i) {
    const bool known = i < before.partners.size() && before.partners[i].address == now.partners[i].address;
    compare(known ? before.partners[i] : Notable::Partner{}, now.partners[i], out);
  }
  if (now.connections_refused > before.connections_refused) {
    out.push_back({"connections", fmt::format("too many TCP connections: {} refused so far", now.connections_refused),
                   true});
  }
  before_ = now;
  return out;
}

}  // namespace reflector
