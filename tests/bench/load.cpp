#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "lab/wire/system_call.h"

namespace bench {

namespace {

using namespace std::chrono_literals;
using lab::checked;
using Clock = std::chrono::steady_clock;

constexpr std::size_t batch = 32;
constexpr std::uint16_t port = 9000;
constexpr double acceptable_loss = 0.001;
constexpr int queue_bytes = 32 << 20;

struct Datagram {
  std::uint64_t number = 0;
  std::int64_t sent_at = 0;  // CLOCK_REALTIME, which the receiving kernel stamps with
  std::array<std::uint8_t, payload_size - 16> filling{};

  friend bool operator==(const Datagram&, const Datagram&) = default;
};
static_assert(sizeof(Datagram) == payload_size);

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000LL + time.tv_nsec; }

std::int64_t real_time() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return nanoseconds(time);
}

Datagram make_datagram(std::uint64_t number, std::int64_t sent_at) {
  Datagram out{.number = number, .sent_at = sent_at};
  out.filling.fill(static_cast<std::uint8_t>(number));
  return out;
}

sockaddr_in system_address(const lab::Station& station) {
  sockaddr_in out{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
  std::memcpy(&out.sin_addr, station.addresses.front().bytes().data(), sizeof out.sin_addr);
  return out;
}

net::FileDescriptor udp_socket(const lab::Station& station) {
  net::FileDescriptor out;
  station.where.run([&] {
    out =
        net::FileDescriptor(checked(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open a socket"));
    const auto local = system_address(station);
    checked(::bind(out.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local), "bind");
  });
  for (const int option : {SO_RCVBUFFORCE, SO_SNDBUFFORCE})
    ::setsockopt(out.get(), SOL_SOCKET, option, &queue_bytes, sizeof queue_bytes);  // where we may not: as it is
  return out;
}

// When the kernel got it.
std::int64_t arrival(msghdr& header) {
  const cmsghdr* item = CMSG_FIRSTHDR(&header);
  timespec time{};
  if (item != nullptr && item->cmsg_type == SO_TIMESTAMPNS) std::memcpy(&time, CMSG_DATA(item), sizeof time);
  return nanoseconds(time);
}

}  // namespace

bool Trial::carried() const { return wrong == 0 && loss() < acceptable_loss && rate > 0.97 * offered; }

double Trial::percentile(double share) const {
  if (microseconds.empty()) return 0;
  return microseconds[static_cast<std::size_t>(share * static_cast<double>(microseconds.size() - 1))];
}

Load::Load(const lab::Station& from, const lab::Station& to) : sender_(udp_socket(from)), receiver_(udp_socket(to)) {
  const auto remote = system_address(to);
  checked(::connect(sender_.get(), reinterpret_cast<const sockaddr*>(&remote), sizeof remote), "connect");
  const int yes = 1;
  checked(::setsockopt(receiver_.get(), SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes), "ask for time stamps");
}

Trial Load::run(double rate, net::Duration length) {
  Trial trial{.offered = rate};
  trial.microseconds.reserve(static_cast<std::size_t>(rate * net::to_seconds(length) * 1.1));
  const auto start = Clock::now();
  net::Duration passed{};
  while (passed < length) {
    const auto due = static_cast<std::uint64_t>(rate * net::to_seconds(passed));
    const auto count = std::min<std::uint64_t>(due - std::min(due, trial.sent), batch);
    send(count);
    trial.sent += count;
    receive(trial);
    passed = Clock::now() - start;
  }
  for (auto quiet_since = Clock::now(); Clock::now() - quiet_since < 100ms && trial.received < trial.sent;) {
    const auto before = trial.received;
    receive(trial);
    if (trial.received != before) quiet_since = Clock::now();
  }
  trial.rate = static_cast<double>(trial.received) / net::to_seconds(passed);
  std::ranges::sort(trial.microseconds);
  return trial;
}

void Load::send(std::uint64_t count) {
  std::array<Datagram, batch> datagrams;
  std::array<iovec, batch> data{};
  std::array<mmsghdr, batch> messages{};
  for (std::size_t i = 0; i < count; ++i) {
    datagrams[i] = make_datagram(next_++, real_time());
    data[i] = {.iov_base = &datagrams[i], .iov_len = sizeof(Datagram)};
    messages[i].msg_hdr.msg_iov = &data[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  if (count > 0) ::sendmmsg(sender_.get(), messages.data(), static_cast<unsigned>(count), 0);
}

void Load::receive(Trial& trial) {
  struct Slot {
    Datagram datagram;
    iovec data;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control;
  };
  std::array<Slot, batch> slots;
  std::array<mmsghdr, batch> messages{};
  for (std::size_t i = 0; i < batch; ++i) {
    slots[i].data = {.iov_base = &slots[i].datagram, .iov_len = sizeof(Datagram)};
    messages[i].msg_hdr = {.msg_iov = &slots[i].data,
                           .msg_iovlen = 1,
                           .msg_control = slots[i].control.data(),
                           .msg_controllen = slots[i].control.size()};
  }
  const int count = ::recvmmsg(receiver_.get(), messages.data(), batch, 0, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Datagram& got = slots[at].datagram;
    const bool right = messages[at].msg_len == sizeof(Datagram) && got.number > last_ && got.number < next_ &&
                       got == make_datagram(got.number, got.sent_at);
    if (!right) {
      ++trial.wrong;
      continue;
    }
    last_ = got.number;
    ++trial.received;
    trial.microseconds.push_back(static_cast<double>(arrival(messages[at].msg_hdr) - got.sent_at) / 1000);
  }
}

}  // namespace bench
