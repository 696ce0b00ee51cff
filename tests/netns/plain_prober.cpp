#include "tests/netns/plain_prober.h"

#include <set>

namespace netns {

net::Endpoint source_seen(const UdpSocket& from, const UdpSocket& by) {
  from.send(by.local(), "who am I");
  const auto got = by.receive();
  EXPECT_TRUE(got) << "nothing arrived at " << net::to_string(by.local());
  return got ? got->from : net::Endpoint{};
}

net::MappingBehavior mapping_of(const UdpSocket& socket, const Reflectors& r) {
  const auto by_a1 = source_seen(socket, r.a1);
  const auto by_a2 = source_seen(socket, r.a2);
  const auto by_b1 = source_seen(socket, r.b1);
  if (by_a1 == socket.local()) return net::MappingBehavior::None;
  if (by_a1 != by_a2) return net::MappingBehavior::AddressAndPortDependent;
  return by_a1 == by_b1 ? net::MappingBehavior::EndpointIndependent : net::MappingBehavior::AddressDependent;
}

net::FilteringBehavior filtering_of(const UdpSocket& socket, const Reflectors& r) {
  const auto mapped = source_seen(socket, r.a1);
  r.b1.send(mapped, "other address");
  r.a2.send(mapped, "other port");
  r.a1.send(mapped, "control");
  std::set<std::string> passed;
  for (auto got = socket.receive(); got && got->text != "control"; got = socket.receive()) passed.insert(got->text);
  if (passed.contains("other address")) return net::FilteringBehavior::EndpointIndependent;
  return passed.contains("other port") ? net::FilteringBehavior::AddressDependent
                                       : net::FilteringBehavior::AddressAndPortDependent;
}

}  // namespace netns
