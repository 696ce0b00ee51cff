// Reflectors that lie about what they see. The host has an endpoint-independent mapping and no filter; no lie may
// become a wrong verdict without a `why`, and what one pair can show is named.

#include <gtest/gtest.h>

#include "tests/probe/stage.h"

namespace lying_reflector_test {

using namespace stage;

const net::Endpoint c = net::endpoint("198.51.100.3:3478");  // a third reflector, plain and honest
const net::IpAddress outside = net::address("203.0.113.99");

net::Endpoint truth(const Heard& heard) { return {outside, static_cast<std::uint16_t>(heard.client.port + 1000)}; }
bool is_a(const Heard& heard) { return heard.to.address == a.address; }
bool is_b(const Heard& heard) { return heard.to.address == b.address; }

net::Endpoint shifted(const net::Endpoint& mapped, unsigned by) {
  return net::with_port(mapped, static_cast<std::uint16_t>(mapped.port + by));
}
net::Endpoint elsewhere(const net::Endpoint& mapped, const char* address) {
  return {net::address(address), mapped.port};
}

struct Lie {
  const char* what;
  std::function<net::Endpoint(const Heard&, unsigned nth)> mapped;  // nth: answers given before
  const char* why;  // what the verdict must say; "" where the truth comes out
};

const Lie lies[] = {
    {"A: another address",
     [](const Heard& h, unsigned) { return is_a(h) ? elsewhere(truth(h), "192.0.2.9") : truth(h); },
     "disagree about our address"},
    {"B: another address",
     [](const Heard& h, unsigned) { return is_b(h) ? elsewhere(truth(h), "192.0.2.9") : truth(h); },
     "disagree about our address"},
    {"A: a private address",
     [](const Heard& h, unsigned) { return is_a(h) ? elsewhere(truth(h), "10.1.2.3") : truth(h); },
     "private address does not reach"},
    {"both: a private address", [](const Heard& h, unsigned) { return elsewhere(truth(h), "192.168.0.9"); },
     "private address does not reach"},
    {"both: loopback", [](const Heard& h, unsigned) { return elsewhere(truth(h), "127.0.0.1"); },
     "loopback address does not reach"},
    {"both: carrier range", [](const Heard& h, unsigned) { return elsewhere(truth(h), "100.64.1.1"); },
     "shared address does not reach"},
    {"both: link-local", [](const Heard& h, unsigned) { return elsewhere(truth(h), "169.254.7.7"); },
     "link-local address does not reach"},
    {"both: multicast", [](const Heard& h, unsigned) { return elsewhere(truth(h), "224.1.1.1"); },
     "multicast address does not reach"},
    {"A: other family",
     [](const Heard& h, unsigned) { return is_a(h) ? elsewhere(truth(h), "2001:db8::9") : truth(h); },
     "implausible mapped address"},
    {"both: swapped bytes",
     [](const Heard& h, unsigned) { return is_a(h) ? elsewhere(truth(h), "99.113.0.203") : truth(h); },
     "disagree about our address"},
    {"A: a random address each time",
     [](const Heard& h, unsigned nth) {
       return is_a(h) ? net::Endpoint{net::IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(nth)}), 5} : truth(h);
     },
     "mapping changed|disagree"},
    {"A: the reflector's own address", [](const Heard& h, unsigned) { return is_a(h) ? h.to : truth(h); },
     "disagree about our address"},
    {"A: our local address", [](const Heard& h, unsigned) { return is_a(h) ? h.client : truth(h); },
     "disagree about our address"},
    {"changing between repeats", [](const Heard& h, unsigned nth) { return shifted(truth(h), nth); },
     "mapping changed during the test"},
    {"by the order of asking", [](const Heard& h, unsigned nth) { return shifted(truth(h), nth % 7); },
     "mapping changed during the test"},
    {"port 0", [](const Heard& h, unsigned) { return net::with_port(truth(h), 0); }, "no reflector"},
    {"A: another port", [](const Heard& h, unsigned) { return is_a(h) ? shifted(truth(h), 5) : truth(h); },
     "one pair's word"},
    {"B: another port", [](const Heard& h, unsigned) { return is_b(h) ? shifted(truth(h), 5) : truth(h); },
     "one pair's word"},
    {"a port for each endpoint",
     [](const Heard& h, unsigned) { return shifted(truth(h), 10U * h.to.port + h.to.address.bytes()[3]); },
     "one pair's word"},
    {"the alternate ports: another port",
     [](const Heard& h, unsigned) { return h.to.port == 3479 ? shifted(truth(h), 9) : truth(h); },
     "ports follow no one rule"},
};

