#include "probe/port_predictor.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "probe/port_sequence.h"

namespace probe {
namespace {

constexpr std::size_t parts = 10;

int offset_of(const PortStep& step) { return step.next.port - step.seen.port; }

bool same_address(const PortStep& step) { return step.next.address == step.seen.address; }

std::ptrdiff_t times_seen(const PortStepsSeen& steps, int offset) {
  return std::count_if(steps.begin(), steps.end(),
                       [&](const PortStep& step) { return same_address(step) && offset_of(step) == offset; });
}

PortSteps moves(const PortStepsSeen& steps) {
  PortSteps out;
  for (const PortStep& step : steps) {
    if (same_address(step) && offset_of(step) != 0) out.push_back(offset_of(step));
  }
  return out;
}

// The offset of at least half of the moves: an exception among few hides it from common_step().
std::optional<int> usual(const PortSteps& moved) {
  const auto often = std::find_if(moved.begin(), moved.end(), [&](int step) {
    return 2 * std::count(moved.begin(), moved.end(), step) >= static_cast<std::ptrdiff_t>(moved.size());
  });
  return often == moved.end() ? std::nullopt : std::optional(*often);
}

// The likeliest first, before it is counted how often each was right: others that draw from the same sequence make it
// a multiple of the step.
std::vector<int> candidate_offsets(const PortStepsSeen& steps) {
  const PortSteps moved = moves(steps);
  std::vector<int> out;
  const auto add = [&out](int offset) {
    if (std::find(out.begin(), out.end(), offset) == out.end()) out.push_back(offset);
  };
  const int step = common_step(moved).value_or(1);
  const int often = usual(moved).value_or(step);
  const bool explained = often % step == 0 && often / step <= static_cast<int>(port_guesses);
  for (const int base : {explained ? step : often, explained ? often : step}) {
    for (int times = 1; times <= static_cast<int>(port_guesses); ++times) add(times * base);
  }
  add(0);
  return out;
}

}  // namespace

std::string to_string(const PortOffsets& offsets) {
  std::vector<std::string> words;
  for (const int offset : offsets.offsets) words.push_back(offset == 0 ? "0" : fmt::format("{:+}", offset));
  return fmt::format("{}", fmt::join(words, ", "));
}

PortOffsets learn(const PortStepsSeen& steps) {
  std::vector<int> candidates = candidate_offsets(steps);
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](int one, int two) { return times_seen(steps, one) > times_seen(steps, two); });
  PortOffsets out;
  std::copy_n(candidates.begin(), port_guesses, out.offsets.begin());
  return out;
}

std::array<net::Endpoint, port_guesses> guesses(const PortOffsets& offsets, const net::Endpoint& seen) {
  std::array<net::Endpoint, port_guesses> out;
  std::transform(offsets.offsets.begin(), offsets.offsets.end(), out.begin(),
                 [&](int offset) { return net::with_port(seen, static_cast<std::uint16_t>(seen.port + offset)); });
  return out;
}

bool hits(const PortOffsets& offsets, const PortStep& step) {
  const auto guessed = guesses(offsets, step.seen);
  return std::find(guessed.begin(), guessed.end(), step.next) != guessed.end();
}

HitRate measure(const PortStepsSeen& steps) {
  HitRate out{.trials = steps.size()};
  const std::size_t count = std::min(parts, steps.size());
  for (std::size_t part = 0; part < count; ++part) {
    PortStepsSeen others;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i % count != part) others.push_back(steps[i]);
    }
    const PortOffsets learned = learn(others);
    for (std::size_t i = part; i < steps.size(); i += count) out.hits += hits(learned, steps[i]) ? 1U : 0U;
  }
  return out;
}

}  // namespace probe
