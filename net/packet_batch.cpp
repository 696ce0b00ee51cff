#include "net/packet_batch.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>

#include "net/datagram_batch.h"
#include "net/udp_options.h"

namespace net {
namespace {

// Not a multiple of a page: buffers that start alike in their pages would compete for the same lines of the cache.
constexpr std::size_t buffer_stride = most_packet_bytes + 192;

// Past the C library, whose calls can be cancelled, which costs some instructions in a program of several threads. No
// thread is cancelled here.
int receive_many(int descriptor, mmsghdr* messages, std::size_t count, int flags) {
  return static_cast<int>(::syscall(SYS_recvmmsg, descriptor, messages, count, flags, nullptr));
}
int send_many(int descriptor, mmsghdr* messages, std::size_t count, int flags) {
  return static_cast<int>(::syscall(SYS_sendmmsg, descriptor, messages, count, flags));
}

}  // namespace

// The buffers are not cleared: pages that no packet has reached take no memory.
PacketBatch::PacketBatch(std::vector<int> senders)
    : buffers_(new std::uint8_t[2 * packet_batch_size * buffer_stride]), outboxes_(senders.size()) {
  for (std::size_t n = 0; n < packet_batch_size; ++n) {
    Incoming& slot = incoming_[n];
    slot.data = {.iov_base = &buffers_[2 * n * buffer_stride], .iov_len = most_packet_bytes + 1};
    received_[n].msg_hdr = {
        .msg_name = &slot.from, .msg_iov = &slot.data, .msg_iovlen = 1, .msg_control = slot.control.data()};
  }
  for (std::size_t i = 0; i < senders.size(); ++i) outboxes_[i].descriptor = senders[i];
}

std::size_t PacketBatch::receive(int descriptor, Wait wait) {
  for (std::size_t n = 0; n < used_; ++n) {
    received_[n].msg_hdr.msg_namelen = sizeof(SystemAddress);
    received_[n].msg_hdr.msg_controllen = incoming_[n].control.size();
  }
  const int flags = wait == Wait::ForOne ? MSG_WAITFORONE : MSG_DONTWAIT;
  const int n = receive_many(descriptor, received_.data(), packet_batch_size, flags);
  used_ = static_cast<std::size_t>(std::max(n, 0));
  return used_;
}

Packet PacketBatch::packet(std::size_t n) {
  const auto* data = static_cast<const std::uint8_t*>(incoming_[n].data.iov_base);
  return {.from = from_system(&incoming_[n].from.any),
          .bytes = {data, received_[n].msg_len},
          .ttl = arrival_ttl(received_[n].msg_hdr)};
}

ByteRoom PacketBatch::room_for_answer(std::size_t n) {
  return ByteRoom({&buffers_[(2 * n + 1) * buffer_stride], most_packet_bytes});
}

void PacketBatch::send_answer(std::size_t n, std::size_t size, std::size_t sender, const Endpoint& to) {
  assert(sender < outboxes_.size() && size <= most_packet_bytes);
  Outbox& outbox = outboxes_[sender];
  Answer& answer = answers_[n];
  answer.data = {.iov_base = &buffers_[(2 * n + 1) * buffer_stride], .iov_len = size};
  msghdr& header = outbox.messages[outbox.count++].msg_hdr;
  header.msg_name = &answer.to;
  header.msg_namelen = to_system(to, answer.to);
  header.msg_iov = &answer.data;
  header.msg_iovlen = 1;
  outbox.divides_early = outbox.divides_early || (to.family() == Family::V6 && size > usual_ipv6_payload);
}

PacketBatch::Sent PacketBatch::send_all() {
  Sent all;
  for (Outbox& outbox : outboxes_) {
    if (outbox.count == 0) continue;
    if (outbox.divides_early) set_divides_early(outbox.descriptor, true);
    const Sent sent = send(outbox);
    if (outbox.divides_early) set_divides_early(outbox.descriptor, false);
    all.taken += sent.taken;
    all.failed += sent.failed;
    outbox.count = 0;
    outbox.divides_early = false;
  }
  return all;
}

// Never waits for room in a queue: a neighbour that does not answer must not hold up all others. What the kernel
// refuses is passed over.
PacketBatch::Sent PacketBatch::send(Outbox& outbox) {
  Sent out;
  for (std::size_t n = 0; n < outbox.count;) {
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const int taken = send_many(outbox.descriptor, &outbox.messages[n], outbox.count - n, flags);
    if (taken > 0) {
      n += static_cast<std::size_t>(taken);
      out.taken += static_cast<std::size_t>(taken);
    } else {
      ++n;
      ++out.failed;
    }
  }
  return out;
}

}  // namespace net
