#pragma once
// How much may be sent towards one target, an IP address, whoever asks for it: the rendezvous' side of it, over all its
// jobs. Both hosts of a job are each other's target. Every attempt counts. A job that runs has been promised what it
// will use as theory has it, so that no other is begun on that; whatever it uses, no attempt goes beyond an hour's cap.
// Fixed memory for each address with a job in the last hour.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/endpoint.h"
#include "net/time.h"
#include "traversal/signal.h"

namespace traversal {

inline constexpr unsigned most_punches_at_once = 4;
inline constexpr unsigned most_sprays_at_once = 1;
inline constexpr unsigned most_punches_an_hour = 1000;
inline constexpr unsigned most_sprays_an_hour = 12;
inline constexpr net::Duration cool_down = std::chrono::minutes(10);  // after a failed job that sprayed

// Whether attempts of this strategy search for a port with many packets.
[[nodiscard]] bool sprays(std::string_view strategy);

// So many in any hour: counted by the minute, so at most a minute too cautious.
class HourlyCount {
 public:
  void add(net::TimePoint now, unsigned count = 1);
  [[nodiscard]] unsigned total(net::TimePoint now) const;

 private:
  static constexpr std::int64_t minutes = 61;
  std::array<std::uint16_t, minutes> counts_{};
  std::int64_t newest_ = 0;
};

class TargetCaps {
 public:
  // Attempts of a job towards either of its hosts, in all.
  struct Use {
    unsigned punches = 0;
    unsigned sprays = 0;
    [[nodiscard]] unsigned& of(bool spray) { return spray ? sprays : punches; }
  };

  // The cap that such a job of this matrix would pass ("cap: 1,000 punches an hour towards 192.0.2.1"). A target cools
  // down for other matrices: inside the one that sprayed the hourly caps hold.
  [[nodiscard]] std::optional<std::string> refusal(const net::IpAddress& target, const Id& matrix, const Use& use,
                                                   net::TimePoint now) const;
  [[nodiscard]] bool room(const net::IpAddress& target, const Use& use) const;  // beside the jobs that run
  [[nodiscard]] bool aimed_at(const net::IpAddress& target) const;              // by a job that runs

  void begin(const net::IpAddress& target, const Use& use);  // which is promised
  void end(const net::IpAddress& target, const Use& use, const Use& unused);
  // The cap that one attempt more would pass.
  [[nodiscard]] std::optional<std::string> exhausted(const net::IpAddress& target, bool spray,
                                                     net::TimePoint now) const;
  void attempted(const net::IpAddress& target, bool spray, net::TimePoint now, bool promised = false);
  void reserve(const net::IpAddress& target, const Use& use, net::TimePoint now);  // all its attempts at once
  void cool(const net::IpAddress& target, const Id& matrix, net::TimePoint now);   // such a job has failed

  void forget_old(net::TimePoint now);
  [[nodiscard]] std::size_t size() const { return targets_.size(); }

 private:
  struct Target {
    unsigned jobs = 0;
    unsigned spraying_jobs = 0;
    Use promised;  // to jobs that run, and not attempted yet
    HourlyCount punches;
    HourlyCount sprays;
    std::optional<net::TimePoint> cool_until;
    Id sprayed_by{};
  };
  std::unordered_map<net::IpAddress, Target> targets_;

  [[nodiscard]] const Target* find(const net::IpAddress& target) const;
};

}  // namespace traversal
