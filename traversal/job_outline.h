#pragma once
// What a job will be when it goes as theory says, before it is begun: whom it is aimed at, what it uses, how long it
// takes. The schedule is announced by it, and the caps on targets are kept by it.

#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.h"
#include "net/time.h"
#include "traversal/predict.h"
#include "traversal/target_caps.h"
#include "traversal/tries.h"

namespace traversal {

// A job that shares a target with one that runs begins within this time, by chance.
inline constexpr net::Duration longest_start_delay = std::chrono::seconds(3);

struct JobOutline {
  std::vector<net::IpAddress> targets;
  TargetCaps::Use use;
  net::Duration length{};  // between hosts that are as near as usual
  unsigned attempts = 0;   // that make it up
  unsigned connections = 0;
  bool tcp_is_tried = false;
  std::optional<std::string> not_run;  // why nothing will be sent, whatever the caps say
};

// All but the targets. An ordinary punch connects a direct pair, a prediction one whose port follows, and the trial
// ends there; on two paths it is known to have done so only at its end. A search may need all its time.
[[nodiscard]] JobOutline outline_of(const std::vector<Try>& tries, const JobPlan& plan, const Theory& theory);

// How much longer it is between hosts that are farther away from the rendezvous than usual.
[[nodiscard]] net::Duration added_by_distance(const JobOutline& job, net::Duration round_trip_a,
                                              net::Duration round_trip_b);

}  // namespace traversal
