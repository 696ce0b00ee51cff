#pragma once
// An agent around the agent that runs: while that one works, a line on stderr, drawn over and over, tells how far it
// is. For terminals; whoever makes one has looked whether stderr is one.

#include <functional>
#include <string>

#include "net/agent.h"

namespace probe {

class ProgressLine final : public net::Agent {
 public:
  using Words = std::function<std::string(net::Duration elapsed)>;

  ProgressLine(net::Agent& agent, Words words) : agent_(agent), words_(std::move(words)) {}
  ~ProgressLine() override;  // wipes the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return agent_.take_outputs(); }
  [[nodiscard]] bool finished() const override { return agent_.finished(); }

 private:
  void draw(net::TimePoint now);

  net::Agent& agent_;
  Words words_;
  net::TimePoint began_;
  net::TimePoint draw_at_;
  bool drawn_ = false;
};

}  // namespace probe
