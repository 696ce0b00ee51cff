#include "traversal/response_cache.h"

namespace traversal {
namespace {

constexpr net::Duration kept_for = std::chrono::seconds(40);  // RFC 8489 section 6.3.1
constexpr std::size_t most_responses = 20'000;                // of at most 1,200 bytes

}  // namespace

const net::Bytes* ResponseCache::find(const net::Endpoint& from, const stun::TransactionId& id) const {
  const auto found = responses_.find({from, id});
  return found == responses_.end() ? nullptr : &found->second;
}

void ResponseCache::keep(net::TimePoint now, const net::Endpoint& from, const stun::TransactionId& id,
                         net::Bytes response) {
  while (!by_age_.empty() && (by_age_.front().first + kept_for < now || by_age_.size() >= most_responses)) {
    responses_.erase(by_age_.front().second);
    by_age_.pop_front();
  }
  if (responses_.insert_or_assign({from, id}, std::move(response)).second) by_age_.push_back({now, {from, id}});
}

}  // namespace traversal
