#pragma once
// Waiting for programs while a scenario's events happen, on real packets. Times count from this object's making.

#include "lab/event_effects.h"
#include "lab/event_schedule.h"
#include "lab/wire/programs.h"
#include "lab/wire/wired_lab.h"

namespace lab {

class WiredEvents {
 public:
  // Lab and programs are borrowed.
  WiredEvents(const Scenario& scenario, WiredLab& lab, Programs& programs);
  ~WiredEvents();
  WiredEvents(const WiredEvents&) = delete;
  WiredEvents& operator=(const WiredEvents&) = delete;

  void reached(Phase phase);

  // The program's exit status, or nothing after `limit`. One that was killed to be restarted is waited for again.
  [[nodiscard]] std::optional<int> wait(const std::string& program, net::Duration limit);
  // Until it has written a line that contains `words`; false: it ended, or `limit` passed first.
  [[nodiscard]] bool wait_for_line(const std::string& program, const std::string& words, net::Duration limit);

 private:
  [[nodiscard]] net::Duration since_up() const;
  void carry_out_due();
  [[nodiscard]] net::Duration time_to_wait(net::Duration until) const;

  WiredLab& lab_;
  Programs& programs_;
  EventSchedule schedule_;
  EventEffects effects_;  // told by the wire's thread too: only inside with_network()
  net::Duration up_at_{};
};

}  // namespace lab
