#include "probe/request.h"

#include <algorithm>

#include "probe/log_reading.h"
#include "stun/message_builder.h"

namespace probe {
namespace {

constexpr std::size_t attribute_header = 4;

std::size_t padded_size(net::Family family) { return family == net::Family::V4 ? 128 : 176; }

std::optional<stun::ReturnToken> latest_from(const ObservationLog& log, const net::IpAddress& reflector) {
  const auto giver = std::find_if(log.rbegin(), log.rend(), [&](const Observation& seen) {
    return seen.return_token && seen.from && seen.from->address == reflector;
  });
  return giver == log.rend() ? std::nullopt : giver->return_token;
}

}  // namespace

net::Bytes write_request(const Query& query, const stun::TransactionId& id, std::uint64_t run_nonce,
                         const std::optional<stun::ReturnToken>& token) {
  net::Bytes out;
  stun::MessageBuilder builder(out, stun::MessageClass::Request, stun::Method::Binding, id);
  if (query.change) builder.add(*query.change);
  if (token) builder.add(*token);
  if (query.question) builder.add(stun::SentQuery{.run_nonce = run_nonce, .question = *query.question});
  const std::size_t room = padded_size(query.to.family()) - builder.size() - attribute_header;
  builder.add(stun::Fill{.size = static_cast<std::uint16_t>(room)});
  return out;
}

std::optional<stun::ReturnToken> token_for(const ObservationLog& log, const net::IpAddress& reflector) {
  if (auto own = latest_from(log, reflector)) return own;
  const auto pair = reflector_pair(log);
  if (!pair || pair->other.address != reflector) return std::nullopt;
  return latest_from(log, pair->primary.address);
}

}  // namespace probe
