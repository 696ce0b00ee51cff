#pragma once
// Two hosts behind one NAT: natprobe on the one, an assistant on the other; and what is written to whom.

#include <functional>
#include <map>
#include <vector>

#include "probe/assist_agent.h"
#include "tests/probe/world.h"

namespace neighbours {

using namespace world;

inline const net::IpAddress prober = net::address("10.9.0.2");
inline const net::IpAddress helper = net::address("10.9.0.3");
inline const std::vector<net::IpAddress> outside = {net::address("203.0.113.77")};
inline constexpr std::string_view code = "k7qm-x2vd-9fhp-3wtr-6znc";

struct NeighbourSettings {
  std::uint64_t seed = 1;
  double loss = 0;      // each way, of the NAT's link
  double lan_loss = 0;  // each way, of both hosts' own links
  std::vector<net::IpAddress> external = outside;
  std::string_view prober_code = code;
  std::vector<std::string> only = {};
  bool full = false;
};

class Neighbours {
 public:
  Neighbours(const lab::NatProfile& profile, const NeighbourSettings& settings);

  probe::Report run();
  probe::Report run(const probe::ProbeConfig& config);
  [[nodiscard]] probe::ProbeConfig config() const;
  [[nodiscard]] const probe::AssistAgent& assistant() const { return assistant_; }
  [[nodiscard]] net::Endpoint assistant_at() const { return {helper, probe::default_assist_port}; }

  World world;
  lab::NodeId nat;
  lab::HostId prober_host;
  lab::HostId helper_host;
  std::map<net::Endpoint, unsigned> written_to;  // by the assistant's host

 private:
  NeighbourSettings settings_;
  probe::AssistAgent assistant_;
};

[[nodiscard]] probe::AssistConfig assist_config(const std::vector<net::Endpoint>& reflectors,
                                                const net::IpAddress& listen = helper);

[[nodiscard]] std::string figure(const probe::Verdict& verdict, std::string_view finding, const std::string& figure);
// The finding's word; "" where it is unknown or was not asked.
[[nodiscard]] std::string word(const probe::Verdict& verdict, std::string_view finding);
[[nodiscard]] std::string why(const probe::Verdict& verdict, std::string_view finding);

}  // namespace neighbours
