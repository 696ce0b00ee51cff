// What comes of the console's commands, step by step.

#include <algorithm>

#include "stun/error_attributes.h"
#include "traversal/console.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration poll_of_a_punch = 200ms;
constexpr net::Duration patience_with_a_relay = 5s;

std::string ms(net::Duration time) {
  const auto tenths = std::chrono::duration_cast<std::chrono::microseconds>(time).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

std::string shown(const PeerEntry& peer, const std::map<std::string, ProvenPath>& paths) {
  std::string line = peer.name + "  " + net::to_string(peer.mapped) + "  " + net::short_name(peer.behavior);
  if (peer.over_tcp) line += "  over TCP alone";
  if (peer.texts) line += "  console";
  const auto path = paths.find(peer.name);
  if (path != paths.end()) line += "  direct path by " + net::to_string(path->second.remote);
  return line;
}

}  // namespace

// ---- sending -------------------------------------------------------------------------------------------------------

void Console::send_over(net::TimePoint now, const Sending& sending) {
  const ProvenPath& path = paths_.at(sending.command.name);
  desk_.send(now, path.socket, path.remote, path.key, sending.command.text);
}

void Console::punch(net::TimePoint now, Sending& sending) {
  const std::string& name = sending.command.name;
  if (config_.transport == Transport::Tcp) return relay(now, sending, "UDP is blocked here");
  say(name + ": no path yet, asking the rendezvous for a punch");
  sending.step = Step::Asking;
  asker_.request(now, MatrixRequest{.pairs = {{config_.name, name}}});
}

void Console::poll(net::TimePoint now) {
  auto* sending = doing_ ? std::get_if<Sending>(&*doing_) : nullptr;
  if (sending == nullptr) return;
  if (next_poll_ && now >= *next_poll_) {
    next_poll_.reset();
    asker_.request(now, StatusRequest{sending->matrix});
  }
  if (relay_until_ && now >= *relay_until_) {
    relay_until_.reset();
    done(sending->command.name + ": no acknowledgement, not even relayed by the rendezvous");
  }
}

void Console::relay(net::TimePoint now, Sending& sending, const std::string& why) {
  say(sending.command.name + ": " + why + "; relaying by the rendezvous");
  sending.step = Step::Relaying;
  random_.fill(sending.relayed);
  asker_.request(now, Relay{.name = config_.name,
                            .session = config_.session,
                            .to = sending.command.name,
                            .id = sending.relayed,
                            .text = sending.command.text});
}

// ---- the rendezvous's answers --------------------------------------------------------------------------------------

void Console::take_reply(net::TimePoint now, const SignalReply& reply) {
  if (!doing_) return;
  if (auto* listing = std::get_if<Listing>(&*doing_)) {
    take_reply(now, *listing, reply);
  } else if (auto* sending = std::get_if<Sending>(&*doing_)) {
    take_reply(now, *sending, reply);
  }
}

void Console::take_reply(net::TimePoint now, Listing& listing, const SignalReply& reply) {
  if (!std::holds_alternative<PeersRequest>(reply.request)) return;
  if (!reply.answer) return done("peers: the rendezvous does not answer");
  const auto* page = std::get_if<PeerPage>(&*reply.answer);
  if (page == nullptr || page->peers.empty()) return done("peers: nobody is registered");
  listing.peers.insert(listing.peers.end(), page->peers.begin(), page->peers.end());
  if (listing.peers.size() < page->total) return asker_.request(now, PeersRequest{listing.peers.size()});
  for (const PeerEntry& peer : listing.peers) say(shown(peer, paths_));
  done();
}

