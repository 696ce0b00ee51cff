#pragma once
// A NAT that this machine is for others: packets go from one of its interfaces through a Router to the other one, and
// the kernel keeps its hands off them meanwhile.

#include <string>
#include <vector>

#include "lab/router.h"
#include "lab/wire/box_interface.h"
#include "lab/wire/nft_session.h"
#include "lab/wire/stop_signals.h"

namespace lab {

// The table that makes the kernel ignore IP on both interfaces, but for neighbour discovery and the local services, and
// that keeps its own NAT off what we send. In nft's language; pure.
[[nodiscard]] std::string box_rules(const std::string& table, int inside, int outside,
                                    const std::vector<net::IpAddress>& addresses,
                                    const std::vector<LocalService>& local);

class BoxNat {
 public:
  // From now on, until its end, which also a kill brings, the machine is that NAT once it runs. Throws CannotWork.
  BoxNat(Router router, BoxInterface& inside, BoxInterface& outside, const std::vector<LocalService>& local);

  // Until a signal comes.
  void run(const StopSignals& stop);

  [[nodiscard]] const Router& router() const { return router_; }

 private:
  void carry(Side from);
  [[nodiscard]] BoxInterface& interface_of(Side side) { return side == Side::Inside ? inside_ : outside_; }

  Router router_;
  BoxInterface& inside_;
  BoxInterface& outside_;
  NftSession rules_;
};

}  // namespace lab
