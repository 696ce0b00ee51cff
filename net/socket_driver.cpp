#include "net/socket_driver.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iterator>

#include "net/event_poll.h"
#include "net/route_watch.h"
#include "net/stop_signals.h"
#include "net/tcp_sockets.h"
#include "net/udp_sockets.h"

namespace net {
namespace {

// Sockets are polled under their names, which have 32 bits.
constexpr std::uint64_t wake_key = std::uint64_t{1} << 32;
constexpr std::uint64_t signal_key = wake_key + 1;
constexpr std::uint64_t route_key = wake_key + 2;
constexpr std::uint64_t first_watched_key = wake_key + 3;

// Takes the place of an agent that has ended.
class Silence : public Agent {
 public:
  void start(TimePoint) override {}
  void handle(TimePoint, const Input&) override {}
  void tick(TimePoint) override {}
  std::optional<TimePoint> next_deadline() const override { return std::nullopt; }
  std::vector<Output> take_outputs() override { return {}; }
  bool finished() const override { return false; }
};

bool is_send(const Output& output) { return std::holds_alternative<Send>(output); }

std::optional<TimePoint> earlier(std::optional<TimePoint> a, std::optional<TimePoint> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

}  // namespace

class SocketDriver::Loop {
 public:
  Loop();

  void start(Agent& agent);
  // Until the agent is finished, the moment has come, or `enough`.
  using Condition = bool (Loop::*)() const;
  void go_on(Agent& agent, std::optional<TimePoint> until, Condition enough,
             const std::function<void(TimePoint)>& after_each = {});
  void settle(Agent& agent);  // carries out all it has to say, tells it what comes of that, until it is silent
  void flush_streams();       // what was sent on streams is still to leave

  void lend(int descriptor, Reader reader) { udp_.lend(descriptor, reader == Reader::ThisDriver); }
  void wake() { ::eventfd_write(wake_.get(), 1); }
  void stop();
  void stop_on_signals();
  void watch_routes();
  [[nodiscard]] bool take_route_changes();
  [[nodiscard]] bool stopping() const { return signalled_ || stop_; }
  [[nodiscard]] bool never() const { return false; }
  [[nodiscard]] bool all_sent() const { return !tcp_.has_unsent(); }
  [[nodiscard]] bool signalled() const { return signalled_; }
  void forget_stop() { stop_ = false; }
  [[nodiscard]] const Counts& counts();
  [[nodiscard]] std::size_t unsent(SocketId stream) const { return tcp_.unsent(stream); }
  void end_at_next_signal();
  void watch(int descriptor, std::function<void()> readable);
  void unwatch(int descriptor) { poll_.remove(descriptor); }
  [[nodiscard]] InheritedSockets& inherited() { return inherited_; }

 private:
  void on_event(Agent& agent, const epoll_event& event);
  void receive(Agent& agent, SocketId socket);
  void tell(Agent& agent);
  [[nodiscard]] bool take_outputs(Agent& agent);
  void carry_out_all();
  void send_run(std::span<const Output> run);
  void carry_out(const Output& output);

  EventPoll poll_;
  InheritedSockets inherited_;
  UdpSockets udp_{poll_, inherited_};
  TcpSockets tcp_{poll_, inherited_};
  FileDescriptor wake_;
  std::optional<StopSignals> signals_;
  std::optional<RouteWatch> routes_;
  bool routes_changed_ = false;
  std::atomic<bool> stop_ = false;
  bool signalled_ = false;
  std::vector<std::function<void()>> watched_;

