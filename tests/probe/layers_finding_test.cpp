// What addresses alone say about the NATs on the way.

#include "probe/layers_finding.h"

#include <gtest/gtest.h>

#include "probe/layers_evidence.h"
#include "reports/finding_meanings.h"
#include "tests/probe/log_builder.h"

namespace layers_finding_test {

using namespace logs;

// The reflector saw `mapped` of a socket at `local`; a packet that ended at hop n drew an answer from the nth address.
probe::ObservationLog log_of(const net::Endpoint& at, const std::optional<net::Endpoint>& mapped,
                             const std::vector<const char*>& hops) {
  LogBuilder builder;
  builder.exchange("layers", probe::sockets::layers, a, mapped);
  builder.last().local = at;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const auto ttl = static_cast<std::uint8_t>(i + 1);
    builder.exchange("layers", probe::scan_socket(ttl), a, std::nullopt);
    builder.last().query.ttl = ttl;
    builder.last().icmp = probe::IcmpSeen{.type = 11, .from = net::address(hops[i])};
  }
  return builder.log;
}

std::string word(const probe::NamedFinding& finding) {
  return finding.finding.value ? probe::to_string(*finding.finding.value) : "unknown";
}

TEST(LayersFinding, FollowsFromAddresses) {
  struct Row {
    const char* what;
    const char* local;
    const char* mapped;
    std::vector<const char*> hops;
    const char* expected;
  };
  for (const Row& row : {
           Row{"no NAT", "203.0.113.9:5000", "203.0.113.9:5000", {"203.0.113.1"}, "none"},
           Row{"a home router", "192.168.1.5:5000", "203.0.113.9:7000", {"192.168.1.1", "203.0.113.1"}, "one-or-more"},
           Row{"a carrier behind it",
               "192.168.1.5:5000",
               "203.0.113.9:7000",
               {"192.168.1.1", "100.64.0.1"},
               "two-or-more"},
           Row{"a carrier alone", "100.64.3.5:5000", "203.0.113.9:7000", {"100.64.0.1", "100.64.0.9"}, "one-or-more"},
           Row{"a first hop that is the carrier's",
               "192.168.1.5:5000",
               "203.0.113.9:7000",
               {"100.64.0.1"},
               "one-or-more"},
           Row{"another private hop",
               "192.168.1.5:5000",
               "203.0.113.9:7000",
               {"192.168.1.1", "10.0.0.1"},
               "one-or-more"},
       }) {
    const auto log = log_of(net::endpoint(row.local), net::endpoint(row.mapped), row.hops);
    const auto finding = probe::conclude_layers(log);
    EXPECT_EQ(word(finding), row.expected) << row.what;
    EXPECT_FALSE(finding.finding.evidence.empty()) << row.what;
  }
}

TEST(LayersFinding, WithoutAnyAnswer_IsUnknown) {
  const auto finding = probe::conclude_layers(log_of(local, std::nullopt, {"192.168.1.1"}));
  EXPECT_EQ(word(finding), "unknown");
  EXPECT_EQ(finding.finding.why, "no question was answered");
}

// Linux without an address answers as 192.0.0.8: that is no public hop.
TEST(LayersPath, KeepAlivesEndAtTheFirstPublicHop) {
  const auto deepest = [](const std::vector<const char*>& hops) {
    const auto log = log_of(local, external, hops);
    return probe::path_of(probe::layers_log(log)).deepest_keep_alive();
  };
  EXPECT_EQ(deepest({"192.168.1.1", "203.0.113.1"}), 2U);
  EXPECT_EQ(deepest({"192.168.1.1", "192.0.0.8", "10.0.0.1", "203.0.113.1"}), 4U);
  EXPECT_EQ(deepest({"203.0.113.1"}), 1U);
  EXPECT_EQ(deepest({}), probe::most_keep_alive_ttl);
}

TEST(LayersMeaning, SaysWhereTheyStand) {
  probe::NamedFinding finding{.name = "layers"};
  finding.finding.value = "one-or-more";
  finding.figures["outermost_hop"] = 2.0;
  EXPECT_EQ(reports::meaning(finding), "at least one NAT, outermost at hop 2");
}

TEST(LifetimeMeaning, NamesTheKeepAlive) {
  probe::NamedFinding finding{.name = "lifetime"};
  finding.finding.value = 29.0;
  finding.figures = {{"outbound_only", 30.0}, {"answered", 30.0}, {"two_way", 421.0}, {"two_way_or_longer", true}};
  EXPECT_EQ(reports::meaning(finding),
            "a keep-alive every 29 s is safe: an idle mapping ends after 30 s (unanswered), 30 s (answered), "
            "421 s or more (two-way)");
}

}  // namespace layers_finding_test
