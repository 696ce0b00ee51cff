#include "lab/wire/wire.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "lab/ip_packet.h"
#include "lab/wire/system_call.h"

namespace lab {

namespace {

constexpr std::uint64_t wake_event = ~std::uint64_t{0};

// A sleeping thread takes tens of microseconds to wake, so after traffic we look again for a while before we sleep.
constexpr net::Duration attentive = std::chrono::microseconds(50);

net::TimePoint now() { return net::TimePoint(std::chrono::steady_clock::now().time_since_epoch()); }

void watch(int epoll, int fd, std::uint64_t what) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = what}};
  checked(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "watch a socket");
}

timespec as_timespec(net::Duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

}  // namespace

Wire::Wire(Network network)
    : network_(std::move(network)),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "make an epoll")),
      wake_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "make an eventfd")) {
  watch(epoll_.get(), wake_.get(), wake_event);
}

Wire::~Wire() {
  if (!thread_.joinable()) return;
  with_network([this](Network&) { stopping_ = true; });
  thread_.join();
}

void Wire::attach(NodeId interface, const LinkEnd& lab_end) {
  const auto [entry, added] = sockets_.try_emplace(interface.value, lab_end);
  watch(epoll_.get(), entry->second.fd(), interface.value);
}

void Wire::start() {
  thread_ = std::thread([this] { run(); });
}

void Wire::with_network(const std::function<void(Network&)>& action) {
  const std::lock_guard lock(mutex_);
  action(network_);
  ::eventfd_write(wake_.get(), 1);
}

void Wire::run() {
  std::array<epoll_event, 32> events{};
  while (true) {
    const auto ready = static_cast<std::size_t>(std::max(0, wait(events)));
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    const net::TimePoint at = now();
    deliver(at);  // what was due before, so that time never goes back
    for (const epoll_event& event : std::span(events).first(ready)) {
      eventfd_t ignored = 0;
      if (event.data.u64 == wake_event)
        ::eventfd_read(wake_.get(), &ignored);
      else
        take_in(NodeId{static_cast<std::uint32_t>(event.data.u64)}, at);
    }
    deliver(at);
    next_event_ = network_.next_event();
  }
}

// Sleeps until there is something to do, but not right after there was.
int Wire::wait(std::span<epoll_event> events) {
  const auto size = static_cast<int>(events.size());
  const auto give_up = now() + attentive;
  while (now() < std::min(give_up, next_event_.value_or(give_up))) {
    if (const int ready = ::epoll_wait(epoll_.get(), events.data(), size, 0); ready > 0) return ready;
  }
  const timespec timeout = as_timespec(std::max(net::Duration::zero(), next_event_.value_or(now()) - now()));
  return ::epoll_pwait2(epoll_.get(), events.data(), size, next_event_ ? &timeout : nullptr, nullptr);
}

void Wire::take_in(NodeId interface, net::TimePoint at) {
  for (const auto& [bytes, checksums] : buffers_.receive(sockets_.at(interface.value).fd()))
    if (auto packet = parse_ip(bytes, checksums)) network_.inject_by(interface, std::move(*packet), at);
}

void Wire::deliver(net::TimePoint at) {
  for (const Delivery& delivery : network_.advance(at)) {
    const auto found = sockets_.find(delivery.via.value);
    if (found == sockets_.end()) continue;
    PacketSocket& socket = found->second;
    if (!socket.queued()) leaving_.push_back(&socket);
    socket.queue(delivery.packet);
  }
  for (PacketSocket* socket : leaving_) socket->flush();
  leaving_.clear();
}

}  // namespace lab
