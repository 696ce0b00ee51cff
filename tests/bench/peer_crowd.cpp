#include "tests/bench/peer_crowd.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "net/cannot_work.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using namespace traversal;

constexpr net::Duration repeat_after = 250ms;
constexpr net::Duration refresh_after = 2500ms;
constexpr int receive_buffer = 64 << 20;

constexpr std::uint32_t first_address = (127U << 24U) | (64U << 16U);  // 127.64.0.0

sockaddr_in socket_address(std::uint32_t address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(address);
  out.sin_port = htons(port);
  return out;
}

net::Endpoint endpoint_of(std::size_t peer) {
  const auto address = net::u32_bytes(first_address + static_cast<std::uint32_t>(peer));
  return {net::IpAddress::v4({address[0], address[1], address[2], address[3]}), 40'000};
}

int check(int result, const char* attempt) {
  if (result < 0) throw net::CannotWork(fmt::format("{}: {}", attempt, std::strerror(errno)));
  return result;
}

}  // namespace

PeerCrowd::PeerCrowd(const net::Endpoint& rendezvous, std::size_t peers, const std::string& token)
    : rendezvous_(rendezvous),
      key_(signal_key(token)),
      socket_(check(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "open a socket")),
      peers_(peers + 1) {
  const int on = 1;
  check(::setsockopt(socket_.get(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on), "ask for packet information");
  if (::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) != 0) {
    (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const sockaddr_in any = socket_address(INADDR_ANY, 0);
  check(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any), "bind");
  for (Peer& peer : peers_) random_.fill(peer.session);
}

std::string PeerCrowd::name_of(std::size_t peer) { return fmt::format("p{}", peer); }

net::TimePoint PeerCrowd::now() { return net::TimePoint(std::chrono::steady_clock::now().time_since_epoch()); }

std::vector<net::Duration> PeerCrowd::register_all(unsigned a_second) {
  const net::TimePoint start = now();
  const std::size_t all = peers_.size() - 1;
  std::size_t begun = 0;
  while (registration_times_.size() < all) {
    const auto due = static_cast<std::size_t>(net::to_seconds(now() - start) * a_second);
    for (; begun < std::min(all, due); ++begun) {
      const Register signal{name_of(begun), peers_[begun].session, *net::parse_short("EIM/EIF"), endpoint_of(begun)};
      request(begun, signal, now());
    }
    receive(1ms);
    do_what_is_due();
    if (now() - start > 120s) throw net::CannotWork("not all peers could register in two minutes");
  }
  return registration_times_;
}

void PeerCrowd::ask(const Signal& signal, TakeAnswer take, net::Duration delay) {
  delayed_.emplace(now() + delay, std::pair(signal, std::move(take)));
}

void PeerCrowd::run_for(net::Duration time) {
  for (const net::TimePoint end = now() + time; now() < end;) {
    receive(1ms);
    do_what_is_due();
  }
}

void PeerCrowd::request(std::size_t peer, const Signal& signal, net::TimePoint first_sent, TakeAnswer take) {
  const auto id = stun::TransactionId::random(random_);
  Pending pending{peer,       signal, encode_request(id, signal, peers_[peer].nonce, key_),
                  first_sent, now(),  std::move(take)};
  send(peer, pending.datagram);
  repeats_.emplace_back(pending.sent + repeat_after, id);
  pending_.emplace(id, std::move(pending));
}

void PeerCrowd::send(std::size_t peer, const net::Bytes& datagram) {
  sockaddr_in to = socket_address(net::get_u32(rendezvous_.address.bytes()), rendezvous_.port);
  iovec part{const_cast<std::uint8_t*>(datagram.data()), datagram.size()};
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> control{};
  msghdr message{&to, sizeof to, &part, 1, control.data(), control.size(), 0};
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = IPPROTO_IP;
  header->cmsg_type = IP_PKTINFO;
  header->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
  in_pktinfo info{};
  info.ipi_spec_dst.s_addr = htonl(first_address + static_cast<std::uint32_t>(peer));
  std::memcpy(CMSG_DATA(header), &info, sizeof info);
  (void)::sendmsg(socket_.get(), &message, 0);  // what is lost is repeated
}

void PeerCrowd::receive(net::Duration wait) {
  pollfd readable{socket_.get(), POLLIN, 0};
  if (::poll(&readable, 1, static_cast<int>(wait / 1ms)) <= 0) return;
  for (int i = 0; i < 256; ++i) {
    std::array<std::uint8_t, 2048> buffer{};
    alignas(cmsghdr) std::array<std::uint8_t, 256> control{};
    iovec part{buffer.data(), buffer.size()};
    msghdr message{nullptr, 0, &part, 1, control.data(), control.size(), 0};
    const auto size = ::recvmsg(socket_.get(), &message, 0);
    if (size <= 0) return;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
      if (header->cmsg_type != IP_PKTINFO) continue;
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(header), sizeof info);
      const std::size_t peer = ntohl(info.ipi_addr.s_addr) - first_address;
      const auto decoded = decode_signal(net::BytesView(buffer.data(), static_cast<std::size_t>(size)), key_);
      if (peer < peers_.size() && decoded) take(peer, *decoded);
    }
  }
}

