#include "net/datagram_batch.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "net/socket_address.h"

namespace net {
namespace {

void write_ttl(msghdr& header, Family family, int ttl) {
  cmsghdr* item = CMSG_FIRSTHDR(&header);
  item->cmsg_level = family == Family::V4 ? IPPROTO_IP : IPPROTO_IPV6;
  item->cmsg_type = family == Family::V4 ? IP_TTL : IPV6_HOPLIMIT;
  item->cmsg_len = CMSG_LEN(sizeof ttl);
  std::memcpy(CMSG_DATA(item), &ttl, sizeof ttl);
}

}  // namespace

std::optional<std::uint8_t> arrival_ttl(msghdr& header) {
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    const bool v4 = item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TTL;
    const bool v6 = item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_HOPLIMIT;
    if (!v4 && !v6) continue;
    int ttl = 0;
    std::memcpy(&ttl, CMSG_DATA(item), sizeof ttl);
    return static_cast<std::uint8_t>(ttl);
  }
  return std::nullopt;
}

// The buffers are not cleared: pages that no datagram has reached take no memory.
ReceiveBatch::ReceiveBatch() : buffers_(new std::uint8_t[batch_size * max_datagram_size]) {
  for (std::size_t n = 0; n < batch_size; ++n) {
    Slot& slot = slots_[n];
    slot.data = {.iov_base = &buffers_[n * max_datagram_size], .iov_len = max_datagram_size};
    messages_[n].msg_hdr = {
        .msg_name = &slot.from, .msg_iov = &slot.data, .msg_iovlen = 1, .msg_control = slot.control.data()};
  }
}

std::size_t ReceiveBatch::receive(int descriptor) {
  for (std::size_t n = 0; n < batch_size; ++n) {
    messages_[n].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    messages_[n].msg_hdr.msg_controllen = slots_[n].control.size();
  }
  const int n = ::recvmmsg(descriptor, messages_.data(), batch_size, MSG_DONTWAIT, nullptr);
  return static_cast<std::size_t>(std::max(n, 0));
}

void ReceiveBatch::read(std::size_t n, Datagram& into) const {
  msghdr header = messages_[n].msg_hdr;
  const auto* data = static_cast<const std::uint8_t*>(slots_[n].data.iov_base);
  into.from = from_system(reinterpret_cast<const sockaddr*>(&slots_[n].from));
  into.payload.assign(data, data + messages_[n].msg_len);
  into.ttl = arrival_ttl(header);
}

void SendBatch::prepare(std::size_t n, const Send& send) {
  Slot& slot = slots_[n];
  // sendmsg does not write through iov_base; its type is shared with recvmsg.
  slot.data = {.iov_base = const_cast<std::uint8_t*>(send.payload.data()), .iov_len = send.payload.size()};
  msghdr& header = messages_[n].msg_hdr;
  header = {.msg_name = &slot.to, .msg_namelen = to_system(send.to, slot.to), .msg_iov = &slot.data, .msg_iovlen = 1};
  if (send.ttl) {
    header.msg_control = slot.control.data();
    header.msg_controllen = slot.control.size();
    write_ttl(header, send.to.family(), *send.ttl);
  }
}

std::size_t SendBatch::send(int descriptor, std::span<const Output> run) {
  assert(run.size() <= batch_size);
  for (std::size_t n = 0; n < run.size(); ++n) prepare(n, std::get<Send>(run[n]));

  std::size_t taken = 0;
  bool tried_again = false;
  for (std::size_t n = 0; n < run.size();) {
    const auto rest = static_cast<unsigned>(run.size() - n);
    const int sent = ::sendmmsg(descriptor, &messages_[n], rest, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      n += static_cast<std::size_t>(sent);
      taken += static_cast<std::size_t>(sent);
      tried_again = false;
    } else if (!tried_again && errno != EAGAIN) {
      tried_again = true;  // the error may be an earlier datagram's, which the kernel reports once and then forgets
    } else {
      ++n;
      tried_again = false;
    }
  }
  return taken;
}

}  // namespace net
