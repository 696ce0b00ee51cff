#include "probe/assist_agent.h"

#include <algorithm>

#include "net/address_scope.h"
#include "probe/discovery.h"
#include "probe/request.h"
#include "probe/response.h"
#include "stun/crypto.h"
#include "stun/private_attributes.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::SocketId listening_socket{1};
constexpr net::SocketId introduction_socket{2};

constexpr net::Duration job_pace = 150ms;         // requests to a reflector
constexpr unsigned job_requests = 16;             // then it is silent
constexpr net::Duration before_greeting = 1500ms;// reflectors that are still silent then are not waited for
constexpr net::Duration between_introductions = 10s;
constexpr std::uint8_t full_ttl = 64;             // the asker sees how many hops it came
constexpr net::Duration proof_lasts = 20s;         // no mapping in the field ends sooner
constexpr std::uint16_t least_proven_port = 1024;  // security: no service of a well-known port is ever written to

Query question_to(const net::Endpoint& reflector) {
  return {.discovery = std::string(names::assist), .to = reflector, .expected_from = reflector};
}

bool same_network(const net::IpAddress& one, const net::IpAddress& other) {
  constexpr std::size_t prefix = 8;  // an IPv6 /64
  return one.family() == net::Family::V6 && other.family() == net::Family::V6 &&
         std::equal(one.bytes().begin(), one.bytes().begin() + prefix, other.bytes().begin());
}

}  // namespace

AssistAgent::AssistAgent(AssistConfig config) : config_(std::move(config)), reflectors_(config_.reflectors) {}

void AssistAgent::start(net::TimePoint now) {
  now_ = began_ = introduced_ = second_ = minute_ = now;
  const net::Endpoint& towards = config_.reflectors.front();
  outputs_.emplace_back(net::OpenUdp{.socket = listening_socket, .local = config_.listen, .towards = towards});
  outputs_.emplace_back(
      net::OpenUdp{.socket = introduction_socket, .local = {config_.listen.address, 0}, .towards = towards});
  send_due();
}

void AssistAgent::handle(net::TimePoint now, const net::Input& input) {
  now_ = now;
  if (const auto* event = std::get_if<net::Opened>(&input)) opened(*event);
  if (const auto* event = std::get_if<net::OpenFailed>(&input)) not_opened(*event);
  if (const auto* datagram = std::get_if<net::Datagram>(&input)) {
    datagram->socket == listening_socket ? take_question(*datagram) : take_answer_of_reflector(*datagram);
  }
}

void AssistAgent::tick(net::TimePoint now) {
  now_ = now;
  forget(askers_.take_gone(now, false));
  send_due();
}

std::optional<net::TimePoint> AssistAgent::next_deadline() const {
  auto next = askers_.next_deadline();
  const auto sooner = [&next](net::TimePoint other) { next = std::min(next.value_or(other), other); };
  if (const auto introduction = reflectors_.next_deadline()) sooner(*introduction);
  for (const Job& job : jobs_) sooner(job.next);
  return next;
}

std::vector<net::Output> AssistAgent::take_outputs() { return std::exchange(outputs_, {}); }

std::vector<net::Endpoint> AssistAgent::take_new_askers() { return std::exchange(new_askers_, {}); }

// ---- who asks ------------------------------------------------------------------------------------------------------

bool AssistAgent::may_ask(const net::IpAddress& source) const {
  const net::AddressScope scope = net::scope(source);
  using enum net::AddressScope;
  if (scope == Private || scope == SharedNat || scope == Loopback) return true;
  if (scope == LinkLocal) return source.family() == net::Family::V6;
  if (scope != Public) return false;
  return config_.public_askers || (listening_ && same_network(source, listening_->address));
}

void AssistAgent::take_question(const net::Datagram& datagram) {
  if (!may_ask(datagram.from.address)) {
    ++counts_.not_allowed;
    return;
  }
  const auto request = read_assist_request(datagram.payload, config_.key);
  if (!request) {
    ++counts_.not_authentic;
    return;
  }
  const Question question{.from = datagram.from, .size = datagram.payload.size(), .request = *request};
  if (request->question.act == AssistAct::Greet) return greet(question);
  AssistAsker* asker = request->nonce ? askers_.with_nonce(datagram.from, *request->nonce) : nullptr;
  if (asker == nullptr) {
    ++counts_.not_authentic;
    return;
  }
  carry_out(*asker, question);
}