  std::vector<Output> outputs_;  // taken from the agent, not yet carried out
  std::vector<Input> inputs_;    // not yet told
  Input datagram_{Datagram{}};   // one for all, to keep its buffer
  Counts counts_;
};

SocketDriver::Loop::Loop() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  poll_.add(wake_.get(), wake_key, EPOLLIN);
}

void SocketDriver::Loop::start(Agent& agent) {
  udp_.close_all();
  tcp_.close_all();
  agent.start(EventPoll::now());
  settle(agent);
}

void SocketDriver::Loop::go_on(Agent& agent, std::optional<TimePoint> until, Condition enough,
                               const std::function<void(TimePoint)>& after_each) {
  while (!agent.finished() && !(this->*enough)() && (!until || EventPoll::now() < *until)) {
    const auto deadline = earlier(agent.next_deadline(), earlier(tcp_.next_deadline(), until));
    for (const epoll_event& event : poll_.wait(deadline)) on_event(agent, event);

    // What has arrived is told before the time is: an answer that is there has not timed out.
    const TimePoint now = EventPoll::now();
    tcp_.drop_lingering(now);
    if (const auto due = agent.next_deadline(); due && *due <= now && !agent.finished()) {
      agent.tick(now);
      settle(agent);
    }
    if (!after_each) continue;
    after_each(now);
    settle(agent);
  }
}

void SocketDriver::Loop::on_event(Agent& agent, const epoll_event& event) {
  if (event.data.u64 == wake_key) {
    eventfd_t count = 0;
    ::eventfd_read(wake_.get(), &count);
  } else if (event.data.u64 == signal_key) {
    poll_.remove(signals_->descriptor());
    signalled_ = true;
  } else if (event.data.u64 == route_key) {
    routes_changed_ = routes_->take_notices() || routes_changed_;
  } else if (event.data.u64 >= first_watched_key) {
    watched_.at(event.data.u64 - first_watched_key)();
    settle(agent);
  } else if (const SocketId socket{static_cast<std::uint32_t>(event.data.u64)}; udp_.is_open(socket)) {
    if ((event.events & EPOLLERR) != 0) udp_.take_errors(socket, inputs_);
    settle(agent);
    receive(agent, socket);
  } else {
    tcp_.on_event(socket, event.events, inputs_);
    settle(agent);
  }
}

// A batch in; the answers go out together too, unless the agent asks for anything besides sending.
void SocketDriver::Loop::receive(Agent& agent, SocketId socket) {
  const std::size_t n = udp_.receive(socket);
  auto& datagram = std::get<Datagram>(datagram_);
  datagram.socket = socket;
  counts_.received += n;
  for (std::size_t i = 0; i < n && !agent.finished() && udp_.is_open(socket); ++i) {
    udp_.read(i, datagram);
    agent.handle(EventPoll::now(), datagram_);
    if (const bool only_sends = take_outputs(agent); !only_sends) settle(agent);
  }
  settle(agent);
}

void SocketDriver::Loop::settle(Agent& agent) {
  do {
    tell(agent);
    (void)take_outputs(agent);
    carry_out_all();
  } while (!inputs_.empty());
}

void SocketDriver::Loop::tell(Agent& agent) {
  const std::vector<Input> inputs = std::exchange(inputs_, {});
  for (const Input& input : inputs) {
    if (agent.finished()) return;
    agent.handle(EventPoll::now(), input);
    (void)take_outputs(agent);
  }
}

// Whether all that was taken are datagrams to send.
bool SocketDriver::Loop::take_outputs(Agent& agent) {
  auto more = agent.take_outputs();
  const bool only_sends = std::all_of(more.begin(), more.end(), is_send);
  std::move(more.begin(), more.end(), std::back_inserter(outputs_));
  return only_sends;
}

void SocketDriver::Loop::carry_out_all() {
  const auto same_run = [](const Output& a, const Output& b) {
    const auto* first = std::get_if<Send>(&a);
    const auto* other = std::get_if<Send>(&b);
    return first && other && first->socket == other->socket && first->dont_fragment == other->dont_fragment &&
           !first->in_fragments && !other->in_fragments;
  };
  const std::span<const Output> all = outputs_;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t size = 1;
    while (size < batch_size && i + size < all.size() && same_run(all[i], all[i + size])) ++size;
    if (is_send(all[i])) {
      send_run(all.subspan(i, size));
    } else {
      carry_out(all[i]);
    }
    i += size;
  }
  outputs_.clear();
}

void SocketDriver::Loop::send_run(std::span<const Output> run) {
  if (!udp_.is_open(std::get<Send>(run.front()).socket)) {
    counts_.no_socket += run.size();
    return;
  }
  const std::size_t sent = udp_.send(run);
  counts_.sent += sent;
  counts_.send_failed += run.size() - sent;
}

