#pragma once
// Several agents as one, so that one driver, or one host of the simulator, runs them side by side. Each keeps its own
// names for its sockets: outside, the n-th agent's begin at n * sockets_each. The agents listen for no TCP.

#include "net/agent.h"

namespace net {

inline constexpr std::uint32_t sockets_each = 1U << 16;  // an agent's own names are below that

class SideBySide final : public Agent {
 public:
  explicit SideBySide(std::vector<Agent*> agents) : agents_(std::move(agents)) {}  // borrowed, at most 2^15

  void start(TimePoint now) override;
  void handle(TimePoint now, const Input& input) override;
  void tick(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<Output> take_outputs() override;
  [[nodiscard]] bool finished() const override;  // when all are

 private:
  std::vector<Agent*> agents_;
};

}  // namespace net