void AssistAgent::greet(const Question& question) {
  if (!reflectors_.settled() && now_ < began_ + before_greeting) return;  // it will greet again
  const stun::TransactionId& id = question.request.id;
  AssistAsker* asker = askers_.greeted(question.from, id);
  if (asker == nullptr) {
    forget(askers_.take_gone(now_, true));
    AssistAsker fresh{.source = question.from, .greeting = id, .nonce = {}, .last = now_};
    const stun::TransactionId chance = next_id();
    std::copy_n(chance.bytes.begin() + 4, fresh.nonce.bytes.size(), fresh.nonce.bytes.begin());
    asker = &askers_.add(std::move(fresh));
    new_askers_.push_back(question.from);
    if (now_ >= introduced_ + between_introductions) {
      introduced_ = now_;
      reflectors_.ask_again(now_);
      send_due();
    }
  }
  asker->last = now_;
  answer(*asker, id, question.size,
         {.id = id,
          .nonce = asker->nonce,
          .error = std::nullopt,
          .answer = {.asker = question.from, .local = listening_}});
}

void AssistAgent::carry_out(AssistAsker& asker, const Question& question) {
  asker.last = now_;
  const stun::TransactionId& id = question.request.id;
  if (const auto known = asker.answers.find(id); known != asker.answers.end()) {
    const bool fits = !known->second.empty() && known->second.size() <= question.size;
    if (fits) send(listening_socket, asker.source, known->second);
    return;
  }
  if (asker.answers.size() >= most_assist_questions) return;
  asker.answers[id];
  if (question.request.question.socket >= assist_sockets) return refuse(asker, question, assist_error::malformed);
  switch (question.request.question.act) {
    case AssistAct::Greet: return;
    case AssistAct::Ask: return ask(asker, question);
    case AssistAct::Prove: return prove(asker, question);
    case AssistAct::Send: return knock(asker, question);
  }
}

// ---- what is done for them -----------------------------------------------------------------------------------------

AssistSocket& AssistAgent::socket_of(AssistAsker& asker, const AssistQuestion& question) {
  const auto [entry, added] = asker.sockets.try_emplace(question.socket);
  AssistSocket& socket = entry->second;
  if (!added) return socket;
  socket.id = net::SocketId{next_socket_++};
  socket.wanted_port = question.port;
  outputs_.emplace_back(net::OpenUdp{.socket = socket.id,
                                     .local = {listening_->address, question.port},
                                     .towards = config_.reflectors.front()});
  return socket;
}

void AssistAgent::ask(AssistAsker& asker, const Question& question) {
  const AssistQuestion& wanted = question.request.question;
  if (!wanted.target || !reflectors_.allowed(*wanted.target)) return refuse(asker, question, assist_error::forbidden);
  const AssistSocket& socket = socket_of(asker, wanted);
  if (socket.wanted_port != wanted.port) return refuse(asker, question, assist_error::malformed);
  if (socket.failed) return refuse(asker, question, assist_error::in_use);
  Job job{.asker = asker.source,
          .question = question.request.id,
          .largest_answer = question.size,
          .socket = socket.id,
          .number = wanted.socket,
          .id = next_id(),
          .seen = {.query = question_to(*wanted.target)},
          .next = now_};
  job.seen.local = socket.local;
  jobs_.push_back(std::move(job));
  send_due();
}

