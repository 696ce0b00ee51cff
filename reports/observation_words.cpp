#include "reports/observation_words.h"

#include <fmt/format.h>

#include <vector>

#include "reports/plain_words.h"

namespace reports {
namespace {

// "ask 198.51.100.1:3478 from its socket 1, port 40000"
std::string assistance(const probe::AssistQuestion& question) {
  std::string out(probe::to_string(question.act));
  if (question.act == probe::AssistAct::Greet) return out;
  if (question.target) out += " " + net::to_string(*question.target);
  out += fmt::format(" from its socket {}", question.socket);
  if (question.act == probe::AssistAct::Prove) return out + fmt::format(" to answer to our port {}", question.port);
  return question.port == 0 ? out : out + fmt::format(", port {}", question.port);
}

std::string asked(const probe::Query& query) {
  const std::string to = net::to_string(query.to) + (query.transport == probe::Transport::Tcp ? " over TCP" : "");
  if (query.gateway) return fmt::format("{} {}", to, gateway::to_string(query.gateway->act));
  if (query.assist) return fmt::format("{} {}", to, assistance(*query.assist));
  if (query.response_port) return fmt::format("{} to answer to port {}", to, *query.response_port);
  if (query.change && query.change->any()) {
    return fmt::format("{} to answer from {}", to, net::to_string(query.expected_from));
  }
  if (query.question && !query.change) return fmt::format("{} how many replies it sent", to);
  return to;
}

std::string counted(unsigned count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// "answered: Example Router, outside 203.0.113.9, port 5000 for 120 s"
std::string gateway_told(const gateway::Answer& told) {
  std::vector<std::string> parts;
  if (!told.vendor.empty() || !told.model.empty()) parts.push_back(fmt::format("{} {}", told.vendor, told.model));
  if (told.external_address) parts.push_back("outside " + net::to_string(*told.external_address));
  if (told.external_port) parts.push_back(fmt::format("port {}", *told.external_port));
  if (told.lease) parts.push_back(fmt::format("for {:.0f} s", net::to_ms(*told.lease) / 1000));
  return parts.empty() ? "answered" : fmt::format("answered: {}", fmt::join(parts, ", "));
}

std::string answer(const probe::Observation& observation) {
  if (observation.gateway) return gateway_told(*observation.gateway);
  std::string out = observation.query.to_ourselves ? "sent, and not heard" : "answered";
  if (observation.assist && observation.assist->external) {
    out = fmt::format("its socket is seen as {}", net::to_string(*observation.assist->external));
  } else if (observation.assist && observation.assist->asker) {
    out = fmt::format("it sees us as {}", net::to_string(*observation.assist->asker));
  }
  if (const auto seen = seen_as(observation)) out = fmt::format("seen as {}", net::to_string(*seen));
  if (observation.answered_at > observation.sent_at) {
    out += fmt::format(" after {}", duration_words(observation.answered_at - observation.sent_at));
  }
  if (observation.sent_count) {
    out += fmt::format(", sent {} and refused {}", observation.sent_count->sent, observation.sent_count->refused);
  }
  return out;
}

std::string came_back(const probe::Observation& observation) {
  using enum probe::Outcome;
  switch (observation.outcome) {
    case Pending: return "no answer yet";
    case Answered: return answer(observation);
    case Refused:
      return observation.error_code ? fmt::format("refused with error {}", *observation.error_code) : "refused";
    case WrongSource:
      return fmt::format("answer from the wrong address{}",
                         observation.from ? " " + net::to_string(*observation.from) : std::string());
    case Unusable: return "an answer that cannot be used";
    case Silence: return fmt::format("nothing, {} sent", counted(observation.requests, "request", "requests"));
    case Unreachable: return "unreachable";
    case NotSent: return "not sent";
    case Returned:
      return fmt::format("our own request came back{}",
                         observation.from ? " from " + net::to_string(*observation.from) : std::string());
  }
  return {};
}

}  // namespace

std::optional<net::Endpoint> seen_as(const probe::Observation& observation) {
  return observation.mapped ? observation.mapped : observation.mapped_plain;
}

ObservationWords words(const probe::Observation& observation) {
  std::string back = came_back(observation);
  if (observation.duplicates > 0) back += fmt::format(", {}", counted(observation.duplicates, "copy", "copies"));
  if (!observation.note.empty()) back += fmt::format(" ({})", observation.note);
  return {.asked = asked(observation.query), .came_back = std::move(back)};
}

}  // namespace reports