void PeerCrowd::take(std::size_t peer, const SignalMessage& message) {
  if (message.message_class == stun::MessageClass::Request) return obey(peer, message);
  const auto found = pending_.find(message.id);
  if (found == pending_.end()) return;
  Pending pending = std::move(found->second);
  pending_.erase(found);
  take_answer(std::move(pending), message);
}

void PeerCrowd::take_answer(Pending pending, const SignalMessage& message) {
  Peer& peer = peers_[pending.peer];
  if (!message.content && message.content.error().code == StaleNonce) {
    peer.nonce = message.nonce;
    return request(pending.peer, pending.signal, pending.first_sent, std::move(pending.take));
  }
  if (pending.take) return pending.take(message.content);
  const bool is_register = std::holds_alternative<Register>(pending.signal);
  if (is_register && !message.content) throw net::CannotWork("refused: " + message.content.error().reason);
  if (is_register) registration_times_.push_back(now() - pending.first_sent);
  if (is_register || std::holds_alternative<Refresh>(pending.signal)) peer.next_refresh = now() + refresh_after;
}

void PeerCrowd::obey(std::size_t number, const SignalMessage& message) {
  send(number, encode_success(message.id, Done{}, key_));
  if (!message.content) return;
  Peer& peer = peers_[number];
  if (const auto* prepare = std::get_if<Prepare>(&*message.content)) {
    if (prepare->nonce == peer.nonce_of_prepare) return;  // again
    peer.nonce_of_prepare = prepare->nonce;
    request(number, Observe{prepare->nonce, endpoint_of(number)}, now());
  } else if (const auto* start = std::get_if<Start>(&*message.content)) {
    const Half half{.heard = true, .proof = Proof::SamePath, .proven_after = 1ms, .packets = 2};
    request(number, traversal::Result{start->attempt, peer.nonce_of_prepare, half}, now());
  }
}

void PeerCrowd::do_what_is_due() {
  const net::TimePoint time = now();
  while (!delayed_.empty() && delayed_.begin()->first <= time) {
    auto [signal, take] = std::move(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
    request(peers_.size() - 1, signal, time, std::move(take));
  }
  while (!repeats_.empty() && repeats_.front().first <= time) {
    const auto id = repeats_.front().second;
    repeats_.pop_front();
    const auto found = pending_.find(id);
    if (found == pending_.end()) continue;
    send(found->second.peer, found->second.datagram);
    repeats_.emplace_back(time + repeat_after, id);
  }
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t number = next_heartbeat_++ % (peers_.size() - 1);
    Peer& peer = peers_[number];
    if (peer.next_refresh > time) continue;
    peer.next_refresh = net::TimePoint::max();
    request(number, Refresh{name_of(number), peer.session}, time);
  }
}

}  // namespace bench
