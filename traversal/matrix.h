#pragma once
// The compatibility matrix: every unordered pair of hosts, what theory predicted and what was observed, with
// denominators. Values only; reports/ prints them.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/nat_behavior.h"
#include "net/time.h"
#include "traversal/timeline.h"

namespace traversal {

// By mapping and filtering alone; no translation counts as endpoint-independent mapping.
enum class Prediction : std::uint8_t {
  Direct,
  Needs1Port,
  Needs2PortsInTurn,
  Needs2PortsJointly,
  Impossible,  // UDP blocked, or no address family in common
  SameNat,
  Unknown,
};

enum class Outcome : std::uint8_t {
  Direct,      // both sides proved it on one pair of endpoints
  Asymmetric,  // both directions work, on two paths: counts as connected
  OneWay,      // only in `direction`
  Failed,
  AgentLost,
  NotRun,
};

[[nodiscard]] std::string_view to_string(Prediction prediction);
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::optional<Prediction> parse_prediction(std::string_view word);
[[nodiscard]] std::optional<Outcome> parse_outcome(std::string_view word);
[[nodiscard]] bool connected(Outcome outcome);  // direct or asymmetric

// A path after it was proven, as one side measured it with further checks.
struct Held {
  unsigned sent = 0;
  unsigned answered = 0;
  std::optional<net::Duration> round_trip;  // the median
  bool survived = false;                    // one of the last checks was answered
};

// One strategy in one trial of a pair: the two halves joined.
struct Attempt {
  unsigned trial = 1;  // from 1
  std::string strategy;
  Outcome outcome = Outcome::NotRun;
  std::optional<net::Duration> time_to_connect;  // from the common start to the later of the two proofs
  unsigned packets_a = 0;                        // checks and answers sent by each side
  unsigned packets_b = 0;
  unsigned ports_a = 0;  // sockets each side opened for it
  unsigned ports_b = 0;
  std::optional<Held> held_a;  // where a hold was asked for and there was a path
  std::optional<Held> held_b;
  std::string why;                      // the first missing step, where it did not connect
  std::vector<TimelineEvent> timeline;  // of both hosts and the rendezvous, in order of time
};

struct ConnectTimes {
  net::Duration min{};
  net::Duration median{};
  net::Duration max{};
};

struct PairOutcome {
  std::string a;
  std::string b;
  Prediction predicted = Prediction::Unknown;
  Outcome outcome = Outcome::NotRun;
  std::string direction;  // "a-to-b" or "b-to-a" when one-way
  unsigned trials = 0;
  unsigned successes = 0;
  std::string strategy;  // of the success, else of the last attempt
  std::optional<ConnectTimes> connect;
  std::string why;
  std::vector<Attempt> attempts;
};

struct Host {
  std::string name;
  net::NatBehavior behavior;
  std::string local;  // endpoints as text, empty when not known
  std::string external;
  std::string external_other = {};  // in the other address family, where the rendezvous is reached over both
  std::string port_mapping = {};    // the protocol its router maps ports by, where one is known
};

struct Matrix {
  std::vector<Host> hosts;
  std::vector<PairOutcome> pairs;
  std::chrono::system_clock::time_point started_at;
  net::Duration duration{};
};

// `direct` did not connect, or simultaneous-open connected a pair that needed a guess.
[[nodiscard]] bool disagrees(const PairOutcome& pair);

}  // namespace traversal
