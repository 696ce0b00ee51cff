#include "probe/fragments_discovery.h"

#include <initializer_list>

#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

constexpr unsigned most_fragment_asks = 40;

FragmentQuestion large_request(std::uint32_t number, const net::Endpoint& reflector) {
  const std::uint32_t socket = sockets::fragments + number;
  FragmentQuestion out{.question = plain_control(names::fragments, socket, reflector),
                       .control = plain_control(names::fragments, socket, reflector)};
  out.question.size = divided_size;
  return out;
}

}  // namespace

FragmentQuestions fragment_questions(const net::Endpoint& reflector) {
  const auto request = [&](std::uint32_t number) { return large_request(number, reflector); };
  FragmentQuestions out{request(0), request(1), request(2), request(3), request(4)};
  out.whole.question.dont_fragment = true;
  out.padded.question.padding = 4;
  out.by_hand.question.in_fragments = net::InFragments{};
  out.reversed.question.in_fragments = net::InFragments{.reversed = true};
  return out;
}

// Two parts each way at most, of which none may be lost.
double chance_of_loss_divided(double chance_of_loss) { return 1 - (1 - chance_of_loss) * (1 - chance_of_loss); }

Step next_fragments(const RunSoFar& run) {
  const auto reflector = reflector_of_the_path(run);
  if (!reflector) return {.finished = connectivity_over(run) && !introduction_pending(run.log)};
  const double chance = chance_of_loss_divided(round_trip_loss(run.log, run.elapsed).estimate());
  const FragmentQuestions all = fragment_questions(*reflector);
  const Patience patience{repeats_needed(chance), most_fragment_asks};
  const auto with = [&](Step step, std::initializer_list<FragmentQuestion> questions) {
    for (const FragmentQuestion& one : questions) {
      step = side_by_side(std::move(step), ask_repeatedly(run, one.question, one.control, patience));
    }
    return step;
  };
  const Step step = with({.finished = true}, {all.whole, all.divided, all.padded});
  const bool divided_arrive = repeats(run.log, all.divided.question).heard.has_value();
  return divided_arrive ? with(step, {all.by_hand, all.reversed}) : step;
}

}  // namespace probe