Answer telling(const Lie& lie, unsigned& nth) {
  return [&lie, &nth](const Heard& heard) {
    auto replies = honest(heard);
    const net::Endpoint other{is_a(heard) ? b.address : a.address,
                              static_cast<std::uint16_t>(heard.to.port == 3478 ? 3479 : 3478)};
    replies.front().payload =
        heard.to == c ? success(heard, truth(heard)) : success(heard, lie.mapped(heard, nth++), other);
    if (heard.to == c) replies.front().from = c;
    return replies;
  };
}

bool tells_one_of(const std::string& why, std::string expected) {
  for (std::size_t bar = 0; bar != std::string::npos; expected.erase(0, bar + 1)) {
    bar = expected.find('|');
    if (why.find(expected.substr(0, bar)) != std::string::npos) return true;
    if (bar == std::string::npos) break;
  }
  return false;
}

TEST(LyingReflector, OfAPair_NeverMisleadsWithoutAWhy) {
  ASSERT_EQ(std::size(lies), 20U);
  for (const Lie& lie : lies) {
    unsigned nth = 0;
    Stage stage(telling(lie, nth));
    const probe::Finding mapping = stage.run(config_for({a, b})).verdict.mapping;
    EXPECT_TRUE(tells_one_of(mapping.why, lie.why)) << lie.what << ": " << mapping.why;
    const bool doubted = std::string_view(lie.why) == "one pair's word";
    EXPECT_EQ(mapping.value.has_value(), doubted) << lie.what;
  }
}

// Named as what it is, apart from the NAT: but for lies about ports, which look like a NAT's doing, and but for none at
// all, where nothing usable was said.
TEST(LyingReflector, IsNamed_InAFindingOfItsOwn) {
  for (const Lie& lie : lies) {
    unsigned nth = 0;
    Stage stage(telling(lie, nth));
    const probe::Report report = stage.run(config_for({a, b}));
    const probe::NamedFinding* found = report.verdict.find("reflectors");
    const std::string why = lie.why;
    const bool about_ports =
        why == "one pair's word" || why == "mapping changed during the test" || why == "ports follow no one rule";
    if (why == "no reflector") continue;
    ASSERT_NE(found, nullptr) << lie.what;
    EXPECT_EQ(probe::to_string(found->finding.value.value_or("unknown")), about_ports ? "consistent" : "contradictory")
        << lie.what << ": " << found->finding.why;
    EXPECT_EQ(found->figures.empty(), about_ports) << lie.what;
  }
}

TEST(LyingReflector, NoneIsNamed_WhereTheyAreHonest) {
  Stage stage(honest);
  const probe::Report report = stage.run(config_for({a, b}));
  const probe::NamedFinding* found = report.verdict.find("reflectors");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(probe::to_string(found->finding.value.value()), "consistent");
  EXPECT_GT(found->finding.confidence, 0.999999);
  EXPECT_FALSE(found->finding.evidence.empty());
}

TEST(LyingReflector, AgainstAThird_IsNamed) {
  for (const Lie& lie : lies) {
    if (std::string_view(lie.why) != "one pair's word") continue;
    unsigned nth = 0;
    Stage stage(telling(lie, nth));
    const probe::Finding mapping = stage.run(config_for({a, b, c})).verdict.mapping;
    // A pair that shows each endpoint another port, and a third that shows one more, look like a symmetric NAT.
    const bool consistent = std::string_view(lie.what) == "a port for each endpoint";
    EXPECT_EQ(mapping.value.has_value(), consistent) << lie.what;
    EXPECT_TRUE(tells_one_of(mapping.why, consistent ? "one pair's word" : "stands alone|contradict")) << mapping.why;
  }
}

}  // namespace lying_reflector_test
