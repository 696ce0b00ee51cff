#include "tests/bench/stun_load.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "lab/wire/system_call.h"
#include "net/socket_address.h"
#include "stun/address_attributes.h"

namespace bench {

namespace {

using namespace std::chrono_literals;
using lab::checked;

constexpr std::size_t batch_size = 64;
constexpr net::Duration patience = 100ms;
constexpr int queue_bytes = 1 << 20;

net::TimePoint now() { return net::TimePoint(std::chrono::steady_clock::now().time_since_epoch()); }

void allow_descriptors(std::size_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, count + 100));
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Where packets come from many addresses, the socket has none of its own.
net::FileDescriptor client_socket(const net::IpAddress& address) {
  net::FileDescriptor out(
      checked(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open a client's socket"));
  const int yes = 1;
  ::setsockopt(out.get(), SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
  ::setsockopt(out.get(), SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof queue_bytes);
  net::SystemAddress local;
  const socklen_t size = net::to_system({address, 0}, local);
  checked(::bind(out.get(), &local.any, size), "bind a client's socket");
  return out;
}

// A bare Binding request, or one with a CHANGE-REQUEST behind.
struct Request {
  std::array<std::uint8_t, 28> bytes{0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
  std::size_t size = 20;

  Request(std::uint64_t number, std::uint32_t change) {
    const auto id = net::u64_bytes(number);
    std::copy(id.begin(), id.end(), bytes.begin() + 12);
    if (change == 0) return;
    size = 28;
    bytes[3] = 8;
    bytes[21] = 3;
    bytes[23] = 4;
    bytes[27] = static_cast<std::uint8_t>(change);
  }
};

net::Duration stamp(msghdr& header) {
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SO_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(item), sizeof time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
  return {};
}

}  // namespace

// Buffers for datagrams one way or the other; and when the first and the last reply came.
struct StunLoad::Batch {
  struct Slot {
    std::array<std::uint8_t, 256> bytes;
    net::SystemAddress address;
    iovec data;
    alignas(cmsghdr) std::array<char, 64> control;
  };
  std::array<Slot, batch_size> slots{};
  std::array<mmsghdr, batch_size> messages{};
  net::Duration first = net::Duration::max();
  net::Duration last = net::Duration::min();

  void put(std::size_t i, const Request& request, const net::Endpoint& to) {
    Slot& slot = slots[i];
    std::copy(request.bytes.begin(), request.bytes.end(), slot.bytes.begin());
    slot.data = {.iov_base = slot.bytes.data(), .iov_len = request.size};
    messages[i].msg_hdr = {.msg_name = &slot.address,
                           .msg_namelen = net::to_system(to, slot.address),
                           .msg_iov = &slot.data,
                           .msg_iovlen = 1};
  }
  void from(std::size_t i, const net::IpAddress& source) {  // in place of the socket's own address
    Slot& slot = slots[i];
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.bytes().data(), sizeof info.ipi_spec_dst);
    msghdr& header = messages[i].msg_hdr;
    header.msg_control = slot.control.data();
    header.msg_controllen = CMSG_SPACE(sizeof info);
    cmsghdr* item = CMSG_FIRSTHDR(&header);
    item->cmsg_level = IPPROTO_IP;
    item->cmsg_type = IP_PKTINFO;
    item->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(item), &info, sizeof info);
  }
  void make_room(std::size_t i) {
    Slot& slot = slots[i];
    slot.data = {.iov_base = slot.bytes.data(), .iov_len = slot.bytes.size()};
    messages[i].msg_hdr = {.msg_name = &slot.address,
                           .msg_namelen = sizeof slot.address,
                           .msg_iov = &slot.data,
                           .msg_iovlen = 1,
                           .msg_control = slot.control.data(),
                           .msg_controllen = slot.control.size()};
  }
};

StunLoad::StunLoad(const StunLoadPlan& plan) : plan_(plan), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  allow_descriptors(plan.ports);
  for (unsigned i = 0; i < plan.ports; ++i) {
    Client& client = clients_.emplace_back();
    client.socket = client_socket(plan.addresses == 1 ? plan.client : net::IpAddress());
    client.port = net::local_endpoint(client.socket.get()).port;
    client.questions.resize(plan.outstanding);
    epoll_event event{.events = EPOLLIN, .data = {.u32 = i}};
    checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.socket.get(), &event), "watch a client's socket");
  }
}

net::IpAddress StunLoad::address_of(std::uint64_t number) const {
  const auto offset = static_cast<std::uint32_t>(number % plan_.addresses);
  return net::IpAddress::v4(net::u32_bytes(net::get_u32(plan_.client.bytes()) + offset));
}

