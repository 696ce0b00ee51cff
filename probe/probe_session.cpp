#include "probe/probe_session.h"

#include <algorithm>

#include "gateway/codec.h"
#include "probe/assist_message.h"
#include "probe/log_reading.h"
#include "probe/request.h"
#include "probe/response.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration least_rto = 100ms;
constexpr net::Duration most_rto = 500ms;
constexpr unsigned last_wait = 8;  // RTOs after the last request

// RFC 6886 section 3.1 begins with 250 ms; SSDP answers come within the second its search names (MX).
constexpr stun::RetransmissionSchedule gateway_schedule = {.initial_rto = 250ms, .last_wait = 6, .doubling = false};

// It answers when a reflector has answered it, which may take it several requests.
constexpr stun::RetransmissionSchedule assist_schedule = {.initial_rto = 250ms, .last_wait = 6, .doubling = false};

std::vector<net::Endpoint> endpoints(const std::vector<GivenReflector>& reflectors) {
  std::vector<net::Endpoint> out(reflectors.size());
  std::transform(reflectors.begin(), reflectors.end(), out.begin(),
                 [](const GivenReflector& reflector) { return reflector.endpoint; });
  return out;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A single shot has no deadline of its own: its discovery says how long to wait.
bool retransmitted(const Observation& seen) {
  return !settled(seen) && (seen.query.most_requests > 1 || seen.query.delay);
}

// From a copy: the run's other choices stay what they are for a seed.
gateway::pcp::Nonce make_pcp_nonce(net::Random random) {
  gateway::pcp::Nonce out;
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random.next());
  return out;
}

bool unreachable(const Observation& seen) { return seen.icmp && !seen.icmp->time_exceeded(seen.query.to.family()); }

}  // namespace

ProbeConfig behavior_only(std::vector<GivenReflector> reflectors) {
  ProbeConfig config{.reflectors = std::move(reflectors)};
  config.only = {std::string(names::mapping), std::string(names::filtering)};
  return config;
}

ProbeSession::ProbeSession(ProbeConfig config, net::Random random)
    : config_(std::move(config)),
      random_(random),
      run_nonce_(random_.next()),
      pcp_nonce_(make_pcp_nonce(random_)),
      given_(endpoints(config_.reflectors)) {
  for (const Discovery& discovery : catalog()) {
    if (enabled(discovery)) discoveries_.push_back(discovery.name);
  }
}

// ---- asks ----------------------------------------------------------------------------------------------------------

void ProbeSession::ask_discoveries() {
  Step all;
  do {
    all = {.finished = true};
    for (const Discovery& discovery : catalog()) {
      if (!enabled(discovery) || finished_discoveries_.contains(discovery.name)) continue;
      const Step step = next_of(discovery);
      for (const Query& query : step.ask) ask(query);
      if (step.finished && step.ask.empty() && !winding_down_until_) finished_discoveries_.insert(discovery.name);
      all = side_by_side(std::move(all), step);
    }
  } while (!all.ask.empty());
  look_again_ = all.look_again;
  changed_ = false;
  if (all.finished) finish();
}

Step ProbeSession::next_of(const Discovery& discovery) const {
  if (!winding_down_until_) return discovery.next(run_so_far());
  return discovery.undo != nullptr ? discovery.undo(run_so_far()) : Step{.finished = true};
}

// Security: whatever a discovery wants, a gateway question goes to our own gateway, or to its link's SSDP group, and
// one for an assistant to that.
std::string ProbeSession::why_not_allowed(const Query& query) const {
  if (query.assist) {
    return config_.assistant && query.to == config_.assistant->endpoint ? "" : "not the given assistant";
  }
  if (!query.gateway) return {};
  if (!config_.gateway) return "no gateway is known";
  const bool search = query.gateway->act == gateway::Act::UpnpSearch && query.to == gateway::ssdp_group();
  return query.to.address == *config_.gateway || search ? "" : "not our gateway";
}

