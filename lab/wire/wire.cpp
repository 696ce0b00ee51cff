#include "lab/wire/wire.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <chrono>

#include "lab/ip_packet.h"
#include "lab/wire/system_call.h"

namespace lab {

namespace {

constexpr std::uint64_t wake_event = ~std::uint64_t{0};
// Of one interface before the others have their turn.
constexpr int batch = 64;

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

void Wire::attach(HostId host, const LinkEnd& lab_end) {
  const auto [entry, added] = sockets_.try_emplace(host.value, lab_end);
  watch(epoll_.get(), entry->second.fd(), host.value);
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
  std::optional<net::Duration> wait;
  while (true) {
    const timespec timeout = as_timespec(wait.value_or(net::Duration::zero()));
    const int ready = ::epoll_pwait2(epoll_.get(), events.data(), events.size(), wait ? &timeout : nullptr, nullptr);
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    for (int i = 0; i < ready; ++i) {
      const auto what = events[static_cast<std::size_t>(i)].data.u64;
      eventfd_t ignored = 0;
      if (what == wake_event)
        ::eventfd_read(wake_.get(), &ignored);
      else
        take_in(HostId{static_cast<std::uint32_t>(what)}, now());
    }
    deliver();
    wait = until_next_event();
  }
}

void Wire::take_in(HostId host, net::TimePoint at) {
  const PacketSocket& socket = sockets_.at(host.value);
  for (int i = 0; i < batch; ++i) {
    const auto bytes = socket.receive();
    if (!bytes) return;
    if (auto packet = parse_ip(*bytes)) network_.inject(host, std::move(*packet), at);
  }
}

void Wire::deliver() {
  for (const Delivery& delivery : network_.advance(now())) {
    const auto socket = sockets_.find(delivery.host.value);
    if (socket != sockets_.end()) socket->second.send(to_ip(delivery.packet));
  }
}

std::optional<net::Duration> Wire::until_next_event() {
  const auto next = network_.next_event();
  if (!next) return std::nullopt;
  return std::max(net::Duration::zero(), *next - now());
}

}  // namespace lab
