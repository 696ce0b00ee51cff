#include "net/http_server.h"

#include <algorithm>
#include <utility>

namespace net {
namespace {

constexpr SocketId web_listener{1};
constexpr std::size_t most_unsent = 128 * 1024;  // of a connection, in the driver; TLS adds a little to it
constexpr Duration push_interval = std::chrono::milliseconds(5);

std::uint64_t last_event_of(const HttpRequest& request) {
  const std::string* id = request.field("last-event-id");
  std::uint64_t number = 0;
  if (id == nullptr || id->empty() || id->size() > 18) return 0;
  for (const char c : *id) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

}  // namespace

void HttpServer::start(TimePoint now) {
  outputs_.emplace_back(Listen{web_listener, listen_});
  if (service_.has_news()) next_news_ = now + news_interval;
}

void HttpServer::handle(TimePoint now, const Input& input) {
  std::visit(Overloaded{[&](const Opened& opened) { listening_ = opened.local; },
                        [&](const OpenFailed& failed) { failure_ = failed.attempt; },
                        [&](const Accepted& accepted) { accept(now, accepted); },
                        [&](const StreamBytes& bytes) { read(now, bytes); },
                        [&](const PeerFinished& ended) {
                          const auto found = visitors_.find(ended.connection);
                          if (found == visitors_.end()) return;
                          // Whoever has asked may close his half; whoever follows is gone.
                          Visitor& visitor = found->second;
                          if (!visitor.answered || visitor.follows) return send_away(ended.connection);
                          const bool all = visitor.handed_on == visitor.reply.size();
                          if (all) push(now, ended.connection, visitor);  // often he has it, and his place is free
                        },
                        [&](const Closed& closed) { forget(closed.connection); }, [](const auto&) {}},
             input);
}

void HttpServer::tick(TimePoint now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) send_away(deadlines_.begin()->second);
  if (next_push_ && now >= *next_push_) push_all(now);
  if (next_news_ && now >= *next_news_) tell_news(now);
}

std::optional<TimePoint> HttpServer::next_deadline() const {
  std::optional<TimePoint> next;
  if (!deadlines_.empty()) next = deadlines_.begin()->first;
  for (const auto& time : {next_push_, next_news_}) {
    if (time) next = std::min(next.value_or(*time), *time);
  }
  return next;
}

std::vector<Output> HttpServer::take_outputs() { return std::exchange(outputs_, {}); }

void HttpServer::accept(TimePoint now, const Accepted& accepted) {
  const auto same = of_source_.find(accepted.from.address);
  const bool full = same != of_source_.end() && same->second >= limits_.of_a_source;
  if (full || visitors_.size() >= limits_.connections) {
    ++refused_;
    outputs_.emplace_back(Close{accepted.connection});
    return;
  }
  Visitor& visitor = visitors_[accepted.connection];
  visitor.source = accepted.from.address;
  ++of_source_[visitor.source];
  be_patient(now, accepted.connection, visitor);
}

void HttpServer::read(TimePoint now, const StreamBytes& bytes) {
  const auto found = visitors_.find(bytes.connection);
  if (found == visitors_.end() || found->second.answered) return;
  if (found->second.reader.push(bytes.payload) != HttpReader::State::Incomplete) {
    answer(now, bytes.connection, found->second);
  }
}

void HttpServer::answer(TimePoint now, SocketId connection, Visitor& visitor) {
  const HttpRequest& request = visitor.reader.request();
  const unsigned refusal = visitor.reader.refusal();
  const HttpReply reply = refusal != 0 ? http_refusal(refusal) : service_.reply(request);
  visitor.answered = true;
  if (reply.followed && request.method == "GET") visitor.follows = last_event_of(request);
  const bool has_body = !reply.followed && request.method != "HEAD";
  visitor.reader = {};
  std::string text = http_head(reply);
  if (has_body) text += reply.body;
  say(now, connection, visitor, std::move(text));
}

void HttpServer::say(TimePoint now, SocketId connection, Visitor& visitor, std::string text) {
  visitor.reply = std::move(text);
  visitor.handed_on = 0;
  visitor.last_told = now;
  answering_.insert(connection);
  be_patient(now, connection, visitor);
  push(now, connection, visitor);
}

// As much as the stream takes without being closed for it; the last of it is followed by the end.
void HttpServer::push(TimePoint now, SocketId connection, Visitor& visitor) {
  const std::size_t unsent = unsent_(connection);
  const std::size_t left = visitor.reply.size() - visitor.handed_on;
  const std::size_t size = std::min(left, most_unsent - std::min(unsent, most_unsent));
  if (size > 0) {
    const auto from = visitor.reply.begin() + static_cast<std::ptrdiff_t>(visitor.handed_on);
    outputs_.emplace_back(SendStream{connection, Bytes(from, from + static_cast<std::ptrdiff_t>(size))});
    visitor.handed_on += size;
    be_patient(now, connection, visitor);
  }
  if (!next_push_) next_push_ = now + push_interval;  // never put off, however many ask meanwhile
  if (left + unsent > 0) return;
  answering_.erase(connection);
  deadlines_.erase({visitor.deadline, connection});
  if (!visitor.follows) send_away(connection);
}

void HttpServer::push_all(TimePoint now) {
  next_push_.reset();
  for (const SocketId connection : std::set(answering_)) push(now, connection, visitors_.at(connection));
}

// Who has not taken what he was told last gets no more.
void HttpServer::tell_news(TimePoint now) {
  next_news_ = now + news_interval;
  const std::uint64_t newest = service_.newest_event();
  for (auto& [connection, visitor] : visitors_) {
    if (!visitor.follows || answering_.contains(connection)) continue;
    HttpEvents events{{}, *visitor.follows};
    if (events.newest != newest) {
      events = service_.events_after(events.newest);
    } else if (now - visitor.last_told >= silence_of_events) {
      events.text = ":\n\n";
    }
    if (events.text.empty()) continue;
    visitor.follows = events.newest;
    say(now, connection, visitor, std::move(events.text));
  }
}

void HttpServer::be_patient(TimePoint now, SocketId connection, Visitor& visitor) {
  deadlines_.erase({visitor.deadline, connection});
  visitor.deadline = now + limits_.patience;
  deadlines_.emplace(visitor.deadline, connection);
}

void HttpServer::send_away(SocketId connection) {
  forget(connection);
  outputs_.emplace_back(Close{connection});
}

void HttpServer::forget(SocketId connection) {
  const auto found = visitors_.find(connection);
  if (found == visitors_.end()) return;
  const auto source = of_source_.find(found->second.source);
  if (--source->second == 0) of_source_.erase(source);
  deadlines_.erase({found->second.deadline, connection});
  answering_.erase(connection);
  visitors_.erase(found);
}

}  // namespace net