void AssistAgent::prove(AssistAsker& asker, const Question& question) {
  const AssistQuestion& wanted = question.request.question;
  if (!wanted.target || !reflectors_.allowed(*wanted.target)) return refuse(asker, question, assist_error::forbidden);
  const auto socket = asker.sockets.find(wanted.socket);
  const bool ready = socket != asker.sockets.end() && socket->second.externals.contains(*wanted.target);
  if (!ready || wanted.port < least_proven_port) return refuse(asker, question, assist_error::malformed);
  const stun::TransactionId id = next_id();
  Query query = question_to(*wanted.target);
  query.response_port = wanted.port;
  const auto token = std::find_if(tokens_.begin(), tokens_.end(),
                                  [&](const auto& known) { return known.first == wanted.target->address; });
  const bool sent =
      send(socket->second.id, *wanted.target,
           write_request(query, id, 0, token == tokens_.end() ? std::nullopt : std::optional(token->second)));
  if (!sent) return refuse(asker, question, assist_error::too_many);
  const net::IpAddress& ours = socket->second.externals.at(*wanted.target).address;
  asker.proofs.push_back({.id = id.bytes, .endpoint = {ours, wanted.port}, .until = now_ + proof_lasts});
  answer(asker, question.request.id, question.size,
         {.id = question.request.id, .nonce = {}, .error = {}, .answer = {.local = socket->second.local}});
}

void AssistAgent::knock(AssistAsker& asker, const Question& question) {
  const AssistQuestion& wanted = question.request.question;
  const auto socket = asker.sockets.find(wanted.socket);
  const auto proof = std::find_if(asker.proofs.begin(), asker.proofs.end(), [&](const AssistProof& known) {
    return wanted.proof && stun::constant_time_equal(known.id, *wanted.proof) && known.endpoint == wanted.target &&
           now_ < known.until;
  });
  if (socket == asker.sockets.end() || proof == asker.proofs.end()) {
    return refuse(asker, question, assist_error::forbidden);
  }
  if (proof->knocks >= most_assist_knocks || !within_limits()) return refuse(asker, question, assist_error::too_many);
  ++proof->knocks;
  outputs_.emplace_back(net::Send{.socket = socket->second.id,
                                  .to = proof->endpoint,
                                  .payload = write_assist_knock(question.request.id),
                                  .ttl = full_ttl});
  answer(asker, question.request.id, question.size,
         {.id = question.request.id, .nonce = {}, .error = {}, .answer = {.local = socket->second.local}});
}

void AssistAgent::take_answer_of_reflector(const net::Datagram& datagram) {
  const auto message = stun::Message::decode(datagram.payload);
  if (!message || message->method() != static_cast<std::uint16_t>(stun::Method::Binding)) return;
  if (datagram.socket == introduction_socket) {
    if (reflectors_.take(*message, datagram.from)) send_due();
    return;
  }
  const auto job = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& one) {
    return one.socket == datagram.socket && one.id == message->id() && one.seen.requests > 0;
  });
  if (job == jobs_.end() || !take_response(job->seen, *message, datagram.from, {})) return;
  if (const auto& token = job->seen.return_token) {
    std::erase_if(tokens_, [&](const auto& known) { return known.first == datagram.from.address; });
    tokens_.emplace_back(datagram.from.address, *token);
  }
  settle(*job);
  jobs_.erase(job);
}

// What came of a question to a reflector, told to who wanted to know.
void AssistAgent::settle(const Job& job) {
  AssistAsker* asker = askers_.with_socket(job.socket);
  if (asker == nullptr) return;
  AssistSocket& socket = asker->sockets.at(job.number);
  AssistReply reply{.id = job.question, .nonce = {}, .error = {}, .answer = {.local = socket.local}};
  if (socket.failed) {
    reply.error = assist_error::in_use;
  } else if (job.seen.outcome == Outcome::Answered && job.seen.mapped) {
    reply.answer.external = job.seen.mapped;
    socket.externals[job.seen.query.to] = *job.seen.mapped;
  } else {
    reply.error = assist_error::silent;
  }
  if (reply.error) reply.answer = {};
  answer(*asker, job.question, job.largest_answer, reply);
}

void AssistAgent::opened(const net::Opened& event) {
  if (event.socket == listening_socket) listening_ = event.local;
  if (event.socket == introduction_socket) reflectors_.opened(event.local);
  AssistAsker* asker = askers_.with_socket(event.socket);
  if (asker == nullptr) return;
  for (auto& [number, socket] : asker->sockets) {
    if (socket.id == event.socket) socket.local = event.local;
  }
}

