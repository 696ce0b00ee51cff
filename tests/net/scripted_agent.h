#pragma once
// An agent whose behaviour a test writes down as lambdas; it remembers what it was told. A guard ends it after ten
// seconds, so that a broken driver fails its test instead of hanging it.

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "net/agent.h"

namespace tests {

class ScriptedAgent : public net::Agent {
 public:
  std::function<void(net::TimePoint)> at_start = [](net::TimePoint) {};
  std::function<void(net::TimePoint, const net::Input&)> at_input = [](net::TimePoint, const net::Input&) {};
  std::function<void(net::TimePoint)> at_tick = [](net::TimePoint) {};

  std::vector<net::Output> outputs;
  std::vector<net::Input> told;
  std::optional<net::TimePoint> deadline;
  bool done = false;
  bool timed_out = false;

  template <typename T>
  [[nodiscard]] std::vector<T> told_of() const {
    std::vector<T> found;
    for (const auto& input : told) {
      if (const auto* one = std::get_if<T>(&input)) found.push_back(*one);
    }
    return found;
  }

  void start(net::TimePoint now) override {
    guard_ = now + std::chrono::seconds(10);
    play(at_start, now);
  }
  void handle(net::TimePoint now, const net::Input& input) override {
    told.push_back(input);
    play(at_input, now, input);
  }
  void tick(net::TimePoint now) override {
    if (now >= guard_) done = timed_out = true;
    if (deadline && now >= *deadline) play(at_tick, now);
  }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override {
    return deadline ? std::min(*deadline, guard_) : guard_;
  }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs, {}); }
  [[nodiscard]] bool finished() const override { return done; }

 private:
  // From a copy, since a script may put another in its own place.
  template <typename Script, typename... Arguments>
  static void play(Script script, const Arguments&... arguments) {
    script(arguments...);
  }

  net::TimePoint guard_{};
};

}  // namespace tests
