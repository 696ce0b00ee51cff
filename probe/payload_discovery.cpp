#include "probe/payload_discovery.h"

#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

// More than an ordinary request has room for: FILL holds this and nothing else, so its hash is known.
constexpr std::size_t fill_size = 176;

// The rest are dots: no part of an address, wherever one ends.
Query holding(Query query, net::Bytes content) {
  content.resize(fill_size, '.');
  query.fill = std::move(content);
  return query;
}

// As STUN and DNS have it: the port, then the address. And the address alone.
net::Bytes bytes_of(const net::Endpoint& endpoint) {
  net::Bytes out;
  net::append(out, net::u16_bytes(endpoint.port));
  net::append(out, endpoint.address.bytes());
  out.push_back('.');
  net::append(out, endpoint.address.bytes());
  return out;
}

net::Bytes text_of(const net::Endpoint& endpoint) {
  const std::string text = net::to_string(endpoint) + " " + net::to_string(endpoint.address) + " ";
  return {text.begin(), text.end()};
}

}  // namespace

Query payload_introduction(const net::Endpoint& reflector) {
  return plain_transaction(names::payload_rewriting, sockets::payload, reflector);
}

PayloadQuestions payload_questions(const net::Endpoint& reflector, const net::Endpoint& local) {
  return {.as_bytes = holding(payload_introduction(reflector), bytes_of(local)),
          .as_text = holding(payload_introduction(reflector), text_of(local))};
}

Step next_payload(const RunSoFar& run) {
  const auto reflector = reflector_of_the_path(run);
  if (!reflector) return {.finished = connectivity_over(run) && !introduction_pending(run.log)};
  const Query introduction = payload_introduction(*reflector);
  const Step introduced = ask_once(run, {introduction});
  const Observation* seen = asked(run.log, introduction);
  if (!introduced.finished || !answered(*seen) || !seen->local) return introduced;
  const PayloadQuestions questions = payload_questions(*reflector, *seen->local);
  return ask_once(run, {questions.as_bytes, questions.as_text});
}

}  // namespace probe
