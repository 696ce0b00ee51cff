#pragma once
// A measured load of small UDP datagrams from one namespace to another, whatever lies between. One thread generates
// and receives, so that what lies between has the other core to itself. Every datagram carries its number and the
// time it was sent; the receiving kernel stamps its arrival, so the receiver's own slowness is not measured.

#include <array>
#include <cstdint>
#include <vector>

#include "lab/wire/wired_lab.h"
#include "net/time.h"

namespace bench {

inline constexpr std::size_t payload_size = 64;

struct Trial {
  double offered = 0;  // datagrams a second
  double rate = 0;     // what arrived, over the time of sending
  std::uint64_t sent = 0;
  std::uint64_t received = 0;          // right ones
  std::uint64_t wrong = 0;             // damaged, doubled, or overtaken
  std::vector<double> microseconds{};  // on the way, sorted

  [[nodiscard]] double loss() const { return 1 - static_cast<double>(received) / static_cast<double>(sent); }
  // The generator kept up with what was asked for, and what lies between with the generator.
  [[nodiscard]] bool carried() const;
  [[nodiscard]] double percentile(double share) const;
};

class Load {
 public:
  Load(const lab::Station& from, const lab::Station& to);

  // Sends at this rate for this long, waits for the last, counts.
  [[nodiscard]] Trial run(double rate, net::Duration length);

 private:
  void send(std::uint64_t count);
  void receive(Trial& trial);

  net::FileDescriptor sender_;
  net::FileDescriptor receiver_;
  std::uint64_t next_ = 1;  // number of the next datagram; never used twice
  std::uint64_t last_ = 0;  // the highest that arrived
};

}  // namespace bench
