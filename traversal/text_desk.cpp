#include "traversal/text_desk.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace traversal {
namespace {

constexpr std::size_t most_known = 64;  // far more than arrive while one is repeated

}  // namespace

void TextDesk::send(net::TimePoint now, net::SocketId socket, const net::Endpoint& to, const TextKey& key,
                    std::string text) {
  const auto id = stun::TransactionId::random(random_);
  sending_.emplace(Sending{.socket = socket,
                           .to = to,
                           .datagram = encode(Text{id, std::move(text)}, key),
                           .transaction = stun::ClientTransaction(id, text_schedule, now),
                           .last_sent = now});
  tick(now);
}

void TextDesk::handle(net::TimePoint now, const net::Datagram& datagram, const TextKey& key) {
  auto message = decode_text(datagram.payload, key);
  if (!message) return;
  if (auto* text = std::get_if<Text>(&*message)) return receive(now, datagram, std::move(*text), key);
  settle(now, datagram, std::get<TextAcknowledgement>(*message));
}

void TextDesk::receive(net::TimePoint now, const net::Datagram& datagram, Text text, const TextKey& key) {
  if (!may_acknowledge(now)) return;
  outputs_.push_back(
      net::Send{datagram.socket, datagram.from, encode(TextAcknowledgement{text.id, datagram.from}, key)});
  if (std::find(known_.begin(), known_.end(), text.id) != known_.end()) return;
  if (known_.size() == most_known) known_.pop_front();
  known_.push_back(text.id);
  events_.emplace_back(Received{datagram.socket, datagram.from, std::move(text.text)});
}

// By its transaction id, which only the receiver has seen, whatever its source: a NAT may show another one.
void TextDesk::settle(net::TimePoint now, const net::Datagram& datagram, const TextAcknowledgement& acknowledgement) {
  if (!sending_ || acknowledgement.id != sending_->transaction.id()) return;
  events_.emplace_back(Acknowledged{datagram.from, acknowledgement.seen, now - sending_->last_sent});
  sending_.reset();
}

void TextDesk::tick(net::TimePoint now) {
  if (!sending_) return;
  if (sending_->transaction.timed_out(now)) {
    sending_.reset();
    events_.emplace_back(Unanswered{});
  } else if (sending_->transaction.take_due(now)) {
    sending_->last_sent = now;
    outputs_.push_back(net::Send{sending_->socket, sending_->to, sending_->datagram});
  }
}

std::optional<net::TimePoint> TextDesk::next_deadline() const {
  if (!sending_) return std::nullopt;
  return sending_->transaction.next_deadline();
}

void TextDesk::take_outputs(std::vector<net::Output>& into) {
  std::move(outputs_.begin(), outputs_.end(), std::back_inserter(into));
  outputs_.clear();
}

std::vector<TextDesk::Event> TextDesk::take_events() { return std::exchange(events_, {}); }

bool TextDesk::may_acknowledge(net::TimePoint now) {
  if (acknowledged_.size() == texts_a_second) {
    if (now - acknowledged_.front() < std::chrono::seconds(1)) return false;
    acknowledged_.pop_front();
  }
  acknowledged_.push_back(now);
  return true;
}

}  // namespace traversal
