// The reflector answers a flood: decoding and building must not allocate once the reply buffer has grown.
#include <gtest/gtest.h>

#include "stun/address_attributes.h"
#include "stun/behavior_attributes.h"
#include "stun/integrity.h"
#include "stun/message_builder.h"
#include "tests/allocations.h"
#include "tests/stun/raw_message.h"

namespace {

TEST(Allocation, NoneToDecodeCheckAndAnswer) {
  const auto mapped = net::endpoint("192.0.2.1:32853");
  const net::BytesView key = net::as_bytes("key");
  const net::Bytes request = net::from_hex(
      hostile::fingerprinted(hostile::signed_sha1(hostile::request(hostile::attribute(0x0003, "00000006")), "key")));
  net::Bytes reply;
  const auto answer = [&] {
    const auto message = stun::Message::decode(request);
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->get<stun::ChangeRequest>()->any());
    EXPECT_EQ(stun::check_message_integrity(*message, key), stun::Integrity::Right);
    stun::MessageBuilder(reply, stun::MessageClass::Success, stun::Method::Binding, message->id())
        .add(stun::XorMappedAddress{mapped})
        .add(stun::OtherAddress{mapped})
        .add_message_integrity(key)
        .add_fingerprint();
  };
  answer();  // the buffer grows, the digest is looked up
  const std::size_t before = natscope_test::allocations();
  answer();
  EXPECT_EQ(natscope_test::allocations(), before);
}

}  // namespace
