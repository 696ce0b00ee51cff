// msan_driver DIRECTORY...: decodes, reads and answers every hostile request and every file of these directories, and
// draws 100,000 replies. No byte that was never written may be looked at, or leave in a reply; MemorySanitizer ends the
// program at the first.
#include <dirent.h>
#include <sanitizer/msan_interface.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "net/random.h"
#include "stun/integrity.h"
#include "stun/text_attributes.h"
#include "tests/reflector/desk.h"
#include "tests/stun/hostile_cases.h"

namespace {

using namespace reflector;

std::size_t decoded = 0;
std::size_t replies = 0;

void require(bool holds, const char* what) {
  if (holds) return;
  std::printf("broken: %s\n", what);
  std::exit(1);
}

// Every bit decides something, so that one that was never written is reported.
void look_at(net::BytesView bytes) {
  unsigned sum = 0;
  for (const std::uint8_t byte : bytes) sum += byte;
  if (sum == 0xFFFFFFFF) std::printf("never\n");
  __msan_check_mem_is_initialized(bytes.data(), bytes.size());
}

template <typename... Attributes>
void read_as_each(const stun::Message& message) {
  const auto look = [&](const auto& parsed) {
    if (!parsed) return;
    net::Bytes again;
    parsed->serialize(again, message.id());
    look_at(again);
  };
  (look(message.get<Attributes>()), ...);
}

void read_everything(const stun::Message& message) {
  read_as_each<stun::MappedAddress, stun::XorMappedAddress, stun::OtherAddress, stun::ChangeRequest, stun::ResponsePort,
               stun::Padding, stun::ErrorCode, stun::UnknownAttributes, stun::Username, stun::Software,
               stun::ReturnToken, stun::SentQuery, stun::SentCount, stun::Arrival, stun::Delay>(message);
  for (const stun::Attribute& attribute : message.attributes()) {
    look_at(net::as_bytes(stun::shown(net::as_text(message.value(attribute)))));
    look_at(net::as_bytes(stun::attribute_name(attribute.type)));
  }
  (void)stun::check_message_integrity(message, net::as_bytes("key"));
  (void)stun::check_message_integrity_sha256(message, net::as_bytes("key"));
}

void expect_clear(const stun::Message& reply) {
  for (const stun::Attribute& attribute : reply.attributes()) {
    const std::size_t end = attribute.offset + std::size_t{attribute.length};
    for (std::size_t at = end; at % 4 != 0; ++at) require(reply.bytes()[at] == 0, "pad bytes are 0");
  }
}

void answer(const Desk& desk, net::BytesView request) {
  const Exchange exchange = desk.ask(request);
  look_at(exchange.bytes);
  if (!exchange.reply) return;
  ++replies;
  expect_clear(*exchange.reply);
  read_everything(*exchange.reply);
}

// From a heap block that ends where the datagram does.
void try_everything(const std::deque<Desk>& desks, net::BytesView datagram, std::size_t offset) {
  const std::unique_ptr<std::uint8_t[]> block(new std::uint8_t[offset + datagram.size()]);
  std::copy(datagram.begin(), datagram.end(), block.get() + offset);
  const net::BytesView bytes(block.get() + offset, datagram.size());
  const auto message = stun::Message::decode(bytes);
  if (message) {
    ++decoded;
    read_everything(*message);
  }
  for (const Desk& desk : desks) answer(desk, bytes);
}

std::deque<Desk> all_desks() {
  std::deque<Desk> desks;
  for (const Arrangement arrangement : {Arrangement::Plain, Arrangement::TwoAddresses, Arrangement::Pair}) {
    for (const Mode mode : {Mode::Compatible, Mode::Strict}) {
      for (const net::Family family : {net::Family::V4, net::Family::V6}) {
        desks.emplace_back(arrangement, mode, family);
        desks.emplace_back(arrangement, mode, family).arrived.proven = true;
        desks.emplace_back(arrangement, mode, family).partner_usable = false;
        desks.emplace_back(arrangement, mode, family).arrived.allowance = Allowance::Small;
      }
    }
  }
  return desks;
}

std::vector<net::Bytes> files_in(const std::string& directory) {
  std::vector<net::Bytes> all;
  DIR* opened = ::opendir(directory.c_str());
  require(opened != nullptr, "the directory can be read");
  while (const dirent* entry = ::readdir(opened)) {
    std::FILE* file = std::fopen((directory + "/" + entry->d_name).c_str(), "rb");
    if (file == nullptr) continue;
    net::Bytes bytes(70'000);
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
    std::fclose(file);
    all.push_back(std::move(bytes));
  }
  ::closedir(opened);
  return all;
}

void draw_replies(std::size_t count, const std::deque<Desk>& desks) {
  net::Random random(36);
  for (replies = 0; replies < count;) {
    net::Bytes bytes;
    stun::MessageBuilder builder(bytes, stun::MessageClass::Request, stun::Method::Binding,
                                 stun::TransactionId::random(random));
    for (std::uint64_t unknown = random.below(4); random.chance(0.3) && unknown > 0; --unknown) {
      builder.add_raw(static_cast<std::uint16_t>(0x7000 + random.below(100)), net::Bytes(random.below(7), 0xFF));
    }
    if (random.chance(0.5)) builder.add(stun::Padding{static_cast<std::uint16_t>(random.below(60))});
    if (random.chance(0.3)) builder.add(stun::ChangeRequest{random.chance(0.5), random.chance(0.5)});
    if (random.chance(0.3)) builder.add(stun::SentQuery{random.next(), 1});
    if (random.chance(0.5)) builder.add(stun::Fill{static_cast<std::uint16_t>(random.below(100))});
    answer(desks[random.below(desks.size())], bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::deque<Desk> desks = all_desks();
  std::size_t tried = 0;
  for (const auto* cases : {&hostile::hostile_cases(), &hostile::generated_cases()}) {
    const std::size_t offsets = cases->size() == 95 ? 8 : 1;
    for (const auto& hostile_case : *cases) {
      for (std::size_t i = 0; i < offsets; ++i) try_everything(desks, hostile_case.datagram, (tried++) % 8);
    }
  }
  for (int i = 1; i < argc; ++i) {
    for (const net::Bytes& input : files_in(argv[i])) try_everything(desks, input, (tried++) % 8);
  }
  std::printf("%zu inputs, %zu decode, %zu replies\n", tried, decoded, replies);
  draw_replies(100'000, desks);
  std::printf("%zu replies drawn: every byte was written, every pad byte is 0\n", replies);
  return decoded > 1000 ? 0 : 1;
}
