#include "reflector/reload.h"

#include <algorithm>

namespace reflector {
namespace {

// Families are what they have in common; their order says nothing.
template <typename T>
std::vector<T> sorted(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<net::Family> families(const std::vector<net::Endpoint>& endpoints) {
  std::vector<net::Family> out;
  for (const net::Endpoint& endpoint : endpoints) out.push_back(endpoint.family());
  return sorted(out);
}

}  // namespace

std::optional<std::string> cannot_change(const Options& running, const Options& fresh) {
  if (sorted(running.listen) != sorted(fresh.listen)) return "--listen";
  if (families(running.partner) != families(fresh.partner)) return "--partner";  // a link socket comes or goes
  if (sorted(running.alternate_address) != sorted(fresh.alternate_address)) return "--alternate-address";
  if (running.alternate_port != fresh.alternate_port) return "--alternate-port";
  if (running.link_port != fresh.link_port) return "--link-port";
  if (running.no_tcp != fresh.no_tcp) return "--no-tcp";
  if (running.user != fresh.user) return "--user";
  if (running.metrics != fresh.metrics) return "--metrics";
  return std::nullopt;
}

}  // namespace reflector