void ProbeSession::ask(const Query& query) {
  const auto id = stun::TransactionId::random(random_);
  by_id_[id] = log_.size();
  exchanges_.push_back({.request = request_bytes(query, id),
                        .transaction = stun::ClientTransaction(id, schedule(query), began_ + elapsed_)});
  log_.push_back({.query = query, .sent_at = elapsed_});
  if (config_.nat64 && config_.nat64->ipv4_in(query.to.address)) log_.back().nat64 = config_.nat64;
  if (const std::string why = why_not_allowed(query); !why.empty()) {
    add_note(log_.back(), why);
    return settle(log_.back(), Outcome::NotSent);
  }
  if (!affordable(query)) {
    add_note(log_.back(), "the traffic budget of the run is used up");
    return settle(log_.back(), Outcome::NotSent);
  }
  flows_.emplace(query.socket, query.to);
  if (!sockets_.contains(query.socket)) open(query);
  const Socket& socket = sockets_[query.socket];
  log_.back().local = socket.local;
  if (!socket.failure.empty()) return failed(query.socket, Outcome::NotSent, socket.failure);
  if (exchanges_.back().transaction.take_due(began_ + elapsed_)) send(log_.size() - 1);
}

net::Bytes ProbeSession::request_bytes(const Query& query, const stun::TransactionId& id) const {
  if (query.gateway) return gateway::write_request(*query.gateway, query.to, pcp_nonce_);
  if (query.assist && config_.assistant) {
    return write_assist_request({.id = id, .nonce = assist_nonce_, .question = *query.assist}, query.to.family(),
                                config_.assistant->key);
  }
  return write_request(query, id, run_nonce_, token_for(log_, query.to.address));
}

void ProbeSession::open(const Query& query) {
  const net::SocketId socket{query.socket};
  const net::Endpoint any{net::IpAddress::any(query.to.family()), 0};
  net::Endpoint local = query.bound_to.value_or(config_.bind.value_or(any));
  if (local.port != 0 && !query.bound_to)
    local.port = static_cast<std::uint16_t>(local.port + port_offset(query.socket));
  Socket& entry = sockets_[query.socket];
  if (query.transport == Transport::Tcp) {
    if (!query.gateway) entry.stream.emplace();
    net::Connect connect{.connection = socket, .to = query.to, .interface = config_.interface};
    if (query.gateway) local.port = 0;  // many connections, one after the other
    if (config_.bind) connect.local = local;
    outputs_.emplace_back(connect);
  } else {
    outputs_.emplace_back(net::OpenUdp{.socket = socket,
                                       .local = local,
                                       .towards = query.to,
                                       .interface = config_.interface,
                                       .own_fragments = query.in_fragments.has_value()});
  }
}

void ProbeSession::send_due() {
  const net::TimePoint now = began_ + elapsed_;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    if (!retransmitted(log_[i])) continue;
    stun::ClientTransaction& transaction = exchanges_[i].transaction;
    if (transaction.take_due(now)) send(i);
    if (transaction.timed_out(now)) give_up(i);
  }
}

void ProbeSession::settle(Observation& seen, Outcome outcome) {
  seen.outcome = outcome;
  seen.waited_until = elapsed_;
  changed_ = true;
}

void ProbeSession::give_up(std::size_t index) {
  settle(log_[index], unreachable(log_[index]) ? Outcome::Unreachable : Outcome::Silence);
}

void ProbeSession::send(std::size_t index) {
  const Query& query = log_[index].query;
  ++log_[index].requests;
  ++packets_;
  if (query.transport == Transport::Tcp) return;  // goes out once connected
  outputs_.emplace_back(net::Send{.socket = net::SocketId{query.socket},
                                  .to = query.to,
                                  .payload = exchanges_[index].request,
                                  .ttl = query.ttl,
                                  .dont_fragment = query.dont_fragment,
                                  .in_fragments = query.in_fragments});
}

void ProbeSession::send_over_stream(std::uint32_t socket) {
  for (std::size_t i = 0; i < log_.size(); ++i) {
    if (log_[i].query.socket != socket || settled(log_[i])) continue;
    outputs_.emplace_back(net::SendStream{net::SocketId{socket}, exchanges_[i].request});
  }
}

// What is still awaited is given up; what must be undone is asked for, outside any budget.
void ProbeSession::wind_down(net::Duration at_most) {
  if (winding_down_until_) return finish();
  winding_down_until_ = elapsed_ + at_most;
  finished_discoveries_.clear();  // what they made is still to be undone
  for (std::size_t i = 0; i < log_.size(); ++i) {
    const auto& gateway = log_[i].query.gateway;
    if (!settled(log_[i]) && !(gateway && unmaps(gateway->act))) give_up(i);
  }
  ask_discoveries();
}