void AssistAgent::not_opened(const net::OpenFailed& event) {
  if (event.socket == listening_socket || event.socket == introduction_socket) {
    failure_ = event.attempt;
    return;
  }
  AssistAsker* asker = askers_.with_socket(event.socket);
  if (asker == nullptr) return;
  for (auto& [number, socket] : asker->sockets) {
    if (socket.id == event.socket) socket.failed = true;
  }
  for (const Job& job : jobs_) {
    if (job.socket == event.socket) settle(job);
  }
  std::erase_if(jobs_, [&](const Job& job) { return job.socket == event.socket; });
}

void AssistAgent::forget(std::vector<AssistAsker> gone) {
  for (const AssistAsker& asker : gone) {
    for (const auto& [number, socket] : asker.sockets) {
      outputs_.emplace_back(net::Close{socket.id});
      std::erase_if(jobs_, [&, id = socket.id](const Job& job) { return job.socket == id; });
    }
  }
}

// ---- what leaves ---------------------------------------------------------------------------------------------------

void AssistAgent::send_due() {
  while (AssistReflectors::Introduction* due = reflectors_.due(now_)) {
    if (due->seen.requests == 0) due->id = next_id();
    send(introduction_socket, due->seen.query.to, write_request(due->seen.query, due->id, 0, std::nullopt));
    reflectors_.sent(*due, now_);
  }
  for (Job& job : jobs_) {
    if (job.next > now_) continue;
    if (job.seen.requests >= job_requests) {
      job.seen.outcome = Outcome::Silence;
      continue;
    }
    ++job.seen.requests;
    job.next = now_ + job_pace;
    send(job.socket, job.seen.query.to, write_request(job.seen.query, job.id, 0, std::nullopt));
  }
  for (const Job& job : jobs_) {
    if (job.seen.outcome == Outcome::Silence) settle(job);
  }
  std::erase_if(jobs_, [](const Job& job) { return job.seen.outcome == Outcome::Silence; });
}

void AssistAgent::answer(AssistAsker& asker, const stun::TransactionId& id, std::size_t at_most,
                         const AssistReply& reply) {
  net::Bytes bytes = write_assist_reply(reply, config_.key);
  if (bytes.size() > at_most) return;
  if (id != asker.greeting) asker.answers[id] = bytes;
  if (send(listening_socket, asker.source, std::move(bytes))) ++counts_.answered;
}

void AssistAgent::refuse(AssistAsker& asker, const Question& question, std::uint16_t error) {
  answer(asker, question.request.id, question.size,
         {.id = question.request.id, .nonce = {}, .error = error, .answer = {}});
}

bool AssistAgent::send(net::SocketId socket, const net::Endpoint& to, net::Bytes payload) {
  if (!within_limits()) return false;
  outputs_.emplace_back(net::Send{.socket = socket, .to = to, .payload = std::move(payload), .ttl = full_ttl});
  return true;
}

bool AssistAgent::within_limits() {
  if (now_ >= second_ + 1s) {
    second_ = now_;
    in_second_ = 0;
  }
  if (now_ >= minute_ + 1min) {
    minute_ = now_;
    in_minute_ = 0;
  }
  if (in_second_ >= most_assist_packets_a_second || in_minute_ >= most_assist_packets_a_minute) {
    ++counts_.over_limit;
    return false;
  }
  ++in_second_;
  ++in_minute_;
  return true;
}

stun::TransactionId AssistAgent::next_id() {
  const auto digest = stun::hmac_sha256(config_.secret, net::u64_bytes(drawn_++));
  stun::TransactionId id;
  const auto cookie = net::u32_bytes(stun::magic_cookie);
  std::copy(cookie.begin(), cookie.end(), id.bytes.begin());
  std::copy_n(digest.begin(), id.bytes.size() - cookie.size(), id.bytes.begin() + cookie.size());
  return id;
}

}  // namespace probe
