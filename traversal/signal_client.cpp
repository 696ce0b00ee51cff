#include "traversal/signal_client.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace traversal {
namespace {

constexpr unsigned most_fresh_nonces = 3;  // a rendezvous that always asks for another one is not followed for ever

bool is_response(const SignalMessage& message) {
  return message.message_class == stun::MessageClass::Success || message.message_class == stun::MessageClass::Error;
}

}  // namespace

SignalClient::SignalClient(net::SocketId socket, const net::Endpoint& remote, const Key& key, net::Random random,
                           Transport transport)
    : socket_(socket),
      remote_(remote),
      key_(key),
      random_(random),
      schedule_(transport == Transport::Tcp ? &stream_schedule : &signal_schedule) {}

void SignalClient::request(net::TimePoint now, const Signal& signal) { begin(now, signal, 0); }

void SignalClient::begin(net::TimePoint now, const Signal& signal, unsigned fresh_nonces) {
  const auto id = stun::TransactionId::random(random_);
  Pending pending{.signal = signal,
                  .datagram = encode_request(id, signal, nonce_, key_),
                  .transaction = stun::ClientTransaction(id, *schedule_, now),
                  .last_sent = now,
                  .fresh_nonces = fresh_nonces};
  send_due(now, pending_.emplace(id, std::move(pending)).first->second);
}

// An error that is not authentic can only be the word of a rendezvous with another token, or a forger's who saw our
// transaction id; both end the request alone.
std::optional<Unused> SignalClient::handle(net::TimePoint now, const SignalMessage& message) {
  const auto found = pending_.find(message.id);
  if (found == pending_.end() || !is_response(message)) return Unused::NotAsked;
  if (!message.authentic && message.message_class == stun::MessageClass::Success) return Unused::Forged;
  const Pending pending = std::move(found->second);
  pending_.erase(found);
  const bool stale_nonce = !message.content && message.content.error().code == StaleNonce;
  if (stale_nonce && !message.nonce.empty() && pending.fresh_nonces < most_fresh_nonces) {
    nonce_ = message.nonce;
    begin(now, pending.signal, pending.fresh_nonces + 1);
    return std::nullopt;
  }
  replies_.push_back({pending.signal, message.content, now - pending.last_sent});
  return std::nullopt;
}

void SignalClient::tick(net::TimePoint now) {
  for (auto at = pending_.begin(); at != pending_.end();) {
    if (at->second.transaction.timed_out(now)) {
      replies_.push_back({at->second.signal, net::Unexpected(Refusal{no_answer, "no answer"}), {}});
      at = pending_.erase(at);
    } else {
      send_due(now, (at++)->second);
    }
  }
}

std::optional<net::TimePoint> SignalClient::next_deadline() const {
  std::optional<net::TimePoint> next;
  for (const auto& [id, pending] : pending_) {
    next = std::min(next.value_or(net::TimePoint::max()), pending.transaction.next_deadline());
  }
  return next;
}

std::vector<SignalReply> SignalClient::take_replies() { return std::exchange(replies_, {}); }

void SignalClient::take_outputs(std::vector<net::Output>& into) {
  std::move(outputs_.begin(), outputs_.end(), std::back_inserter(into));
  outputs_.clear();
}

void SignalClient::send_due(net::TimePoint now, Pending& pending) {
  if (!pending.transaction.take_due(now)) return;
  pending.last_sent = now;
  outputs_.push_back(net::Send{socket_, remote_, pending.datagram});
}

}  // namespace traversal
