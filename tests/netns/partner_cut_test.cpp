// The link between the two reflectors really cut, while both live (docs/protocol.md, "The partner link"): OTHER-ADDRESS
// goes within 3 s and is back within 3 s of the repair, and a natprobe that runs across either moment is never wrong.
// NATSCOPE_CUTS says how often (2 when it says nothing).

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "lab/wire/services.h"
#include "net/random.h"
#include "stun/address_attributes.h"
#include "stun/message_builder.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace partner_cut_test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto bar = 3s;

unsigned cuts() {
  const char* said = std::getenv("NATSCOPE_CUTS");
  return said != nullptr ? static_cast<unsigned>(std::stoul(said)) : 2;
}

class PartnerCut : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }

  // Two partners, and one host behind a restricted cone: the kind that a silent partner makes look stricter than it is.
  // Made in the test's body, where it may be skipped.
  struct Pair {
    lab::StopSignals stop;
    lab::Scenario scenario = netns::one_host_behind("restricted-cone");
    lab::WiredLab lab{scenario};
    lab::Services services{scenario, lab, NATSCOPE_BIN, stop};
    netns::UdpSocket socket{lab.host("h")};
    net::Random random{20260};

    [[nodiscard]] net::Endpoint reflector(const char* name) const {
      return {lab.reflector(name).addresses.front(), 3478};
    }

    void set_link(bool up) {
      const net::IpAddress one = reflector("r1").address;
      const net::IpAddress two = reflector("r2").address;
      lab.wire().with_network([&](lab::Network& network) {
        for (const auto& [from, to] : {std::pair(one, two), std::pair(two, one)}) {
          up ? network.unblock(from, to) : network.block(from, to);
        }
      });
    }

    // Two hundred runs in two minutes meet local ports of earlier ones, whose doors still stand open.
    void forget_mappings() {
      lab.wire().with_network([&](lab::Network& network) { network.nat(lab.placement().nats.at("nat")).forget(); });
    }

    // Whether r1 announces its partner, asked by a plain request.
    bool announced() {
      net::Bytes request;
      const auto id = stun::TransactionId::random(random);
      stun::MessageBuilder(request, stun::MessageClass::Request, stun::Method::Binding, id);
      socket.send(reflector("r1"), std::string(net::as_text(request)));
      const auto reply = socket.receive();
      if (!reply) throw std::runtime_error("r1 does not answer");
      const auto message = stun::Message::decode(net::as_bytes(reply->text));
      return message && message->has(stun::AttributeType::OtherAddress);
    }

    // How long until r1's announcement is as wanted; asked every 50 ms, at most for twice the bar.
    std::chrono::milliseconds time_until(bool wanted) {
      const auto start = Clock::now();
      while (announced() != wanted && Clock::now() - start < 2 * bar) {
        std::ignore = socket.receive(50ms);
      }
      return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    }

    lab::Process probe() {
      const lab::Command command{.words = {NATSCOPE_BIN "/natprobe", "--json", "-"},
                                 .environment = {{"NATSCOPE_REFLECTORS", services.reflectors()}}};
      return {lab.host("h").where, command, stop};
    }
  };

  // Right or unknown with a reason; `word` is the only value it may have.
  static void expect_right_or_unknown(const nlohmann::json& finding, const char* word) {
    if (finding.at("value").is_null()) {
      EXPECT_FALSE(finding.at("why").is_null()) << finding;
    } else {
      EXPECT_EQ(finding.at("value"), word) << finding;
    }
  }

  static void expect_never_wrong(lab::Process& probe) {
    ASSERT_TRUE(probe.wait(40s).has_value());
    const auto verdict = nlohmann::json::parse(probe.out()).at("verdict");
    expect_right_or_unknown(verdict.at("mapping"), "endpoint-independent");
    expect_right_or_unknown(verdict.at("filtering"), "address-dependent");
  }
};

TEST_F(PartnerCut, IsAnnouncedInTime_AndNeverMakesAWrongVerdict) {
  Pair pair;
  ASSERT_LE(pair.time_until(true), bar);
  for (unsigned cut = 0; cut < cuts(); ++cut) {
    SCOPED_TRACE(cut);
    lab::Process across_the_cut = pair.probe();
    std::ignore = pair.socket.receive(std::chrono::milliseconds(pair.random.below(400)));
    pair.set_link(false);
    lab::Process inside_the_window = pair.probe();
    EXPECT_LE(pair.time_until(false), bar);
    lab::Process after_it_was_noticed = pair.probe();
    for (lab::Process* probe : {&across_the_cut, &inside_the_window, &after_it_was_noticed}) expect_never_wrong(*probe);
    pair.set_link(true);
    lab::Process while_it_heals = pair.probe();
    EXPECT_LE(pair.time_until(true), bar);
    expect_never_wrong(while_it_heals);
    pair.forget_mappings();
  }
}

// A client that cannot say "unknown" must at least have nothing to say. What the RFC 3489 client prints is in
// docs/stock-clients.md.
TEST_F(PartnerCut, LeavesAStockClientWithoutAnyFilteringType) {
  if (!std::filesystem::exists("/usr/bin/turnutils_natdiscovery"))
    NATSCOPE_SKIP("interop", "package coturn is missing");
  Pair pair;
  ASSERT_LE(pair.time_until(true), bar);
  const auto printed = [&pair] {
    const lab::Command command{.words = {"turnutils_natdiscovery", "-f", net::to_string(pair.reflector("r1").address)}};
    lab::Process process(pair.lab.host("h").where, command, pair.stop);
    EXPECT_TRUE(process.wait(60s).has_value());
    return process.out() + process.err();
  };
  EXPECT_NE(printed().find("Address Dependent Filtering!"), std::string::npos);
  pair.set_link(false);
  ASSERT_LE(pair.time_until(false), bar);
  EXPECT_EQ(printed().find("Filtering!"), std::string::npos);
}

}  // namespace partner_cut_test
