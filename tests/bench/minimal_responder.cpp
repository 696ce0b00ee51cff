// The limit a reflector is measured against: the least that answers a Binding request over UDP. It takes what has come
// with one system call, writes XOR-MAPPED-ADDRESS behind each header without looking at it, and sends all with another.
//
//   bench_minimal_responder 127.0.0.1 3478
#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::size_t batch = 32;
constexpr std::size_t reply_size = 32;
constexpr std::array<unsigned char, 4> cookie = {0x21, 0x12, 0xA4, 0x42};

struct Slot {
  std::array<unsigned char, 2048> bytes;
  sockaddr_in from;
  iovec data;
};

void answer(Slot& slot) {
  slot.bytes[0] = 1;  // Binding success, 12 bytes of attributes
  slot.bytes[3] = 12;
  const std::array<unsigned char, 6> attribute = {0, 0x20, 0, 8, 0, 1};
  std::memcpy(&slot.bytes[20], attribute.data(), attribute.size());
  std::memcpy(&slot.bytes[26], &slot.from.sin_port, 2);
  std::memcpy(&slot.bytes[28], &slot.from.sin_addr, 4);
  for (std::size_t i = 0; i < 2; ++i) slot.bytes[26 + i] ^= cookie[i];
  for (std::size_t i = 0; i < 4; ++i) slot.bytes[28 + i] ^= cookie[i];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[2])));
  ::inet_pton(AF_INET, argv[1], &local.sin_addr);
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) return 2;
  std::puts("listening");
  std::fflush(stdout);

  static std::array<Slot, batch> slots;
  std::array<mmsghdr, batch> messages{};
  for (;;) {
    for (std::size_t i = 0; i < batch; ++i) {
      slots[i].data = {.iov_base = slots[i].bytes.data(), .iov_len = slots[i].bytes.size()};
      messages[i].msg_hdr = {
          .msg_name = &slots[i].from, .msg_namelen = sizeof(sockaddr_in), .msg_iov = &slots[i].data, .msg_iovlen = 1};
    }
    const int count = ::recvmmsg(descriptor, messages.data(), batch, MSG_WAITFORONE, nullptr);
    for (int i = 0; i < count; ++i) {
      Slot& slot = slots[static_cast<std::size_t>(i)];
      answer(slot);
      slot.data.iov_len = reply_size;
    }
    if (count > 0) ::sendmmsg(descriptor, messages.data(), static_cast<unsigned>(count), 0);
  }
}
