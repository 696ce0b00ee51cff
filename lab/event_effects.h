#pragma once
// Events as changes of a Network, in both worlds, and the packets that events wait for.

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/event_schedule.h"
#include "lab/network.h"
#include "lab/scenario.h"

namespace lab {

// A host, NAT or reflector at the lower end of a link: a host once for each interface. None beyond a kernel NAT.
struct NamedLink {
  std::string name;
  std::string behind;  // what is at the upper end; empty: the core
  NodeId node;
};
[[nodiscard]] std::vector<NamedLink> named_links(const Scenario& scenario, const Layout& layout);

class EventEffects {
 public:
  explicit EventEffects(std::vector<NamedLink> links) : links_(std::move(links)) {}

  // The acts on NATs and links; those on programs are none of its business.
  void apply(const Act& act, Network& network);

  // Packets through the nodes that events wait for, as they enter the node's link, either way. Tell it of every
  // sighting where is_counting(); others may watch the network too.
  void count_for(const std::vector<ScenarioEvent>& events);
  [[nodiscard]] bool is_counting() const { return !counts_.empty(); }
  void count(const Sighting& sighting);
  [[nodiscard]] std::uint64_t packets_through(const std::string& name) const;

 private:
  [[nodiscard]] NodeId node(const std::string& name) const;
  void set_links(Network& network) const;

  std::vector<NamedLink> links_;
  std::set<std::string> cut_;
  std::set<std::string> off_;  // NATs that are booting: nothing passes on any link of theirs
  std::unordered_map<std::uint32_t, std::uint64_t> counts_;  // by NodeId
};

}  // namespace lab