void Console::take_reply(net::TimePoint now, Sending& sending, const SignalReply& reply) {
  const std::string& name = sending.command.name;
  const auto* relay_of = std::get_if<Relay>(&reply.request);
  if (relay_of != nullptr && relay_of->text.empty()) return;  // an acknowledgement to somebody
  if (!reply.answer) {
    const Refusal& refusal = reply.answer.error();
    const bool silent = refusal.code == no_answer;
    return done(name + ": " + (silent ? "the rendezvous does not answer" : stun::shown(refusal.reason)));
  }
  const auto handlers = net::Overloaded{
      [&](const Accepted& accepted) {
        sending.matrix = accepted.matrix;
        sending.step = Step::Punching;
        next_poll_ = now + poll_of_a_punch;
      },
      [&](const Status& status) {
        if (status.done < status.total) {
          next_poll_ = now + poll_of_a_punch;
        } else {
          asker_.request(now, RowsRequest{sending.matrix, 0});
        }
      },
      [&](const Rows& rows) {
        const auto pair = std::find_if(rows.rows.begin(), rows.rows.end(),
                                       [](const MatrixRow& row) { return std::holds_alternative<PairOutcome>(row); });
        sending.rows += rows.rows.size();
        if (pair == rows.rows.end() && !rows.rows.empty() && sending.rows < rows.total) {
          return asker_.request(now, RowsRequest{sending.matrix, sending.rows});
        }
        if (pair == rows.rows.end()) return done(name + ": the rendezvous tells no outcome");
        take_outcome(now, sending, std::get<PairOutcome>(*pair));
      },
      [&](const Done&) { relay_until_ = now + patience_with_a_relay; },
      [](const auto&) {},
  };
  std::visit(handlers, *reply.answer);
}

void Console::take_outcome(net::TimePoint now, Sending& sending, const PairOutcome& pair) {
  const std::string& name = sending.command.name;
  const std::string why = pair.why.empty() ? "" : " (" + pair.why + ")";
  if (!connected(pair.outcome) || !paths_.contains(name)) {
    return relay(now, sending, std::string(to_string(pair.outcome)) + why);
  }
  const std::string took = pair.connect ? " in " + ms(pair.connect->median) : "";
  say(name + ": " + std::string(to_string(pair.outcome)) + took + ", by " + pair.strategy);
  sending.step = Step::OverNewPath;
  send_over(now, sending);
}

// ---- texts ---------------------------------------------------------------------------------------------------------

void Console::take_event(net::TimePoint, const TextDesk::Received& received) {
  say(whose(received.socket) + (received.socket == signal_socket ? net::to_string(received.from) + ": " : ": ") +
      received.text);
}

std::string Console::whose(net::SocketId socket) const {
  for (const auto& [name, path] : paths_) {
    if (path.socket == socket) return name;
  }
  return {};
}

void Console::take_event(net::TimePoint, const TextDesk::Acknowledged& acknowledged) {
  if (!doing_) return;
  const std::string took = ": acknowledged in " + ms(acknowledged.round_trip);
  if (const auto* telling = std::get_if<Telling>(&*doing_)) {
    const bool elsewhere = acknowledged.from != telling->to;
    return done(net::to_string(telling->to) + took + ", seen as " + net::to_string(acknowledged.seen) +
                (elsewhere ? ", from " + net::to_string(acknowledged.from) : ""));
  }
  if (const auto* sending = std::get_if<Sending>(&*doing_)) done(sending->command.name + took + ", direct");
}

void Console::take_event(net::TimePoint now, const TextDesk::Unanswered&) {
  if (!doing_) return;
  if (const auto* telling = std::get_if<Telling>(&*doing_)) {
    return done(net::to_string(telling->to) + ": no acknowledgement in 5 s");
  }
  auto* sending = std::get_if<Sending>(&*doing_);
  if (sending == nullptr) return;
  const auto path = paths_.find(sending->command.name);
  if (path != paths_.end()) {
    outputs_.push_back(net::Close{path->second.socket});
    paths_.erase(path);
  }
  if (sending->step == Step::OverNewPath) return relay(now, *sending, "no acknowledgement on the new path");
  say(sending->command.name + ": the path does not answer any more");
  punch(now, *sending);
}

}  // namespace traversal