// Anew in these of its questions.
void StunLoad::ask(Client& client, std::size_t first, std::size_t count, Batch& batch) {
  for (std::size_t i = 0; i < count; ++i) {
    Question& question = client.questions[first + i];
    question = {next_number_++, now()};
    batch.put(i, Request(question.number, plan_.change), plan_.server);
    if (plan_.addresses > 1) batch.from(i, address_of(question.number));
  }
  for (std::size_t sent = 0; sent < count;) {
    const int n =
        ::sendmmsg(client.socket.get(), &batch.messages[sent], static_cast<unsigned>(count - sent), MSG_DONTWAIT);
    if (n <= 0) return;  // they count as lost
    sent += static_cast<std::size_t>(n);
  }
}

// Which question of the client's a reply belongs to; and whether it is what it must be.
bool StunLoad::right(const Client& client, std::size_t index, net::BytesView reply, const net::Endpoint& from) const {
  if (from != plan_.replies_from || reply.size() < 32 || reply[0] != 1 || reply[1] != 1) return false;
  const auto message = stun::Message::decode(reply);
  const auto mapped = message ? message->get<stun::XorMappedAddress>() : net::Unexpected(stun::AttributeError::Absent);
  return mapped && mapped->endpoint == net::Endpoint{address_of(client.questions[index].number), client.port};
}

std::size_t StunLoad::take_replies(Client& client, Batch& batch) {
  const std::size_t most = std::min(client.questions.size(), batch_size);
  for (std::size_t i = 0; i < most; ++i) batch.make_room(i);
  const auto room = static_cast<unsigned>(most);
  const int count = ::recvmmsg(client.socket.get(), batch.messages.data(), room, MSG_DONTWAIT, nullptr);
  std::size_t answered = 0;
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const net::BytesView reply(batch.slots[at].bytes.data(), batch.messages[at].msg_len);
    const std::uint64_t number = reply.size() < 20 ? 0 : net::get_u64(reply.subspan(12));
    const auto question = std::ranges::find_if(client.questions, [&](const Question& q) { return q.number == number; });
    if (number == 0 || question == client.questions.end()) continue;  // late: it counts as lost
    const auto index = static_cast<std::size_t>(question - client.questions.begin());
    ++(right(client, index, reply, net::from_system(&batch.slots[at].address.any)) ? result_.replies : result_.wrong);
    question->number = 0;
    ++answered;
    const net::Duration came = stamp(batch.messages[at].msg_hdr);
    batch.first = std::min(batch.first, came);
    batch.last = std::max(batch.last, came);
  }
  return answered;
}

void StunLoad::ask_again_what_is_lost(Batch& batch) {
  const net::TimePoint long_ago = now() - patience;
  for (Client& client : clients_) {
    for (std::size_t i = 0; i < client.questions.size(); ++i) {
      if (client.questions[i].number == 0 || client.questions[i].at > long_ago) continue;
      ++result_.lost;
      ask(client, i, 1, batch);
    }
  }
}

StunLoadResult StunLoad::run(net::Duration length) {
  result_ = {};
  Batch batch;
  for (Client& client : clients_) ask(client, 0, client.questions.size(), batch);
  const net::TimePoint start = now();
  net::TimePoint looked = start;
  while (now() - start < length) {
    std::array<epoll_event, batch_size> ready{};
    const int count = ::epoll_wait(epoll_.get(), ready.data(), batch_size, 10);
    for (int i = 0; i < count; ++i) {
      Client& client = clients_[ready[static_cast<std::size_t>(i)].data.u32];
      if (take_replies(client, batch) == 0) continue;
      for (std::size_t q = 0; q < client.questions.size(); ++q) {
        if (client.questions[q].number != 0) continue;
        std::size_t run = 1;
        while (q + run < client.questions.size() && client.questions[q + run].number == 0) ++run;
        ask(client, q, run, batch);
        q += run;
      }
    }
    if (now() - looked < patience) continue;
    looked = now();
    ask_again_what_is_lost(batch);
  }
  result_.seconds = net::to_seconds(now() - start);
  return result_;
}

void StunLoad::preload(unsigned requests) {
  result_ = {};
  Batch batch;
  for (Client& client : clients_) {
    client.questions.assign(requests, {});
    for (std::size_t first = 0; first < requests; first += batch_size) {
      ask(client, first, std::min<std::size_t>(batch_size, requests - first), batch);
    }
  }
}

StunLoad::Drained StunLoad::drain() {
  Batch batch;
  std::size_t asked = 0;
  for (const Client& client : clients_) asked += client.questions.size();
  const net::TimePoint start = now();
  for (std::size_t answered = 0; answered < asked && now() - start < 1s;) {
    ::usleep(20'000);  // not looking: the server is to have the machine
    for (Client& client : clients_) {
      for (std::size_t got = 1; got > 0; answered += got) got = take_replies(client, batch);
    }
  }
  result_.lost = asked - result_.replies - result_.wrong;
  return {result_, batch.first, batch.last};
}

}  // namespace bench
