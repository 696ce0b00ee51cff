// DNS SRV responses (RFC 2782), byte by byte.

#include "net/service_records.h"

#include <gmock/gmock.h>

namespace service_records_test {

using net::from_hex;
using net::service_records_in;
using testing::ElementsAre;

// A response to "_stun._udp.a": header, question, then the answers.
net::Bytes response(const std::string& answers, std::uint8_t count) {
  net::Bytes out = from_hex(
      "1234 8180 0001 0000 0000 0000"
      "05 5f7374756e 04 5f756470 01 61 00 0021 0001");
  out[7] = count;
  net::append(out, from_hex(answers));
  return out;
}

// Name by pointer, SRV, IN, TTL 60, length 9: priority, weight, port, and the target of one letter.
std::string answer(const std::string& priority, const std::string& weight, const std::string& port,
                   const std::string& letter) {
  return "c00c 0021 0001 0000003c 0009" + priority + weight + port + "01" + letter + "00";
}

TEST(ServiceRecords, LowestPriorityFirst_ThenGreatestWeight) {
  const auto found =
      service_records_in(response(answer("0002", "0000", "0d96", "62") + answer("0001", "0005", "0d97", "63") +
                                      answer("0001", "0009", "0d98", "64"),
                                  3));
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre(net::ServiceRecord{1, 9, 3480, "d"}, net::ServiceRecord{1, 5, 3479, "c"},
                                  net::ServiceRecord{2, 0, 3478, "b"}));
}

TEST(ServiceRecords, ATargetMayPointIntoTheMessage) {
  const auto found = service_records_in(response("c00c 0021 0001 0000003c 0008 0000 0000 0d96 c012", 1));
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre(net::ServiceRecord{0, 0, 3478, "_udp.a"}));
}

TEST(ServiceRecords, OtherTypesArePassedOver_AndTheRootMeansNotThere) {
  const auto found =
      service_records_in(response("c00c 0005 0001 0000003c 0002 c012"
                                  "c00c 0021 0001 0000003c 0007 0000 0000 0000 00",
                                  2));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_THAT(found->front().target, testing::AnyOf("", "."));
}

TEST(ServiceRecords, WhatIsNoWholeResponse_IsNone) {
  const net::Bytes whole = response(answer("0001", "0002", "0d96", "62"), 1);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(service_records_in(net::BytesView(whole).first(size))) << size;
  }
  EXPECT_FALSE(service_records_in(response("c00c 0021 0001 0000003c 0006 0000 0000 0d96", 1))) << "no target";
  EXPECT_FALSE(service_records_in(response("c00c 0021 0001 0000003c 0008 0000 0000 0d96 c02e", 1))) << "a loop";
}

}  // namespace service_records_test