void SocketDriver::Loop::carry_out(const Output& output) {
  std::visit(Overloaded{
                 [&](const OpenUdp& open) { inputs_.push_back(udp_.open(open)); },
                 [&](const Listen& listen) { tcp_.listen(listen, inputs_); },
                 [&](const Connect& connect) { tcp_.connect(connect, inputs_); },
                 [&](const SendStream& send) { tcp_.send(send, inputs_); },
                 [&](const Close& close) {
                   udp_.close(close.socket);
                   tcp_.close(close.socket, EventPoll::now());
                 },
                 [](const Send&) {},  // carried out in runs
             },
             output);
}

void SocketDriver::Loop::flush_streams() {
  Silence silence;
  go_on(silence, EventPoll::now() + max_linger, &Loop::all_sent);
}

void SocketDriver::Loop::stop() {
  stop_ = true;
  wake();
}

void SocketDriver::Loop::stop_on_signals() {
  if (signals_) return;
  signals_.emplace();
  poll_.add(signals_->descriptor(), signal_key, EPOLLIN);
}

void SocketDriver::Loop::watch_routes() {
  if (routes_) return;
  routes_.emplace();
  poll_.add(routes_->descriptor(), route_key, EPOLLIN);
}

// What has come since the loop last waited counts, too.
bool SocketDriver::Loop::take_route_changes() {
  const bool just_now = routes_ && routes_->take_notices();
  return std::exchange(routes_changed_, false) || just_now;
}

void SocketDriver::Loop::end_at_next_signal() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { std::_Exit(0); });
  signals_.reset();
}

void SocketDriver::Loop::watch(int descriptor, std::function<void()> readable) {
  poll_.add(descriptor, first_watched_key + watched_.size(), EPOLLIN);
  watched_.push_back(std::move(readable));
}

const SocketDriver::Counts& SocketDriver::Loop::counts() {
  counts_.refused_accepts = tcp_.refused_accepts();
  return counts_;
}

SocketDriver::SocketDriver() : loop_(std::make_unique<Loop>()) {}
SocketDriver::~SocketDriver() = default;

TimePoint SocketDriver::now() const { return EventPoll::now(); }

void SocketDriver::run(Agent& agent, const std::function<void(TimePoint)>& after_each) {
  loop_->start(agent);
  if (after_each) {  // that its sockets opened was a round of inputs, too
    after_each(EventPoll::now());
    loop_->settle(agent);
  }
  loop_->go_on(agent, std::nullopt, &Loop::stopping, after_each);
  loop_->flush_streams();
  loop_->forget_stop();
}

void SocketDriver::resume(Agent& agent) {
  loop_->go_on(agent, std::nullopt, &Loop::stopping);
  loop_->flush_streams();
  loop_->forget_stop();
}

void SocketDriver::drain(Agent& agent, Duration at_most) {
  loop_->settle(agent);
  loop_->go_on(agent, now() + at_most, &Loop::never);
  loop_->flush_streams();
}

void SocketDriver::lend(int descriptor, Reader reader) { loop_->lend(descriptor, reader); }
void SocketDriver::wake() { loop_->wake(); }
void SocketDriver::stop() { loop_->stop(); }
void SocketDriver::stop_on_signals() { loop_->stop_on_signals(); }
void SocketDriver::watch_routes() { loop_->watch_routes(); }
bool SocketDriver::take_route_changes() { return loop_->take_route_changes(); }
void SocketDriver::end_at_next_signal() { loop_->end_at_next_signal(); }
void SocketDriver::watch(int descriptor, std::function<void()> readable) {
  loop_->watch(descriptor, std::move(readable));
}
void SocketDriver::unwatch(int descriptor) { loop_->unwatch(descriptor); }
void SocketDriver::inherit(InheritedSockets sockets) { loop_->inherited() = std::move(sockets); }
const InheritedSockets& SocketDriver::inherited() const { return loop_->inherited(); }
bool SocketDriver::stopped_by_signal() const { return loop_->signalled(); }
const SocketDriver::Counts& SocketDriver::counts() const { return loop_->counts(); }
std::size_t SocketDriver::unsent(SocketId stream) const { return loop_->unsent(stream); }

}  // namespace net
