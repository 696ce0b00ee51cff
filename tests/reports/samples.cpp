#include "tests/reports/samples.h"

#include <fmt/core.h>

#include <array>
#include <random>

#include "traversal/predict.h"

namespace samples {
namespace {

using namespace std::chrono_literals;
using net::FilteringBehavior;
using net::MappingBehavior;
using probe::Observation;
using probe::Outcome;

const net::Endpoint primary = net::endpoint("203.0.113.10:3478");
const net::Endpoint alternate_port = net::endpoint("203.0.113.10:3479");
const net::Endpoint partner = net::endpoint("203.0.113.20:3478");
const net::Endpoint partner_port = net::endpoint("203.0.113.20:3479");

constexpr auto started = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(10);

// Builds the log of one run: sockets get ports in order, questions come 10 ms apart, answers take 20 ms.
class Run {
 public:
  Run(Kind kind, unsigned host) : kind_(kind), host_(host) {}

  std::size_t ask(const std::string& discovery, std::uint32_t socket, net::Endpoint to, net::Endpoint from,
                  bool let_in) {
    Observation seen;
    seen.query = {.discovery = discovery, .socket = socket, .to = to, .expected_from = from, .most_requests = 7};
    if (from != to) {
      seen.query.change =
          stun::ChangeRequest{.change_address = from.address != to.address, .change_port = from.port != to.port};
      seen.query.question = static_cast<std::uint32_t>(log_.size());
    }
    seen.local = net::endpoint(fmt::format("192.168.{}.6:{}", host_, 40000 + socket));
    seen.sent_at = 10ms * log_.size() + 21ms;
    seen.outcome = let_in ? Outcome::Answered : Outcome::Silence;
    seen.requests = let_in ? 1 : 7;
    seen.waited_until = seen.sent_at + (let_in ? 20'250us : 400'000us);
    if (let_in) {
      seen.answered_at = seen.waited_until;
      seen.from = seen.response_origin = from;
      seen.mapped = mapped(socket, to);
    }
    log_.push_back(std::move(seen));
    return log_.size() - 1;
  }

  // What `to` sees of the socket: one port for all, one an address, or one an endpoint.
  [[nodiscard]] net::Endpoint mapped(std::uint32_t socket, net::Endpoint to) const {
    if (kind_.mapping == MappingBehavior::None)
      return *net::parse_endpoint(fmt::format("192.168.{}.6:{}", host_, 40000 + socket));
    unsigned offset = 0;
    const bool other_address = to.address != primary.address;
    const bool other_port = to.port != primary.port;
    if (kind_.mapping != MappingBehavior::EndpointIndependent && other_address) offset += 1117;
    if (kind_.mapping == MappingBehavior::AddressAndPortDependent && other_port) offset += 2339;
    return net::endpoint(fmt::format("198.51.100.{}:{}", host_, 50000 + socket + offset));
  }

  [[nodiscard]] bool lets_in(net::Endpoint from) const {
    if (kind_.filtering == FilteringBehavior::EndpointIndependent) return true;
    return kind_.filtering == FilteringBehavior::AddressDependent && from.address == primary.address;
  }

  probe::ObservationLog take() { return std::move(log_); }

