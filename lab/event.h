#pragma once
// What happens to a scenario while it plays, and when. lab/event_schedule.h says what is due, lab/event_effects.h does
// it to the network; what is done to programs is up to those who run them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/endpoint.h"
#include "net/time.h"

namespace lab {

enum class Phase : std::uint8_t { Probed, Registered };  // all probes are done; all peers have registered

struct PacketsThrough {  // so many have passed this host, NAT or reflector, either way
  std::uint64_t count = 0;
  std::string node;
  friend bool operator==(const PacketsThrough&, const PacketsThrough&) = default;
};

// A time counts from when the reflectors and the rendezvous are up.
using Trigger = std::variant<net::Duration, Phase, PacketsThrough>;

enum class Action : std::uint8_t {
  Flush,      // all mappings of a NAT are gone
  Reboot,     // the same, and for a time nothing passes the NAT nor moves on its LAN
  Readdress,  // a NAT has other external addresses
  Cut,        // a link, named by its lower end, carries nothing
  Mend,
  Kill,  // a program, as kill -9
  Restart,
  Suspend,  // as SIGSTOP
  Resume,
};

// What an action is done to; programs are named "reflector NAME", "peer NAME", "probe NAME", "rendezvous".
enum class TargetKind : std::uint8_t { Nat, Link, Program };
[[nodiscard]] TargetKind target_kind(Action action);

struct ScenarioEvent {
  Trigger trigger;
  Action action = Action::Flush;
  std::string target;
  net::Duration lasts = std::chrono::seconds(1);  // of a reboot
  std::vector<net::IpAddress> addresses;          // of readdress

  friend bool operator==(const ScenarioEvent&, const ScenarioEvent&) = default;
};

// A program's kind and the host or reflector it belongs to: {"peer", "a"}, {"rendezvous", ""}.
struct ProgramName {
  std::string kind;
  std::string owner;
};
[[nodiscard]] ProgramName program_name(std::string_view text);

// The words of scenario files.
[[nodiscard]] std::string_view to_string(Phase phase);
[[nodiscard]] std::string_view to_string(Action action);
[[nodiscard]] std::string_view to_string(TargetKind kind);
[[nodiscard]] std::optional<Phase> parse_phase(std::string_view word);
[[nodiscard]] std::optional<Action> parse_action(std::string_view word);

}  // namespace lab
