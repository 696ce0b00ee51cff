#include "traversal/matrix_client.h"

#include <algorithm>
#include <utility>

#include "stun/error_attributes.h"
#include "traversal/signal_codec.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration poll_interval = 250ms;

}  // namespace

MatrixClient::MatrixClient(MatrixClientConfig config, net::Random random)
    : config_(std::move(config)),
      key_(signal_key(config_.token)),
      client_(signal_socket, config_.rendezvous, key_, random, config_.transport) {}

void MatrixClient::start(net::TimePoint now) {
  if (to_json(config_.request).size() > largest_json) {
    failure_ = "too many pairs are named for one request: ask in parts, or for all";
    return;
  }
  start_ = now;
  const net::Endpoint any{net::IpAddress::any(config_.rendezvous.family()), 0};
  outputs_.push_back(net::OpenUdp{signal_socket, any, config_.rendezvous});
  ask(now, ListRequest{});
}

void MatrixClient::handle(net::TimePoint now, const net::Input& input) {
  if (const auto* failed = std::get_if<net::OpenFailed>(&input)) failure_ = failed->attempt;
  const auto* datagram = std::get_if<net::Datagram>(&input);
  if (datagram == nullptr || datagram->from != config_.rendezvous) return;
  if (const auto message = decode_signal(datagram->payload, key_)) client_.handle(now, *message);
  tick(now);
}

void MatrixClient::tick(net::TimePoint now) {
  client_.tick(now);
  for (const SignalReply& reply : client_.take_replies()) handle_reply(now, reply);
  if (next_ && now >= next_time_) ask(now, *std::exchange(next_, std::nullopt));
  client_.take_outputs(outputs_);
}

std::optional<net::TimePoint> MatrixClient::next_deadline() const {
  const auto transaction = client_.next_deadline();
  if (!next_) return transaction;
  return std::min(next_time_, transaction.value_or(net::TimePoint::max()));
}

std::vector<net::Output> MatrixClient::take_outputs() { return std::exchange(outputs_, {}); }

void MatrixClient::handle_reply(net::TimePoint now, const SignalReply& reply) {
  if (reply.answer) {
    heard_ = true;
    const auto* asked = std::get_if<RowsRequest>(&reply.request);
    const auto* page = std::get_if<Rows>(&*reply.answer);
    if (asked != nullptr && page != nullptr) return take(now, *asked, *page);
    std::visit([this, now](const auto& answer) { take(now, answer); }, *reply.answer);
    return;
  }
  const Refusal& refusal = reply.answer.error();
  if (hosts_may_come_back(now, reply.request, refusal)) return ask_later(now, ListRequest{});
  unheard_ = refusal.code == no_answer && !heard_;
  if (refusal.code == no_answer) return fail("no answer");
  fail(refusal.code == WrongToken ? "the token was refused" : stun::shown(refusal.reason));
}

// The rendezvous was restarted after it had named enough of them.
bool MatrixClient::hosts_may_come_back(net::TimePoint now, const Signal& request, const Refusal& refusal) const {
  return config_.wait_for > 0 && config_.request.pairs.empty() && refusal.code == NotKnown &&
         std::holds_alternative<MatrixRequest>(request) && now < start_ + config_.patience;
}

void MatrixClient::take(net::TimePoint now, const HostPage& page) {
  progress_.hosts = page.total;
  if (page.total >= config_.wait_for) {
    asked_ = now;
    return ask(now, config_.request);
  }
  if (now < start_ + config_.patience) return ask_later(now, ListRequest{});
  fail(std::to_string(page.total) + " of " + std::to_string(config_.wait_for) + " hosts have registered");
}

void MatrixClient::take(net::TimePoint now, const Accepted& accepted) {
  id_ = accepted.matrix;
  progress_.pairs = {0, accepted.pairs};
  accepted_ = accepted;
  ask_later(now, StatusRequest{*id_});
}

void MatrixClient::take(net::TimePoint now, const Status& status) {
  progress_.pairs = status;
  if (!id_) return;
  if (status.done < status.total) return ask_later(now, StatusRequest{*id_});
  ask(now, RowsRequest{*id_, first_row});
}

void MatrixClient::take(net::TimePoint now, const RowsRequest& asked, const Rows& page) {
  for (const std::uint64_t from : fetch_.take(asked.from, page)) ask(now, RowsRequest{asked.matrix, from});
  if (fetch_.broken()) return fail("an incomplete matrix");
  if (!fetch_.complete()) return;
  matrix_ = matrix_of(fetch_.rows());
  matrix_->duration = now - asked_;
}

void MatrixClient::ask(net::TimePoint now, const Signal& signal) {
  client_.request(now, signal);
  client_.take_outputs(outputs_);
}

void MatrixClient::ask_later(net::TimePoint now, const Signal& signal) {
  next_ = signal;
  next_time_ = now + poll_interval;
}

void MatrixClient::fail(const std::string& why) {
  failure_ = "rendezvous " + net::to_string(config_.rendezvous) + ": " + why;
}

}  // namespace traversal
