#include "lab/wire/user_nat.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <chrono>

#include "lab/wire/system_call.h"

namespace lab {

namespace {

using namespace std::chrono_literals;

constexpr net::Duration interface_patience = 20s;
constexpr auto tun = "/dev/net/tun";

// What both programs need of their namespace. Tap devices come from /dev/net/tun: they say little when they get none.
// Their pings are sockets too, which the kernel allows to the groups named.
const Namespace& prepared(const Namespace& router) {
  const net::FileDescriptor device(checked(::open(tun, O_RDWR | O_CLOEXEC), fmt::format("open {}", tun)));
  router.set_sysctl("ipv4/ping_group_range", "0 0");
  return router;
}

// In the same network of 256.
net::IpAddress with_last_byte(const net::IpAddress& address, std::uint8_t last) {
  const auto bytes = address.bytes();
  return net::IpAddress::v4({bytes[0], bytes[1], bytes[2], last});
}

std::vector<std::string> slirp_command(const std::string& netns, const std::string& interface,
                                       const net::IpAddress& address) {
  return {"slirp4netns",   "--configure",
          "--mtu=1500",    fmt::format("--cidr={}/24", net::to_string(with_last_byte(address, 0))),
          "--disable-dns", "--disable-host-loopback",
          "--netns-type",  "path",
          netns,           interface};
}

// Without its own services (DHCP, router advertisements), and without forwarded ports: those are for what runs beside
// it.
std::vector<std::string> pasta_command(const std::string& netns, const std::string& interface,
                                       const net::IpAddress& address) {
  std::vector<std::string> out = {"pasta",        "--foreground",
                                  "--stderr",     "--quiet",
                                  "--runas",      "0",
                                  "--config-net", "--no-netns-quit",
                                  "--no-map-gw",  "--no-dhcp",
                                  "--no-dhcpv6",  "--no-ndp",
                                  "--no-ra",      "--ipv4-only",
                                  "--mtu",        "1500",
                                  "--ns-ifname",  interface,
                                  "--address",    net::to_string(address),
                                  "--netmask",    "24",
                                  "--gateway",    net::to_string(with_last_byte(address, 1)),
                                  "--netns",      netns};
  for (const char* ports : {"--tcp-ports", "--udp-ports", "--tcp-ns", "--udp-ns"})
    out.insert(out.end(), {ports, "none"});
  return out;
}

}  // namespace

std::vector<std::string> user_nat_command(Implementation implementation, const std::string& netns,
                                          const std::string& interface, const net::IpAddress& address) {
  return implementation == Implementation::Slirp4netns ? slirp_command(netns, interface, address)
                                                       : pasta_command(netns, interface, address);
}

UserNat::UserNat(Implementation implementation, const Namespace& router, const LinkEnd& host,
                 const net::IpAddress& address)
    // The namespace by a descriptor of its own: pasta gives up the rights to look at ours.
    : program_(prepared(router),
               {.words = user_nat_command(implementation, fmt::format("/proc/self/fd/{}", host.where.fd()), host.name,
                                          address),
                .inherited = host.where.fd()},
               stop_) {
  constexpr net::Duration look_again = 2ms;  // a device made by somebody else gives no sign
  const std::string name(to_string(implementation));
  for (net::Duration waited{}; !has_way_out(host.where, address); waited += look_again) {
    if (const auto status = program_.wait(look_again))
      throw net::CannotWork(fmt::format("start {}: it ended with status {}: {}", name, *status, program_.err()));
    if (waited >= interface_patience) throw net::CannotWork(fmt::format("start {}: the host has no interface yet", name));
  }
}

}  // namespace lab
