#include "lab/commands/nat.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/wire/box_nat.h"
#include "net/cannot_work.h"
#include "reports/document_file.h"

namespace lab {

namespace {

void refuse_what_cannot_be(const NatOptions& options) {
  if (options.inside == options.outside)
    throw net::CannotWork(fmt::format("--outside: {} is the inside interface already", options.outside));
  if (options.profile.implementation != Implementation::Model)
    throw net::CannotWork(fmt::format("--profile: {} was written elsewhere ({}) and needs no natlab",
                                      options.profile.name, to_string(options.profile.implementation)));
}

RouterSide side_of(const BoxInterface& interface) {
  RouterSide out{.mtu = interface.mtu()};
  for (const auto& entry : interface.addresses()) out.addresses.push_back(entry.address);
  return out;
}

// The first prefix of the interface that RFC 6296 can translate here.
std::optional<InterfaceAddress> prefix_of(const BoxInterface& interface) {
  for (const auto& entry : interface.addresses())
    if (entry.address.family() == net::Family::V6 && (entry.prefix_length == 48 || entry.prefix_length == 64))
      return entry;
  return std::nullopt;
}

NatAddresses nat_addresses(const NatProfile& profile, const BoxInterface& inside, const BoxInterface& outside) {
  NatAddresses out{.inside = side_of(inside).addresses};
  if (translates(profile)) out.external = side_of(outside).addresses;
  if (profile.ipv6 != Ipv6Service::Nptv6) return out;
  const auto within = prefix_of(inside);
  const auto without = prefix_of(outside);
  if (!within || !without || within->prefix_length != without->prefix_length)
    throw net::CannotWork(fmt::format("--profile: {} needs an IPv6 prefix of 48 or 64 bits, the same on {} and {}",
                                      profile.name, inside.name(), outside.name()));
  out.prefixes = PrefixPair{within->address, without->address, within->prefix_length};
  return out;
}

void require_address(const BoxInterface& interface) {
  if (interface.addresses().empty())
    throw net::CannotWork(fmt::format("interface {} has no address", interface.name()));
}

std::string described(const BoxInterface& interface) {
  std::vector<std::string> addresses;
  for (const auto& entry : interface.addresses()) addresses.push_back(net::to_string(entry.address));
  return addresses.empty() ? interface.name() : fmt::format("{} ({})", interface.name(), fmt::join(addresses, ", "));
}

void print_counts(const Router::Counts& counts) {
  std::string line = fmt::format("{} packets out, {} in, {} for this machine", counts.out, counts.in, counts.own);
  if (counts.expired > 0) line += fmt::format(", {} whose hop limit ended", counts.expired);
  if (counts.too_big > 0) line += fmt::format(", {} too big", counts.too_big);
  for (const auto& [reason, count] : counts.dropped) line += fmt::format(", {} dropped: {}", count, to_string(reason));
  net::print_diagnostic("natlab", line);
}

}  // namespace

int nat(const NatOptions& options, const net::CommonOptions& common) {
  refuse_what_cannot_be(options);
  const StopSignals stop;
  BoxInterface inside(options.inside);
  BoxInterface outside(options.outside);
  require_address(inside);
  if (translates(options.profile)) require_address(outside);
  BoxNat box(Router(options.profile, nat_addresses(options.profile, inside, outside), side_of(inside), side_of(outside),
                    options.local, net::Random(options.seed)),
             inside, outside, options.local);
  reports::write_document(
      "-", fmt::format("NAT is up: {}, from {} to {}\n", options.profile.name, described(inside), described(outside)));
  box.run(stop);
  if (common.verbose) print_counts(box.router().counts());
  return net::Done;
}

}  // namespace lab
