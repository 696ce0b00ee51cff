#pragma once
// A home whose router, of the kernel's, maps ports by miniupnpd as it is packaged:
//
//   client 192.168.1.2 --- lan [gateway] wan 20.0.0.1 --- world 20.0.0.9 and .10
//
// The addresses beyond are public ones, in namespaces that lead nowhere: miniupnpd maps nothing for documentation
// ranges.

#include <optional>
#include <string>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace mapping_home {

constexpr const char* reflector = "20.0.0.9";

[[nodiscard]] bool has_miniupnpd();
[[nodiscard]] programs::Argv inside(const lab::Namespace& where, const programs::Argv& command);
void do_in(const lab::Namespace& where, const std::string& commands);
// A link from `near`, as its interface `name`, to the interface eth0 of `far`, with these addresses.
void join(const lab::Namespace& near, const std::string& name, const std::string& address, const lab::Namespace& far,
          const std::vector<std::string>& far_addresses, const std::string& far_name = "eth0");

struct Permissions {
  bool pcp = true;  // and NAT-PMP
  std::string rule = "allow 1024-65535 192.168.1.0/24 1024-65535";
  std::string masquerade = "masquerade";
};

class Home {
 public:
  explicit Home(const Permissions& permissions = {});

  [[nodiscard]] const lab::Namespace& client() const { return client_; }
  [[nodiscard]] const lab::Namespace& world() const { return world_; }
  // How the gateway would forward: one rule a mapping.
  [[nodiscard]] std::string forwarded() const;
  [[nodiscard]] bool maps_within(std::chrono::milliseconds limit) const;

 private:
  programs::TemporaryDirectory folder_;
  lab::Namespace client_;
  lab::Namespace gateway_;
  lab::Namespace world_;
  std::optional<programs::Background> miniupnpd_;
  std::optional<programs::Background> reflector_;
};

}  // namespace mapping_home
