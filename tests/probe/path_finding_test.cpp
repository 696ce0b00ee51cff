// What the discoveries of the path ask and conclude, from hand-built logs: what proves silence, and what does not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>

#include "probe/findings.h"
#include "probe/fragments_discovery.h"
#include "probe/hairpin_discovery.h"
#include "probe/icmp_discovery.h"
#include "probe/path_mtu_discovery.h"
#include "probe/payload_discovery.h"
#include "probe/repeated_question.h"
#include "probe/unsolicited_discovery.h"
#include "tests/probe/log_builder.h"

namespace path_finding_test {

using namespace logs;
using probe::NamedFinding;
using probe::Observation;
using probe::Outcome;
using probe::Query;
using testing::HasSubstr;

// A run that has happened: whatever a discovery asks is answered at once by `reply`, which leaves it silent or not.
using Reply = std::function<void(Observation&)>;

struct Played {
  probe::ObservationLog log;
  net::Duration now = 100ms;
  bool finished = false;
};

void answer(Observation& seen, const net::Endpoint& mapped = external) {
  seen.outcome = Outcome::Answered;
  seen.answered_at = seen.sent_at + 20ms;
  seen.from = seen.query.expected_from;
  seen.mapped = seen.mapped_plain = mapped;
  seen.return_token.emplace();
  seen.arrival = stun::Arrival{.ttl = 60, .length = 128};
}

Played play(probe::Step (*next)(const probe::RunSoFar&), const Reply& reply) {
  LogBuilder builder;
  builder.pair();
  Played out{.log = std::move(builder.log)};
  for (unsigned n = 0; n < 2000 && !out.finished; ++n) {
    const probe::Step step = next({.log = out.log, .elapsed = out.now, .timeout = 5s, .full = true});
    for (const Query& query : step.ask) {
      out.log.push_back({.query = query,
                         .outcome = Outcome::Silence,
                         .local = net::with_port(local, static_cast<std::uint16_t>(50'000 + query.socket)),
                         .sent_at = out.now,
                         .waited_until = 100s,
                         .requests = 1});
      if (query.bound_to) out.log.back().local = query.bound_to;
      reply(out.log.back());
    }
    out.finished = step.finished;
    out.now = step.look_again.value_or(out.now + 1ms);
  }
  EXPECT_TRUE(out.finished);
  return out;
}

NamedFinding conclude(const Played& played, std::string_view name) {
  return probe::find_finding_kind(name)->conclude(played.log);
}

std::string value(const NamedFinding& finding) {
  return finding.finding.value ? probe::to_string(*finding.finding.value) : "?";
}

std::string figure(const NamedFinding& finding, const std::string& name) {
  return finding.figures.contains(name) ? probe::to_string(finding.figures.at(name)) : "?";
}

unsigned count(const Played& played, bool (*wanted)(const Query&)) {
  return static_cast<unsigned>(std::count_if(played.log.begin(), played.log.end(),
                                             [&](const Observation& seen) { return wanted(seen.query); }));
}

// The endpoint by which the world knows this socket.
net::Endpoint known_as(std::uint32_t socket) {
  return net::with_port(external, static_cast<std::uint16_t>(7000 + socket));
}

void answer_plain(Observation& seen) {
  if (!seen.query.to_ourselves) answer(seen, known_as(seen.query.socket));
}

// ---- silence -------------------------------------------------------------------------------------------------------

TEST(RepeatedQuestion, OnlyRepeatsWithAnAnsweredControlCount) {
  const Query question = [] {
    Query query = probe::plain_control("hairpin", 900, a);
    query.size = 2000;
    return query;
  }();
  const Query control = probe::plain_control("hairpin", 900, a);
  probe::ObservationLog log;
  const auto add = [&](const Query& query, bool answered) {
    log.push_back({.query = query, .outcome = Outcome::Silence, .waited_until = 10s, .requests = 1});
    if (answered) answer(log.back());
  };
  for (unsigned i = 0; i < 20; ++i) {
    add(question, false);
    add(control, i % 2 == 0);
  }
  const probe::Repeats seen = probe::repeats(log, question);
  EXPECT_EQ(seen.asked.size(), 20U);
  EXPECT_EQ(seen.counted.size(), 10U);
  const double chance = probe::round_trip_loss(log).estimate();
  EXPECT_DOUBLE_EQ(chance, 11.0 / 22);
  EXPECT_FALSE(probe::repeated_silence(log, seen, chance).proven) << "half of all round trips were lost";
  EXPECT_TRUE(probe::repeated_silence(log, seen, 0.1).proven);
  EXPECT_NEAR(probe::repeated_silence(log, seen, 0.1).confidence, 1 - 1e-10, 1e-12);
  add(question, true);
  EXPECT_FALSE(probe::repeated_silence(log, probe::repeats(log, question), 0.1).proven) << "it was heard";
}

TEST(RepeatedQuestion, AReflectorThatStops_ProvesNothing) {
  for (const char* name : {"fragments", "path-mtu", "hairpin"}) {
    const auto next = probe::find_finding_kind(name);
    ASSERT_NE(next, nullptr);
    for (const auto& discovery : probe::catalog()) {
      if (discovery.name != next->discovery) continue;
      const Played played = play(discovery.next, [](Observation& seen) {
        if (seen.query.most_requests > 1) answer_plain(seen);
      });
      EXPECT_EQ(value(conclude(played, name)), "?") << name;
      EXPECT_FALSE(conclude(played, name).finding.why.empty()) << name;
    }
  }
}

// ---- hairpin -------------------------------------------------------------------------------------------------------

Reply hairpinned_from(net::Endpoint source) {
  return [source](Observation& seen) {
    answer_plain(seen);
    if (!seen.query.to_ourselves) return;
    seen.outcome = Outcome::Returned;
    seen.answered_at = seen.sent_at + 5ms;
    seen.from = source;
  };
}

TEST(HairpinFinding, NamesTheSource) {
  const net::Endpoint second = net::with_port(local, 50'901);
  const struct {
    net::Endpoint from;
    const char* value;
  } cases[] = {{second, "internal-source"},
               {known_as(901), "external-source"},
               {net::with_port(external, 1), "external-source"},
               {net::with_port(local, 1), "?"},
               {net::endpoint("192.168.1.1:50901"), "?"}};
  for (const auto& row : cases) {
    const NamedFinding found = conclude(play(probe::next_hairpin, hairpinned_from(row.from)), "hairpin");
    EXPECT_EQ(value(found), row.value) << net::to_string(row.from);
    EXPECT_EQ(found.finding.why.empty(), found.finding.value.has_value()) << found.finding.why;
    EXPECT_EQ(figure(found, "filtered"), "no");
  }
}

TEST(HairpinFinding, NoneIsQualified_AndNeedsMappingsThatLast) {
  Played played = play(probe::next_hairpin, answer_plain);
  NamedFinding found = conclude(played, "hairpin");
  EXPECT_EQ(value(found), "none");
  EXPECT_GT(found.finding.confidence, 0.999998);
  EXPECT_LT(found.finding.confidence, 1);
  EXPECT_THAT(found.finding.why, HasSubstr("as one host can tell"));
  played.log.back().mapped->port += 1;
  EXPECT_EQ(value(conclude(played, "hairpin")), "?");
  EXPECT_THAT(conclude(played, "hairpin").finding.why, HasSubstr("mapping changed"));
}

TEST(HairpinFinding, SilenceOfADependentMapping_SaysNothing) {
  const Played played = play(probe::next_hairpin, [](Observation& seen) {
    answer_plain(seen);
    if (seen.query.to == b_alternate) seen.mapped->port += 1;
  });
  EXPECT_EQ(value(conclude(played, "hairpin")), "?");
  EXPECT_THAT(conclude(played, "hairpin").finding.why, HasSubstr("depends on the destination"));
}

// Security: nobody is written to on one reflector's word, nor an address out of its reach.
TEST(Hairpin, WritesToAnExternalEndpoint_OnlyOnTwoReflectorsWord) {
  const auto to_ourselves = [](const Query& query) { return query.to_ourselves; };
  const struct {
    const char* what;
    Reply reply;
  } cases[] = {
      {"they disagree", [](Observation& seen) {
         answer(seen, seen.query.to == a ? known_as(seen.query.socket) : net::endpoint("203.0.113.99:7000"));
       }},
      {"a private address", [](Observation& seen) { answer(seen, net::endpoint("10.0.0.7:7000")); }},
      {"multicast", [](Observation& seen) { answer(seen, net::endpoint("224.0.0.7:7000")); }},
      {"no translation", [](Observation& seen) { answer(seen, *seen.local); }},
      {"B is silent", [](Observation& seen) {
         if (seen.query.to == a) answer(seen);
       }},
  };
  for (const auto& row : cases) {
    const Played played = play(probe::next_hairpin, row.reply);
    EXPECT_EQ(count(played, to_ourselves), 0U) << row.what;
    EXPECT_EQ(value(conclude(played, "hairpin")), "?") << row.what;
    EXPECT_FALSE(conclude(played, "hairpin").finding.why.empty()) << row.what;
  }
  EXPECT_EQ(count(play(probe::next_hairpin, hairpinned_from(known_as(901))), to_ourselves), 1U);
}

// ---- fragments and path MTU ----------------------------------------------------------------------------------------

Reply carrying(std::uint16_t whole, bool out, bool in, bool ours = true) {
  return [=](Observation& seen) {
    const bool large = seen.query.size > whole;
    const bool arrives = !large || (!seen.query.dont_fragment && out && (in || !seen.query.padding));
    if (!arrives) return;
    answer(seen);
    seen.reply_size = seen.query.padding ? seen.query.size : 112;
    if (!ours) seen.return_token.reset();
    if (!ours) seen.arrival.reset();
  };
}

TEST(FragmentsFinding, ByDirection) {
  const struct {
    Reply reply;
    const char* value;
    const char* outbound;
    const char* inbound;
    const char* other_order;
    const char* why;
  } cases[] = {
      {carrying(1472, true, true), "delivered", "yes", "yes", "delivered", ""},
      {carrying(1472, true, false), "outbound-only", "yes", "no", "delivered", ""},
      {carrying(1472, false, false), "not-delivered", "no", "?", "?", ""},
      {carrying(4096, true, true), "?", "?", "?", "?", "nothing is divided"},
      {carrying(1472, false, false, false), "?", "?", "?", "?", "may not take"},
  };
  for (const auto& row : cases) {
    const NamedFinding found = conclude(play(probe::next_fragments, row.reply), "fragments");
    EXPECT_EQ(value(found), row.value) << found.finding.why;
    EXPECT_EQ(figure(found, "outbound"), row.outbound);
    EXPECT_EQ(figure(found, "inbound"), row.inbound);
    EXPECT_THAT(found.finding.why, HasSubstr(row.why));
    EXPECT_EQ(figure(found, "other_order"), row.other_order);
    EXPECT_EQ(found.finding.confidence > 0.99999, found.finding.value.has_value());
  }
}

// The rest of the finding is the same whatever becomes of fragments in another order.
TEST(FragmentsFinding, InAnotherOrder_IsJudgedBesideFragmentsMadeTheSameWay) {
  const auto losing = [](bool by_hand, bool reversed) {
    return [=](Observation& seen) {
      const auto& made = seen.query.in_fragments;
      if (!made || (made->reversed ? reversed : by_hand)) carrying(1472, true, true)(seen);
    };
  };
  const auto refused = [](Observation& seen) {
    carrying(1472, true, true)(seen);
    if (!seen.query.in_fragments) return;
    seen.outcome = probe::Outcome::NotSent;
    seen.note = "make IP fragments: Operation not permitted";
  };
  const struct {
    Reply reply;
    const char* other_order;
  } cases[] = {
      {losing(true, true), "delivered"},
      {losing(true, false), "not-delivered"},
      {losing(false, false), "unknown: fragments that this host makes itself do not arrive in order either"},
      {refused, "unknown: it could not be asked: make IP fragments: Operation not permitted"},
  };
  for (const auto& row : cases) {
    const NamedFinding found = conclude(play(probe::next_fragments, row.reply), "fragments");
    EXPECT_EQ(figure(found, "other_order"), row.other_order);
    EXPECT_EQ(value(found), "delivered");
  }
}

TEST(FragmentsFinding, OfAHostThatWasToldAndDidNotDivide_IsUnknown) {
  const Played played = play(probe::next_fragments, [](Observation& seen) {
    carrying(1472, false, false)(seen);
    if (seen.query.size != 0) seen.icmp = probe::IcmpSeen{.type = 3, .code = 4, .mtu = 1500};
  });
  EXPECT_EQ(value(conclude(played, "fragments")), "?");
  EXPECT_THAT(conclude(played, "fragments").finding.why, HasSubstr("did not divide"));
}

TEST(PathMtuFinding, IsTheLargestThatPassed_OrWhatIcmpToldIfItAgrees) {
  const struct {
    std::uint16_t passes;  // of STUN
    std::uint16_t told;
    bool ours;
    const char* value;
    const char* why;
  } cases[] = {
      {1472, 0, true, "1500", ""},    {1472, 1500, true, "1500", ""}, {1472, 1503, true, "1503", ""},
      {1472, 1504, true, "1500", ""}, {1472, 600, true, "1500", ""},  {1464, 1, true, "1492", ""},
      {4096, 0, true, "4124", "or more"}, {1472, 0, false, "?", "may not take"}, {1472, 1500, false, "1500", ""},
  };
  for (const auto& row : cases) {
    const Played played = play(probe::next_path_mtu, [&](Observation& seen) {
      carrying(row.passes, false, false, row.ours)(seen);
      if (seen.query.size <= row.passes || row.told == 0) return;
      seen.icmp = probe::IcmpSeen{.type = 3, .code = 4, .mtu = row.told};
    });
    const NamedFinding found = conclude(played, "path-mtu");
    EXPECT_EQ(value(found), row.value) << row.passes << " told " << row.told;
    EXPECT_THAT(found.finding.why, HasSubstr(row.why));
    EXPECT_EQ(figure(found, "told"), row.told == 0 ? "no" : "yes");
    EXPECT_LE(played.log.size(), 100U);
  }
}

// ---- payload -------------------------------------------------------------------------------------------------------

std::uint32_t hash_of(const net::Bytes& bytes) {
  return static_cast<std::uint32_t>(::crc32(0, bytes.data(), static_cast<uInt>(bytes.size())));
}

bool holds_text(const Query& query) {
  const std::string text = net::to_string(local.address);
  return std::search(query.fill.begin(), query.fill.end(), text.begin(), text.end()) != query.fill.end();
}

TEST(PayloadFinding, FromHashes_Silence_AndMappedAddress) {
  enum class Fate { Intact, Changed, Swallowed };
  const struct {
    const char* what;
    Fate bytes;
    Fate text;
    bool mapped_differs;
    bool ours;
    const char* value;
    const char* why;
  } cases[] = {
      {"nothing", Fate::Intact, Fate::Intact, false, true, "none", ""},
      {"bytes", Fate::Changed, Fate::Intact, false, true, "rewritten", ""},
      {"text of equal length", Fate::Intact, Fate::Changed, false, true, "rewritten", ""},
      {"text of another length", Fate::Intact, Fate::Swallowed, false, true, "rewritten", ""},
      {"both", Fate::Changed, Fate::Swallowed, true, true, "rewritten", ""},
      {"both silent", Fate::Swallowed, Fate::Swallowed, false, true, "?", "no answer says"},
      {"answers only", Fate::Intact, Fate::Intact, true, true, "rewritten", ""},
      {"a stock server", Fate::Intact, Fate::Intact, false, false, "none", "MAPPED-ADDRESS alone"},
  };
  for (const auto& row : cases) {
    const Played played = play(probe::next_payload, [&](Observation& seen) {
      const Fate fate = seen.query.fill.empty() ? Fate::Intact : holds_text(seen.query) ? row.text : row.bytes;
      if (fate == Fate::Swallowed) {
        seen.requests = 12;
        return;
      }
      answer(seen);
      seen.arrival->fill_hash = hash_of(seen.query.fill) + (fate == Fate::Changed ? 1 : 0);
      if (row.mapped_differs) seen.mapped_plain = seen.local;
      if (!row.ours) seen.arrival.reset();
    });
    const NamedFinding found = conclude(played, "payload-rewriting");
    EXPECT_EQ(value(found), row.value) << row.what << ": " << found.finding.why;
    EXPECT_THAT(found.finding.why, HasSubstr(row.why)) << row.what;
    EXPECT_EQ(found.finding.evidence.empty(), !found.finding.value.has_value()) << row.what;
  }
}

// ---- ICMP ----------------------------------------------------------------------------------------------------------

TEST(IcmpFinding, WhetherAnErrorEndsTheMapping) {
  const struct {
    bool error;
    bool error_forged_type;
    bool still_there;
    bool untouched;
    const char* value;
    const char* ends;
  } cases[] = {
      {true, false, true, true, "delivered", "no"},   {true, false, false, true, "delivered", "yes"},
      {true, false, false, false, "delivered", "?"},  {false, false, true, true, "?", "?"},
      {true, true, true, true, "?", "?"},
  };
  for (const auto& row : cases) {
    const Played played = play(probe::next_icmp, [&](Observation& seen) {
      const auto type = static_cast<std::uint8_t>(row.error_forged_type ? 3 : 11);
      if (seen.query.ttl && row.error) seen.icmp = probe::IcmpSeen{.type = type};
      if (seen.query.ttl) return;
      const bool first = seen.query.heard_on == probe::sockets::icmp;
      const bool there = !seen.query.response_port || (first ? row.still_there : row.untouched);
      if (there) answer(seen, known_as(seen.query.socket));
    });
    const NamedFinding found = conclude(played, "icmp");
    EXPECT_EQ(value(found), row.value);
    EXPECT_EQ(figure(found, "ends_mapping"), row.ends);
    const bool at_once = row.error && !row.error_forged_type;
    EXPECT_EQ(count(played, [](const Query& query) { return query.ttl == 4; }), at_once ? 1U : 6U)
        << "the fourth router is the last before the reflector";
  }
}

// ---- unsolicited ---------------------------------------------------------------------------------------------------

net::Endpoint outside_of(const net::Endpoint& inside) { return net::with_port(external, inside.port); }

bool is_treated(const Query& query) {
  return query.bound_to && query.most_requests > 1 && (query.socket - probe::sockets::unsolicited) % 2 == 1;
}

Reply early_packets(std::uint32_t sent, const std::function<void(Observation&)>& treated) {
  return [=](Observation& seen) {
    if (seen.query.response_port || seen.query.ttl) return;
    answer(seen, outside_of(*seen.local));
    if (seen.query.question) seen.sent_count = stun::SentCount{.sent = sent};
    if (is_treated(seen.query)) treated(seen);
  };
}

void moved(Observation& seen) { seen.mapped->port += 100; }
void no_answer(Observation& seen) {
  seen = {.query = seen.query, .outcome = Outcome::Silence, .local = seen.local, .sent_at = seen.sent_at};
  seen.waited_until = 100s;
  seen.requests = 12;
}

TEST(UnsolicitedFinding, WhereAllTrialsAgree) {
  const auto nothing = [](Observation&) {};
  const auto only_one = [](Observation& seen) {
    if (seen.query.socket == probe::sockets::unsolicited + 1) moved(seen);
  };
  const auto unless_opened = [](Observation& seen) {
    if (seen.query.socket != probe::sockets::unsolicited + 5) moved(seen);
  };
  const struct {
    const char* what;
    std::uint32_t sent;
    std::function<void(Observation&)> treated;
    const char* value;
    const char* low_ttl;
  } cases[] = {
      {"nothing happens", 20, nothing, "ignored", "?"},
      {"another port", 20, moved, "changes-mapping", "no"},
      {"another port unless opened", 20, unless_opened, "changes-mapping", "yes"},
      {"silence", 20, no_answer, "blocks", "no"},
      {"one trial only", 20, only_one, "?", "?"},
      {"nothing was sent", 0, moved, "?", "?"},
  };
  for (const auto& row : cases) {
    const Played played = play(probe::next_unsolicited, early_packets(row.sent, row.treated));
    const NamedFinding found = conclude(played, "unsolicited");
    EXPECT_EQ(value(found), row.value) << row.what << ": " << found.finding.why;
    EXPECT_EQ(figure(found, "low_ttl_avoids_it"), row.low_ttl) << row.what;
    EXPECT_EQ(found.finding.why.empty(), found.finding.value.has_value()) << row.what;
  }
}

TEST(Unsolicited, IsNotAsked_WherePortsAreNotPreserved_OrNothingIsTranslated) {
  const Reply replies[] = {[](Observation& seen) { answer(seen); },
                           [](Observation& seen) { answer(seen, *seen.local); }};
  for (const Reply& reply : replies) {
    const Played played = play(probe::next_unsolicited, reply);
    EXPECT_EQ(count(played, [](const Query& query) { return query.response_port.has_value(); }), 0U);
    EXPECT_EQ(value(conclude(played, "unsolicited")), "?");
  }
}

}  // namespace path_finding_test
