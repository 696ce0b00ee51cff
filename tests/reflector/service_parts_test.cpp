// The pure parts of the service's life: what is reported, what may change, how descriptors are shared.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflector/descriptor_shares.h"
#include "reflector/events.h"

namespace reflector {
namespace service_parts_test {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines(const std::vector<Event>& events) {
  std::vector<std::string> out;
  for (const Event& event : events) out.push_back(event.line);
  return out;
}

TEST(EventLines, EachChangeIsToldOnce) {
  EventLines events;
  Notable now{.partners = {{.address = net::address("192.0.2.2")}, {.address = net::address("2001:db8::2")}}};
  EXPECT_THAT(lines(events.news(now)), IsEmpty());
  now.partners[0].answers = true;
  EXPECT_THAT(lines(events.news(now)), ElementsAre("partner 192.0.2.2 answers"));
  EXPECT_THAT(lines(events.news(now)), IsEmpty());
  now.partners[0].answers = false;
  now.partners[1].problem = "partner 2001:db8::2 serves other ports";
  EXPECT_THAT(lines(events.news(now)), ElementsAre("partner 192.0.2.2 is silent", now.partners[1].problem));
  now.partners[1].problem.clear();
  EXPECT_THAT(lines(events.news(now)), IsEmpty());
}

TEST(EventLines, StrangersDoings_AreMarkedSo) {
  EventLines events;
  Notable now{.partners = {{.address = net::address("192.0.2.2"), .unverified = 3}}, .connections_refused = 5};
  const auto news = events.news(now);
  EXPECT_THAT(lines(news), ElementsAre("partner 192.0.2.2: 3 messages under a key this host does not have: the keys "
                                       "differ, or somebody forges",
                                       "too many TCP connections: 5 refused so far"));
  for (const Event& event : news) EXPECT_TRUE(event.of_strangers) << event.line;
  EXPECT_THAT(events.news(now), IsEmpty());
}

TEST(EventLines, AnotherPartner_BeginsAnew) {
  EventLines events;
  Notable now{.partners = {{.address = net::address("192.0.2.2"), .answers = true, .unverified = 9}}};
  (void)events.news(now);
  now.partners = {{.address = net::address("192.0.2.3")}};
  EXPECT_THAT(events.news(now), IsEmpty());
}

TEST(DescriptorShares, LeaveSomeForTheProcessItself) {
  struct Row {
    std::size_t limit, families;
    bool metrics;
    std::size_t connections, pages;
  };
  for (const Row& row : {Row{1'048'576, 1, true, 1024, 64}, Row{1'048'576, 2, false, 1024, 0}, Row{64, 1, false, 32, 0},
                         Row{64, 1, true, 24, 8}, Row{64, 2, true, 12, 8}, Row{16, 1, false, 8, 0}}) {
    const auto shares = share_descriptors(row.limit, row.families, row.metrics);
    EXPECT_EQ(shares.connections, row.connections) << row.limit;
    EXPECT_EQ(shares.pages, row.pages) << row.limit;
  }
}

}  // namespace service_parts_test
}  // namespace reflector
