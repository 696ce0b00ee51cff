#pragma once
// A scenario with real packets: every host, reflector and rendezvous is a namespace of its own with an interface
// "eth0", a host with several has "eth1" and so on, and what leaves by the address of one leaves by that interface; the
// other ends lie in the lab's namespace, which has no address and forwards nothing, where the Wire carries
// packets between them through the scenario's NATs and links. NATs written elsewhere are router namespaces in series
// with it. Made by constructing, undone by destroying; nothing outside is touched.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/event_effects.h"
#include "lab/scenario.h"
#include "lab/wire/foreign_router.h"
#include "lab/wire/namespace.h"
#include "lab/wire/wire.h"

namespace lab {

struct Station {
  Namespace where;
  std::vector<net::IpAddress> addresses;  // those of eth0 first
};

class WiredLab {
 public:
  // Throws CannotWork where namespaces cannot be had, and for a modelled NAT behind a kernel NAT.
  explicit WiredLab(const Scenario& scenario);

  // By the scenario's names, which must exist.
  [[nodiscard]] const Station& host(const std::string& name) const { return hosts_.at(name); }
  [[nodiscard]] const Station& reflector(const std::string& name) const { return reflectors_.at(name); }
  [[nodiscard]] const Station& rendezvous() const { return *rendezvous_; }

  // Faults and changes while it runs: `node` is one of placement()'s.
  [[nodiscard]] Wire& wire() { return *wire_; }
  struct Placement {
    std::unordered_map<std::string, NodeId> hosts;  // without those behind kernel NATs
    std::unordered_map<std::string, NodeId> reflectors;
    std::unordered_map<std::string, NodeId> nats;
  };
  [[nodiscard]] const Placement& placement() const { return placement_; }
  [[nodiscard]] const std::vector<NamedLink>& links() const { return links_; }  // for events

 private:
  using Stations = std::unordered_map<std::string, Station>;

  void add_host(const ScenarioHost& host, const Layout& layout);
  static LinkEnd add_station(Stations& stations, const std::string& name, const Placed& placed);
  // Wires the end to its node, or to the kernel router it is behind, and gives it its addresses.
  void join(const LinkEnd& end, const Placed& placed, const std::string& behind);

  Namespace lab_;
  Stations hosts_;
  Stations reflectors_;
  std::optional<Station> rendezvous_;
  std::unordered_map<std::string, ForeignRouter> routers_;
  Placement placement_;
  std::vector<NamedLink> links_;
  std::unique_ptr<Wire> wire_;  // last: its thread ends first
};

}  // namespace lab
