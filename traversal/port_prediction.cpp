#include "traversal/port_prediction.h"

#include "traversal/ordinary_punch.h"
#include "traversal/predict.h"

namespace traversal {
namespace {

constexpr std::size_t guessed_ports = 3;  // others behind the NAT may have taken the next one

// Both ports must be right in one pair of packets, so nothing but the guesses may take a port.
bool both_at_once(const net::NatBehavior& a, const net::NatBehavior& b) {
  return predict(in_effect(a), in_effect(b)).result == Prediction::Needs2PortsJointly;
}

}  // namespace

Plan port_prediction(const Description& local, const Description& remote, net::Random&) {
  const auto seen = find_candidate(remote, CandidateType::ServerReflexive);
  if (!seen) return ordinary_punch({});
  std::vector<net::Endpoint> places;
  const bool guess = dependent(remote.behavior) && predictable(remote.behavior);
  if (!guess || !both_at_once(local.behavior, remote.behavior)) places.push_back(*seen);
  if (guess) {
    const auto next = following(*seen, remote.ports.value_or(PortPattern{}), guessed_ports);
    places.insert(places.end(), next.begin(), next.end());
  }
  return ordinary_punch(places);
}

std::string not_predictable(const Pairing& pair) {
  const auto& [a, b] = pair.behaviors.values;
  const auto needed = effort(a, b);
  if (!needed) return "how their NATs choose ports was not measured";
  if (*needed == Effort::Direct) return "no port has to be guessed";
  if (*needed == Effort::Predict || *needed == Effort::PredictBoth) return "";
  return "the port that has to be guessed is chosen at random";
}

}  // namespace traversal