 private:
  Kind kind_;
  unsigned host_;
  probe::ObservationLog log_;
};

void conclude(probe::Report& report, Kind kind) {
  const net::NatBehavior behavior{.mapping = kind.mapping, .filtering = kind.filtering};
  report.verdict.nat_class = net::nat_class(behavior);
  report.verdict.rfc3489 = net::classic_name(behavior);
  report.verdict.mapping.value = kind.mapping;
  report.verdict.filtering.value = kind.filtering;
}

// As both hosts and the rendezvous tell it: one way of 21 ms, a common start 62 ms after both were asked.
std::vector<traversal::TimelineEvent> timeline_of(traversal::Outcome outcome, net::Duration time) {
  using traversal::Step;
  using traversal::Witness;
  const net::Endpoint a = net::endpoint("198.51.100.1:50002");
  const net::Endpoint b = net::endpoint("203.0.113.86:41500");
  constexpr auto start = 62ms;
  std::vector<traversal::TimelineEvent> out = {{Witness::Rendezvous, {21'400us, Step::Seen, a}},
                                               {Witness::Rendezvous, {24'100us, Step::Seen, b}},
                                               {Witness::Rendezvous, {start, Step::Started, std::nullopt}},
                                               {Witness::A, {start, Step::FirstCheck, b}},
                                               {Witness::B, {start + 300us, Step::FirstCheck, a}}};
  const bool connects = traversal::connected(outcome);
  if (outcome != traversal::Outcome::Failed) out.push_back({Witness::B, {start + 21ms, Step::Heard, a}});
  if (connects) {
    out.push_back({Witness::A, {start + 21'200us, Step::Heard, b}});
    out.push_back({Witness::A, {start + time - 1ms, Step::Answered, b}});
    out.push_back({Witness::A, {start + time - 1ms, Step::Proven, b}});
    out.push_back({Witness::B, {start + time, Step::Answered, a}});
    out.push_back({Witness::B, {start + time, Step::Proven, a}});
  }
  for (const Witness by : {Witness::A, Witness::B}) {
    out.push_back({by, {start + 5s, connects ? Step::PathHeld : Step::TimeOver, std::nullopt}});
  }
  return out;
}

traversal::Attempt attempt(unsigned trial, traversal::Outcome outcome, net::Duration time, std::string why = {}) {
  traversal::Attempt out{.trial = trial, .strategy = "simultaneous-open", .outcome = outcome, .why = std::move(why)};
  if (traversal::connected(outcome)) out.time_to_connect = time;
  out.packets_a = traversal::connected(outcome) ? 5 : 60;
  out.packets_b = traversal::connected(outcome) ? 6 : 60;
  out.timeline = timeline_of(outcome, time);
  return out;
}

traversal::PairOutcome pair(std::string a, std::string b, traversal::Prediction predicted, traversal::Outcome outcome,
                            net::Duration median = 44'200us) {
  traversal::PairOutcome out{.a = std::move(a), .b = std::move(b), .predicted = predicted, .outcome = outcome};
  out.strategy = "simultaneous-open";
  out.trials = 3;
  const bool connected = traversal::connected(outcome);
  out.successes = connected ? 3 : 0;
  if (connected)
    out.connect = traversal::ConnectTimes{.min = median - 3200us, .median = median, .max = median + 15'900us};
  if (!connected) out.why = "no check of " + out.a + " reached " + out.b;
  for (unsigned trial = 1; trial <= out.trials; ++trial) {
    constexpr std::array spread = {-3200us, 0us, 15'900us};
    out.attempts.push_back(attempt(trial, outcome, median + spread.at(trial - 1), out.why));
  }
  return out;
}

traversal::Host host_of(std::string name, const probe::Report& report) {
  return {.name = std::move(name),
          .behavior = {.mapping = report.verdict.mapping.value, .filtering = report.verdict.filtering.value},
          .local = report.local ? net::to_string(*report.local) : "",
          .external = report.external ? net::to_string(*report.external) : ""};
}

}  // namespace

probe::Report report_of(Kind kind, unsigned host) {
  Run run(kind, host);
  probe::Report report;
  conclude(report, kind);
  run.ask("connectivity", 0, primary, primary, true);
  for (const auto& to : {primary, alternate_port, partner, partner_port}) {
    report.verdict.mapping.evidence.push_back(run.ask("mapping", 1, to, to, true));
  }
  for (const auto& from : {alternate_port, partner, partner_port}) {
    const std::uint32_t socket = 2 + static_cast<std::uint32_t>(report.verdict.filtering.evidence.size() / 2);
    report.verdict.filtering.evidence.push_back(run.ask("filtering", socket, primary, from, run.lets_in(from)));
    report.verdict.filtering.evidence.push_back(run.ask("control", socket + 10, from, from, true));
  }
  report.verdict.mapping.confidence = 0.9999999;
  report.verdict.filtering.confidence = 0.99999;
  report.local = net::endpoint(fmt::format("192.168.{}.6:40000", host));
  report.external = run.mapped(0, primary);
  report.observations = run.take();
  report.reflectors = {{.given = "203.0.113.10",
                        .endpoint = primary,
                        .answered = true,
                        .other_address = partner_port,
                        .round_trip = 20'250us,
                        .note = "confirms what it sends"}};
  report.started_at = started;
  report.duration = 431'200us;
  return report;
}

probe::Report full_cone(unsigned host) {
  return report_of({MappingBehavior::EndpointIndependent, FilteringBehavior::EndpointIndependent}, host);
}
probe::Report port_restricted_cone(unsigned host) {
  return report_of({MappingBehavior::EndpointIndependent, FilteringBehavior::AddressAndPortDependent}, host);
}
probe::Report symmetric(unsigned host) {
  return report_of({MappingBehavior::AddressAndPortDependent, FilteringBehavior::AddressAndPortDependent}, host);
}
probe::Report open_internet() { return report_of({MappingBehavior::None, FilteringBehavior::EndpointIndependent}); }
probe::Report firewall() { return report_of({MappingBehavior::None, FilteringBehavior::AddressDependent}); }
probe::Report no_classic_name() {
  return report_of({MappingBehavior::AddressDependent, FilteringBehavior::EndpointIndependent});
}

probe::Report two_plain_servers() {
  probe::Report report = symmetric();
  report.verdict.rfc3489 = net::ClassicName::Unknown;
  report.verdict.mapping = {.evidence = {1, 3}, .why = "two plain servers cannot tell address from port"};
  report.verdict.filtering = {.why = "no reflector can answer from another address"};
  return report;
}

probe::Report partner_silent() {
  probe::Report report = full_cone();
  report.verdict.rfc3489 = net::ClassicName::Unknown;
  report.verdict.filtering = {.why = "the partner did not answer"};
  return report;
}

probe::Report udp_blocked() {
  probe::Report report;
  report.verdict.nat_class = net::NatClass::UdpBlocked;
  report.verdict.rfc3489 = net::ClassicName::UdpBlocked;
  report.verdict.mapping.why = report.verdict.filtering.why = "no UDP answer from any reflector";
  Observation udp;
  udp.query = {.discovery = "connectivity", .to = primary, .expected_from = primary, .most_requests = 7};
  udp.outcome = Outcome::Silence;
  udp.requests = 7;
  Observation tcp = udp;
  tcp.query.transport = probe::Transport::Tcp;
  tcp.outcome = Outcome::Answered;
  tcp.answered_at = 61ms;
  tcp.mapped = net::endpoint("198.51.100.1:51515");
  report.observations = {udp, tcp};
  report.reflectors = {{.given = "stun.example", .endpoint = primary}};
  report.started_at = started;
  report.duration = 5s;
  return report;
}

probe::Report nothing_answered() {
  probe::Report report = udp_blocked();
  report.verdict = {};
  report.verdict.mapping.why = report.verdict.filtering.why = "no reflector answered over UDP or TCP";
  report.observations.pop_back();
  return report;
}

probe::Report every_field() {
  probe::Report report = symmetric();
  Observation seen;
  seen.query = {.discovery = "filtering",
                .socket = 0xFFFFFFFF,
                .transport = probe::Transport::Tcp,
                .to = net::endpoint("[2001:db8::1]:3478"),
                .change = stun::ChangeRequest{.change_address = true, .change_port = false},
                .expected_from = net::endpoint("[2001:db8::2]:3478"),
                .question = 4000000000,
                .most_requests = 21};
  seen.outcome = Outcome::Refused;
  seen.local = net::endpoint("[2001:db8::3]:1");
  seen.sent_at = 1234567891ns;
  seen.answered_at = 2234567899ns;
  seen.waited_until = 3234567897ns;
  seen.requests = 5;
  seen.duplicates = 6;
  seen.ignored = 7;
  seen.late = 8;
  seen.from = net::endpoint("192.0.2.1:11");
  seen.mapped = net::endpoint("192.0.2.2:12");
  seen.mapped_plain = net::endpoint("192.0.2.3:13");
  seen.response_origin = net::endpoint("192.0.2.4:14");
  seen.other_address = net::endpoint("192.0.2.5:15");
  seen.return_token = stun::ReturnToken{.bytes = {0, 1, 2, 3, 4, 0xFD, 0xFE, 0xFF}};
  seen.sent_count = stun::SentCount{.sent = 9, .refused = 10};
  seen.error_code = 420;
  seen.note = "Unknown \"Attribute\" <ü>\n";
  report.observations.push_back(seen);
  report.verdict.mapping.why = "while the port is free";
  report.verdict.filtering.why = "the server does not confirm what it sent";
  report.labels = {{"firmware", "1.2.3"}, {"vendor", "ACME"}};
  report.strays = 17;
  report.started_at = started + 123ms;
  report.duration = 987654321ns;
  report.reflectors.push_back({.given = "other.example:99", .endpoint = partner, .note = "did not answer"});
  report.interface = "eth7";
  report.traffic = {.packets = 18, .flows = 19};
  report.budget = {.packets = 20, .flows = 21};
  report.paths = {full_cone(), firewall()};
  report.paths.back().interface = "wlan<0>";
  return report;
}

probe::Report assisted() {
  probe::Report report = full_cone();
  Observation seen;
  seen.query = {.discovery = "assist",
                .socket = 1900,
                .to = net::endpoint("192.168.0.7:3482"),
                .expected_from = net::endpoint("192.168.0.7:3482"),
                .question = 1,
                .most_requests = 12};
  seen.query.assist = probe::AssistQuestion{.act = probe::AssistAct::Send,
                                            .socket = 63,
                                            .port = 4711,
                                            .target = net::endpoint("203.0.113.86:9881"),
                                            .proof = probe::AssistProofId{0, 1, 2, 0xFF}};
  seen.query.heard_on = 1901;
  seen.query.to_ourselves = true;
  seen.outcome = Outcome::Returned;
  seen.assist = probe::AssistAnswer{.asker = net::endpoint("192.168.0.6:1900"),
                                    .local = net::endpoint("192.168.0.7:5000"),
                                    .external = net::endpoint("203.0.113.86:5001"),
                                    .proof = probe::AssistProofId{3, 4, 5, 0xFE}};
  report.observations.push_back(seen);
  return report;
}

reports::MatrixDocument three_hosts() {
  using traversal::Outcome;
  using traversal::Prediction;
  reports::MatrixDocument out;
  out.probes = {{"a", full_cone()}, {"b", port_restricted_cone()}, {"c", symmetric()}};
  for (const auto& [name, report] : out.probes) out.matrix.hosts.push_back(host_of(name, report));
  out.matrix.hosts[2].behavior.allocation = net::PortAllocation::Random;
  out.matrix.pairs = {pair("a", "b", Prediction::Direct, Outcome::Direct),
                      pair("a", "c", Prediction::Direct, Outcome::Direct, 61'800us),
                      pair("b", "c", Prediction::Needs1Port, Outcome::Failed)};
  out.matrix.started_at = started;
  out.matrix.duration = 12'400ms;
  return out;
}

reports::MatrixDocument all_outcomes() {
  using traversal::Outcome;
  using traversal::Prediction;
  reports::MatrixDocument out = three_hosts();
  out.matrix.hosts.push_back({.name = "d", .behavior = {.udp_blocked = true}});
  out.matrix.hosts.push_back({.name = "e", .behavior = {}});
  auto& pairs = out.matrix.pairs;
  pairs[0].outcome = Outcome::Failed;  // theory said direct
  pairs[0].successes = 0;
  pairs[0].connect.reset();
  pairs[0].why = "no check of a reached b";
  pairs[1].outcome = Outcome::Asymmetric;
  pairs[2].outcome = Outcome::OneWay;
  pairs[2].direction = "b-to-a";
  pairs.push_back(pair("a", "d", Prediction::Impossible, Outcome::NotRun));
  pairs.back().trials = 0;
  pairs.back().attempts.clear();
  pairs.back().why = "UDP is blocked at d";
  pairs.push_back(pair("a", "e", Prediction::Unknown, Outcome::AgentLost));
  pairs.back().why = "e stopped answering";
  return out;
}

reports::MatrixDocument many_hosts(std::size_t hosts) {
  reports::MatrixDocument out;
  for (std::size_t i = 0; i < hosts; ++i) {
    const net::NatBehavior behavior{.mapping = static_cast<MappingBehavior>(i / 3 % 3),
                                    .filtering = static_cast<FilteringBehavior>(i % 3)};
    out.matrix.hosts.push_back({.name = fmt::format("host-{:03}", i + 1), .behavior = behavior});
  }
  for (std::size_t i = 0; i < hosts; ++i) {
    for (std::size_t j = i + 1; j < hosts; ++j) {
      const auto& [a, b] = std::tie(out.matrix.hosts[i], out.matrix.hosts[j]);
      const auto theory = traversal::predict(a.behavior, b.behavior);
      auto outcome = traversal::Outcome::Failed;
      if (theory.path == traversal::Path::SameFiveTuple) outcome = traversal::Outcome::Direct;
      if (theory.path == traversal::Path::TwoFiveTuples) outcome = traversal::Outcome::Asymmetric;
      out.matrix.pairs.push_back(pair(a.name, b.name, theory.result, outcome));
    }
  }
  out.matrix.started_at = started;
  out.matrix.duration = 95s;
  return out;
}

reports::MatrixDocument crowd(std::size_t hosts) {
  using traversal::Outcome;
  constexpr std::array<Kind, 9> kinds = {{
      {MappingBehavior::EndpointIndependent, FilteringBehavior::AddressAndPortDependent},
      {MappingBehavior::EndpointIndependent, FilteringBehavior::AddressAndPortDependent},
      {MappingBehavior::EndpointIndependent, FilteringBehavior::AddressAndPortDependent},
      {MappingBehavior::EndpointIndependent, FilteringBehavior::AddressDependent},
      {MappingBehavior::EndpointIndependent, FilteringBehavior::EndpointIndependent},
      {MappingBehavior::AddressAndPortDependent, FilteringBehavior::AddressAndPortDependent},
      {MappingBehavior::AddressAndPortDependent, FilteringBehavior::AddressAndPortDependent},
      {MappingBehavior::AddressDependent, FilteringBehavior::AddressDependent},
      {MappingBehavior::None, FilteringBehavior::EndpointIndependent},
  }};
  std::mt19937 random(7);
  reports::MatrixDocument out;
  for (std::size_t i = 0; i < hosts; ++i) {
    const auto& [mapping, filtering] = kinds[random() % kinds.size()];
    out.matrix.hosts.push_back(
        {.name = fmt::format("host-{:04}", i + 1),
         .behavior = {.mapping = mapping, .filtering = filtering},
         .external = fmt::format("198.51.{}.{}:{}", i / 250, 1 + i % 250, 1024 + random() % 60000)});
  }
  out.matrix.pairs.reserve(hosts * (hosts - 1) / 2);
  for (std::size_t i = 0; i < hosts; ++i) {
    for (std::size_t j = i + 1; j < hosts; ++j) {
      const auto& [a, b] = std::tie(out.matrix.hosts[i], out.matrix.hosts[j]);
      const auto theory = traversal::predict(a.behavior, b.behavior);
      auto outcome = theory.path == traversal::Path::SameFiveTuple ? Outcome::Direct : Outcome::Failed;
      if (theory.path == traversal::Path::TwoFiveTuples) outcome = Outcome::Asymmetric;
      if (random() % 400 == 0) outcome = outcome == Outcome::Direct ? Outcome::Failed : Outcome::Direct;
      if (random() % 500 == 0) outcome = Outcome::NotRun;
      const auto median =
          std::chrono::microseconds(8'000 + random() % 40'000 + (random() % 9 == 0 ? random() % 300'000 : 0));
      out.matrix.pairs.push_back(pair(a.name, b.name, theory.result, outcome, median));
      out.matrix.pairs.back().attempts.resize(1);
      if (!reports::has_pair_cards(hosts)) out.matrix.pairs.back().attempts[0].timeline.clear();
    }
  }
  out.matrix.started_at = started;
  out.matrix.duration = 1900s;
  return out;
}

probe::Report thorough() {
  probe::Report report = symmetric();
  std::vector<std::size_t> flows;
  for (unsigned i = 0; i < 40; ++i) {
    Observation seen = report.observations[1 + i % 4];
    seen.query.discovery = "allocation";
    seen.query.socket = 100 + i / 2;
    seen.query.to = seen.query.expected_from = i % 2 == 0 ? primary : partner_port;
    seen.local = net::endpoint(fmt::format("192.168.3.6:{}", 41000 + i / 2 * 7));
    seen.sent_at = 1s + 30ms * i;
    seen.answered_at = seen.waited_until = seen.sent_at + 20ms;
    seen.mapped = net::endpoint(fmt::format("198.51.100.3:{}", 52000 + i * 2 + (i > 25 ? 14 : 0)));
    flows.push_back(report.observations.size());
    report.observations.push_back(seen);
  }
  report.verdict.findings = {
      {.name = "allocation",
       .finding = {.value = std::string("sequential"), .confidence = 0.999999, .evidence = flows},
       .figures = {{"step", 2.0}, {"first", 52000.0}, {"last", 52092.0}, {"entropy", 0.2}}},
      {.name = "lifetime",
       .finding = {.value = 29.0, .confidence = 0.9999, .evidence = {1, 2, 3, 4}},
       .figures = {{"outbound_only", 30.0}, {"answered", 30.0}, {"two_way", 118.5}, {"two_way_or_longer", true}}},
      {.name = "layers",
       .finding = {.value = std::string("two-or-more"),
                   .confidence = 0.9999,
                   .evidence = {2, 3},
                   .why = "keep-alives that end at hop 2 keep one mapping, not the other"},
       .figures = {{"inner_hop", 1.0},
                   {"outer_hop", 3.0},
                   {"inner_lifetime", 30.0},
                   {"outer_lifetime", 62.0},
                   {"reflector_hop", 7.0}}},
  };
  report.labels = {{"vendor", "ACME"}, {"model", "Router 5"}, {"firmware", "1.2.3"}};
  return report;
}

}  // namespace samples
