#include "probe/request.h"

#include <algorithm>

#include "probe/log_reading.h"
#include "stun/behavior_attributes.h"
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

std::uint32_t whole_seconds(net::Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

// FILL up to the size that is wanted, at least what it must hold.
void add_fill(stun::MessageBuilder& builder, const Query& query) {
  const std::size_t wanted = query.size != 0 ? query.size : padded_size(query.to.family());
  const std::size_t used = builder.size() + attribute_header;
  net::Bytes content = query.fill;
  content.resize(std::max(content.size(), wanted > used ? wanted - used : 0));
  builder.add(stun::AttributeType::Fill, content);
}

}  // namespace

net::Bytes write_request(const Query& query, const stun::TransactionId& id, std::uint64_t run_nonce,
                         const std::optional<stun::ReturnToken>& token) {
  net::Bytes out;
  stun::MessageBuilder builder(out, stun::MessageClass::Request, stun::Method::Binding, id);
  if (query.change) builder.add(*query.change);
  if (token) builder.add(*token);
  if (query.question) builder.add(stun::SentQuery{.run_nonce = run_nonce, .question = *query.question});
  if (query.response_port) builder.add(stun::ResponsePort{*query.response_port});
  if (query.padding) builder.add(stun::Padding{*query.padding});
  if (query.delay) builder.add(stun::Delay{whole_seconds(*query.delay)});
  add_fill(builder, query);
  return out;
}

std::optional<stun::ReturnToken> token_for(const ObservationLog& log, const net::IpAddress& reflector) {
  if (auto own = latest_from(log, reflector)) return own;
  const auto pair = reflector_pair(log);
  if (!pair || pair->other.address != reflector) return std::nullopt;
  return latest_from(log, pair->primary.address);
}

}  // namespace probe
