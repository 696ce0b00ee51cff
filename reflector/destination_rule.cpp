#include "reflector/destination_rule.h"

#include <algorithm>
#include <charconv>

#include "net/address_scope.h"

namespace reflector {
namespace {

// IPv4-mapped, NAT64's well-known prefix, and the deprecated IPv4-compatible form (which ::1 merely looks like).
bool carries_ipv4(const net::IpAddress& address) {
  static const net::IpAddress loopback = net::address("::1");
  static const Prefix forms[] = {
      {net::address("::ffff:0:0"), 96}, {net::address("64:ff9b::"), 96}, {net::address("::"), 96}};
  return address != loopback &&
         std::any_of(std::begin(forms), std::end(forms), [&](const Prefix& form) { return form.contains(address); });
}

}  // namespace

bool Prefix::contains(const net::IpAddress& candidate) const {
  if (candidate.family() != address.family()) return false;
  const net::BytesView mine = address.bytes();
  const net::BytesView theirs = candidate.bytes();
  const std::size_t whole = bits / 8;
  if (!std::equal(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(whole), theirs.begin())) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || ((mine[whole] ^ theirs[whole]) >> (8 - rest)) == 0;
}

net::Result<Prefix, std::string> parse_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = net::parse_address(text.substr(0, slash));
  if (!address) return net::Unexpected(address.error());
  const unsigned most = address->family() == net::Family::V4 ? 32 : 128;
  if (slash == std::string_view::npos) return Prefix{*address, most};

  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || bits > most) {
    return net::Unexpected("prefix length of '" + std::string(text) + "' is not a number up to " +
                           std::to_string(most));
  }
  return Prefix{*address, bits};
}

bool DestinationRule::allows(const net::IpAddress& destination) const {
  if (net::never_a_destination(net::scope(destination)) || carries_ipv4(destination)) return false;
  if (std::find(refused.begin(), refused.end(), destination) != refused.end()) return false;
  const auto named = [&](const Prefix& prefix) { return prefix.contains(destination); };
  return net::reachable_on_word_of(destination, own) || std::any_of(allowed.begin(), allowed.end(), named);
}

}  // namespace reflector
