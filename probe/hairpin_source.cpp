#include "probe/hairpin_source.h"

namespace probe {

std::string_view hairpin_source(const Observation& heard, const net::Endpoint& inside, const net::Endpoint& external) {
  if (heard.from == inside) return "internal-source";
  return heard.from && heard.from->address == external.address ? "external-source" : "";
}

}  // namespace probe
