#include "stun/stream_framer.h"

#include <gtest/gtest.h>

#include "stun/message.h"
#include "tests/stun/raw_message.h"

namespace stream_framer_test {

using hostile::attribute;
using hostile::request;

const net::Bytes bare = net::from_hex(request(""));
const net::Bytes longer = net::from_hex(request(attribute(0x8022, "616263")));
const net::Bytes third = net::from_hex(request(attribute(0x0003, "00000006")));

net::Bytes joined(std::initializer_list<net::BytesView> parts) {
  net::Bytes out;
  for (const auto part : parts) net::append(out, part);
  return out;
}

TEST(StreamFramer, NothingIsNotBroken) {
  stun::StreamFramer framer;
  EXPECT_FALSE(framer.broken());
  EXPECT_FALSE(framer.next());
  EXPECT_EQ(framer.buffered(), 0U);
}

TEST(StreamFramer, OneByteAtATime_GivesTheMessageAtItsLastByte) {
  stun::StreamFramer framer;
  for (std::size_t i = 0; i < longer.size(); ++i) {
    EXPECT_FALSE(framer.next()) << i;
    framer.push(net::BytesView(longer).subspan(i, 1));
    ASSERT_FALSE(framer.broken()) << i;
  }
  EXPECT_EQ(framer.next(), longer);
  EXPECT_FALSE(framer.next());
  EXPECT_EQ(framer.buffered(), 0U);
}

TEST(StreamFramer, ThreeInOneSegment_ComeInOrder) {
  stun::StreamFramer framer;
  framer.push(joined({bare, longer, third}));
  EXPECT_EQ(framer.next(), bare);
  EXPECT_EQ(framer.next(), longer);
  EXPECT_EQ(framer.next(), third);
  EXPECT_FALSE(framer.next());
}

TEST(StreamFramer, BordersOfSegmentsDoNotMatter) {
  const net::Bytes stream = joined({bare, longer, third, bare});
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    stun::StreamFramer framer;
    net::Bytes out;
    for (const net::BytesView part : {net::BytesView(stream).first(cut), net::BytesView(stream).subspan(cut)}) {
      framer.push(part);
      while (const auto message = framer.next()) net::append(out, *message);
    }
    ASSERT_EQ(out, stream) << cut;
  }
}

TEST(StreamFramer, LargestMessagePasses_OneMoreIsRefused) {
  const net::Bytes largest =
      net::from_hex(request(attribute(0xC0F1, hostile::zeros(stun::max_message_size - stun::header_size - 4))));
  stun::StreamFramer framer;
  framer.push(largest);
  EXPECT_EQ(framer.next(), largest);
  framer.push(net::from_hex("0001 0ff0" + hostile::usual_id));  // 4,080 + 20
  EXPECT_TRUE(framer.broken());
}

struct Garbage {
  const char* what;
  std::string hex;
};

TEST(StreamFramer, WhatCannotBecomeAMessage_IsBroken) {
  for (const Garbage& garbage : {
           Garbage{"length FFFC", "0001 fffc" + hostile::usual_id},
           {"length FFFC before the cookie came", "0001 fffc"},
           {"length not a multiple of 4", "0001 0003" + hostile::usual_id},
           {"wrong cookie", "0001 0000 2112a443" + hostile::zeros(12)},
           {"wrong first cookie byte", "0001 0000 22"},
           {"classic request", "0001 0000" + hostile::zeros(16)},
           {"HTTP", net::to_hex(net::as_bytes("GET / HTTP/1.1\r\n"))},
           {"TLS hello", "160301 0200 010001fc0303"},
           {"ChannelData", "4000"},
           {"RTP", "80"},
       }) {
    stun::StreamFramer framer;
    framer.push(net::from_hex(garbage.hex));
    EXPECT_TRUE(framer.broken()) << garbage.what;
    EXPECT_FALSE(framer.next()) << garbage.what;
  }
}

TEST(StreamFramer, WholeMessagesBeforeGarbage_StillCome) {
  stun::StreamFramer framer;
  framer.push(joined({bare, net::as_bytes("GET / HTTP/1.1\r\n")}));
  EXPECT_FALSE(framer.broken());
  EXPECT_EQ(framer.next(), bare);
  EXPECT_TRUE(framer.broken());
  EXPECT_FALSE(framer.next());
}

TEST(StreamFramer, KeepsNothingMoreOfABrokenStream) {
  stun::StreamFramer framer;
  framer.push(net::from_hex("0001 fffc" + hostile::usual_id));
  const std::size_t before = framer.buffered();
  for (int i = 0; i < 1000; ++i) framer.push(net::Bytes(1000));
  EXPECT_EQ(framer.buffered(), before);
}

TEST(StreamFramer, AnUnfinishedMessageNeverHoldsMoreThanTheLargest) {
  stun::StreamFramer framer;
  framer.push(net::from_hex("0001 0fec" + hostile::usual_id));  // 4,076: the largest
  framer.push(net::Bytes(stun::max_message_size - stun::header_size - 1));
  EXPECT_FALSE(framer.next());
  EXPECT_EQ(framer.buffered(), stun::max_message_size - 1);
}

}  // namespace stream_framer_test
