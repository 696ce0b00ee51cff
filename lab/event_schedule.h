#pragma once
// Which of a scenario's events are due: pure; told of the time and of what else events wait for.
//
//   for (const Act& act : schedule.take_due(moment)) carry_out(act);
//   wait no longer than schedule.next_time();

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lab/event.h"

namespace lab {

// What is to be done. A reboot comes apart in two: PowerOff, and PowerOn when its time is over.
struct Act {
  enum class Kind : std::uint8_t { Flush, PowerOff, PowerOn, Readdress, Cut, Mend, Kill, Restart, Suspend, Resume };
  Kind kind = Kind::Flush;
  std::string target;
  std::vector<net::IpAddress> addresses = {};
  friend bool operator==(const Act&, const Act&) = default;
};

struct Moment {
  net::Duration since_up{};
  std::function<std::uint64_t(const std::string& node)> packets_through;
};

class EventSchedule {
 public:
  explicit EventSchedule(const std::vector<ScenarioEvent>& events);

  void reached(Phase phase);

  // By time, those of one time in the order of the scenario; each is told once.
  [[nodiscard]] std::vector<Act> take_due(const Moment& moment);
  [[nodiscard]] bool is_due(const Moment& moment) const;

  // When the next is due that waits for nothing else.
  [[nodiscard]] std::optional<net::Duration> next_time() const;
  [[nodiscard]] bool counts_packets() const;  // one at least waits for packets
  [[nodiscard]] bool waits_for_more() const;  // one at least waits for something else than a time
  // A program that was killed is yet to be restarted, by time or by packets.
  [[nodiscard]] bool will_restart(const std::string& program) const;

 private:
  struct Pending {
    Trigger trigger;
    Act act;
    net::Duration lasts{};  // of PowerOff
  };
  [[nodiscard]] bool is_due(const Pending& pending, const Moment& moment) const;

  std::vector<Pending> pending_;
  std::vector<Phase> reached_;
};

}  // namespace lab