void ProbeSession::finish() {
  if (finished_) return;
  finished_ = true;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    if (!settled(log_[i])) give_up(i);
  }
  for (const auto& [number, socket] : sockets_) outputs_.emplace_back(net::Close{net::SocketId{number}});
}

// ---- says ----------------------------------------------------------------------------------------------------------

std::optional<net::TimePoint> ProbeSession::next_deadline() const {
  if (finished_) return std::nullopt;
  net::TimePoint next = began_ + ends_at();
  if (look_again_) next = std::min(next, began_ + *look_again_);
  for (std::size_t i = 0; i < log_.size(); ++i) {
    if (retransmitted(log_[i])) next = std::min(next, exchanges_[i].transaction.next_deadline());
  }
  return next;
}

std::vector<net::Output> ProbeSession::take_outputs() { return std::exchange(outputs_, {}); }

RunSoFar ProbeSession::run_so_far() const {
  return {.log = log_,
          .elapsed = elapsed_,
          .given = given_,
          .timeout = config_.timeout,
          .follow_other_address = config_.follow_other_address,
          .full = config_.full,
          .gateway = config_.gateway,
          .own_addresses = config_.own_addresses,
          .assistant = config_.assistant ? std::optional(config_.assistant->endpoint) : std::nullopt,
          .discoveries = discoveries_};
}

stun::RetransmissionSchedule ProbeSession::schedule(const Query& query) const {
  if (query.gateway) {
    stun::RetransmissionSchedule out = gateway_schedule;
    out.most_requests = query.most_requests;
    return out;
  }
  if (query.assist) {
    stun::RetransmissionSchedule out = assist_schedule;
    out.most_requests = query.most_requests;
    return out;
  }
  const net::Duration round_trip = slowest_round_trip(log_);
  const net::Duration rto =
      round_trip > 0ns ? std::clamp(2 * round_trip, least_rto, most_rto) : first_rto(config_.timeout);
  const unsigned delayed = query.delay ? static_cast<unsigned>(*query.delay / rto) : 0;
  return {
      .initial_rto = rto, .most_requests = query.most_requests, .last_wait = last_wait + delayed, .doubling = false};
}

bool ProbeSession::over_budget() const {
  return elapsed_ >= ends_at() || (!winding_down_until_ && packets_ >= config_.budget.packets);
}

net::Duration ProbeSession::ends_at() const {
  return winding_down_until_.value_or(config_.timeout + config_.after_timeout);
}

bool ProbeSession::affordable(const Query& query) const {
  return winding_down_until_ || flows_.size() < config_.budget.flows || flows_.contains({query.socket, query.to});
}

bool ProbeSession::enabled(const Discovery& discovery) const {
  if (discovery.when == When::Always) return true;
  if (contains(config_.skip, discovery.name)) return false;
  if (!config_.only.empty()) return contains(config_.only, discovery.name);
  return discovery.when == When::Default || config_.full;
}

Traffic ProbeSession::traffic() const { return {.packets = packets_, .flows = static_cast<unsigned>(flows_.size())}; }

std::optional<std::size_t> ProbeSession::question_of(net::BytesView message) const {
  const auto decoded = stun::Message::decode(message);
  const auto found = decoded ? by_id_.find(decoded->id()) : by_id_.end();
  return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

Report ProbeSession::report() const {
  Report report{.verdict = classify(log_),
                .observations = log_,
                .interface = config_.interface,
                .traffic = traffic(),
                .budget = config_.budget,
                .strays = strays_,
                .duration = elapsed_};
  std::vector<std::string> given(config_.reflectors.size());
  std::transform(config_.reflectors.begin(), config_.reflectors.end(), given.begin(),
                 [](const GivenReflector& reflector) { return reflector.given; });
  report.reflectors = reflectors_seen(log_, given);
  const auto first =
      std::find_if(log_.begin(), log_.end(), [](const Observation& seen) { return answered(seen) && seen.mapped; });
  if (first != log_.end()) {
    report.local = first->local;
    report.external = first->mapped;
  }
  return report;
}

std::size_t ProbeSession::IdHash::operator()(const stun::TransactionId& id) const noexcept {
  return static_cast<std::size_t>(net::get_u64(net::BytesView(id.bytes).subspan(8)));
}

}  // namespace probe
