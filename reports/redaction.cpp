#include "reports/redaction.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "net/address_scope.h"
#include "net/agent.h"
#include "net/nat64.h"
#include "stun/crypto.h"

namespace reports {
namespace {

constexpr std::size_t longest_address = 45;  // "0000:...:255.255.255.255"
constexpr std::size_t mac_length = 17;

// The range a pseudonym is out of: this many leading bits are fixed.
struct PseudonymRange {
  net::AddressScope scope;
  std::string_view network;
  unsigned bits;
};
using net::AddressScope;
constexpr std::array ranges_v4 = {
    PseudonymRange{AddressScope::LinkLocal, "169.254.0.0", 16}, PseudonymRange{AddressScope::Private, "10.0.0.0", 8},
    PseudonymRange{AddressScope::SharedNat, "100.64.0.0", 10},  PseudonymRange{AddressScope::Multicast, "239.0.0.0", 8},
    PseudonymRange{AddressScope::Broadcast, "240.0.0.0", 8},    PseudonymRange{AddressScope::Public, "198.18.0.0", 15},
};
constexpr std::array ranges_v6 = {
    PseudonymRange{AddressScope::LinkLocal, "fe80::", 64},
    PseudonymRange{AddressScope::Private, "fd00::", 8},
    PseudonymRange{AddressScope::Multicast, "ff0e::", 16},
    PseudonymRange{AddressScope::Public, "2001:db8::", 32},
};

template <typename Ranges>
PseudonymRange range_in(const Ranges& ranges, AddressScope scope) {
  const auto found =
      std::find_if(ranges.begin(), ranges.end(), [&](const PseudonymRange& range) { return range.scope == scope; });
  return found == ranges.end() ? ranges.back() : *found;
}

net::IpAddress address_of(net::Family family, net::BytesView bytes) {
  if (family == net::Family::V4) {
    std::array<std::uint8_t, 4> v4{};
    std::copy_n(bytes.begin(), v4.size(), v4.begin());
    return net::IpAddress::v4(v4);
  }
  std::array<std::uint8_t, 16> v6{};
  std::copy_n(bytes.begin(), v6.size(), v6.begin());
  return net::IpAddress::v6(v6);
}

// The network's bits, then those of `tail`.
net::IpAddress joined(const PseudonymRange& range, net::BytesView tail) {
  const net::IpAddress network = net::address(range.network);
  net::Bytes bytes(network.bytes().begin(), network.bytes().end());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned fixed = std::clamp(range.bits - std::min(range.bits, static_cast<unsigned>(i * 8)), 0U, 8U);
    const auto free = static_cast<std::uint8_t>(0xFFU >> fixed);
    bytes[i] = static_cast<std::uint8_t>(bytes[i] | (tail[i] & free));
  }
  return address_of(network.family(), bytes);
}

bool may_be_in_address(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.'; }

// How many characters from here on are the longest address that starts here; 0: none does.
std::size_t address_at(std::string_view text) {
  const auto end =
      std::find_if_not(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), longest_address)),
                       may_be_in_address);
  for (auto size = static_cast<std::size_t>(end - text.begin()); size > 1; --size) {
    if (net::parse_address(text.substr(0, size))) return size;
  }
  return 0;
}

bool mac_at(std::string_view text) {
  if (text.size() < mac_length || (text[2] != ':' && text[2] != '-')) return false;
  for (std::size_t i = 0; i < mac_length; ++i) {
    const bool right = i % 3 == 2 ? text[i] == text[2] : std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    if (!right) return false;
  }
  return true;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool may_be_in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

void replace_all(std::string& text, const std::string& name, const std::string& by) {
  std::string low = lower(text);
  for (std::size_t at = low.find(name); at != std::string::npos; at = low.find(name, at + by.size())) {
    text.replace(at, name.size(), by);
    low.replace(at, name.size(), by);
  }
}

net::IpAddress network_of(const net::IpAddress& address) {
  constexpr std::size_t kept_v4 = 3;
  constexpr std::size_t kept_v6 = 6;
  net::Bytes bytes(address.bytes().begin(), address.bytes().end());
  const std::size_t kept = address.family() == net::Family::V4 ? kept_v4 : kept_v6;
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(kept), bytes.end(), std::uint8_t{0});
  return address_of(address.family(), bytes);
}

}  // namespace

Redaction fresh_redaction(RedactionDepth depth) {
  net::Bytes key(16);
  stun::fill_with_secret(key);
  return Redaction(std::move(key), depth);
}

// ---- pseudonyms ----------------------------------------------------------------------------------------------------

net::Bytes Redaction::digest(std::string_view kind, net::BytesView of, unsigned attempt) const {
  const auto hash = stun::hmac_sha256(key_, {net::as_bytes(kind), of, net::u32_bytes(attempt)});
  return {hash.begin(), hash.end()};
}

net::IpAddress Redaction::fresh(const net::IpAddress& address, unsigned attempt) const {
  const net::Bytes tail = digest("address", address.bytes(), attempt);
  const bool v4 = address.family() == net::Family::V4;
  const AddressScope scope = net::scope(address);
  return joined(v4 ? range_in(ranges_v4, scope) : range_in(ranges_v6, scope), tail);
}

net::IpAddress Redaction::operator()(const net::IpAddress& address) {
  if (address.unspecified() || net::scope(address) == AddressScope::Loopback) return address;  // everybody's
  if (depth_ == RedactionDepth::Prefix) return network_of(address);
  if (const auto known = pseudonyms_.find(address); known != pseudonyms_.end()) return known->second;
  for (const net::Nat64Prefix& nat64 : nat64_prefixes_) {
    if (const auto inner = nat64.ipv4_in(address)) return net::well_known_nat64().with((*this)(*inner));
  }
  unsigned attempt = 0;
  net::IpAddress pseudonym = fresh(address, attempt);
  while (taken_.contains(pseudonym)) pseudonym = fresh(address, ++attempt);
  taken_.insert(pseudonym);
  return pseudonyms_[address] = pseudonym;
}

net::Endpoint Redaction::operator()(const net::Endpoint& endpoint) {
  return {(*this)(endpoint.address), endpoint.port};
}

// Locally administered, unicast.
std::string Redaction::mac(std::string_view text) const {
  constexpr std::size_t maker = 8;  // "02:42:ac"
  if (depth_ == RedactionDepth::Prefix) return std::string(text.substr(0, maker)) + ":00:00:00";
  const net::Bytes hash = digest("mac", net::as_bytes(lower(text)), 0);
  return fmt::format("02:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", hash[0], hash[1], hash[2], hash[3], hash[4]);
}

std::string Redaction::without_parts(std::string text) const {
  for (const auto& [name, shown] : parts_) replace_all(text, name, shown);
  return text;
}

// The dot that ends a sentence is none of its last word.
std::string Redaction::without_words(std::string_view text) const {
  if (words_.empty()) return std::string(text);
  std::string out;
  while (!text.empty()) {
    std::size_t size = 0;
    while (size < text.size() && may_be_in_name(text[size])) ++size;
    std::string word(text.substr(0, size));
    const bool stop = word.ends_with('.') && !words_.contains(word);
    if (stop) word.pop_back();
    const auto known = words_.find(word);
    out += (known == words_.end() ? word : known->second) + (stop ? "." : "");
    if (size < text.size()) out += text[size++];
    text.remove_prefix(size);
  }
  return out;
}

std::string Redaction::text(std::string_view text) {
  const std::string named = without_words(without_parts(std::string(text)));
  std::string out;
  for (std::string_view rest = named; !rest.empty();) {
    std::size_t taken = 1;
    if (const std::size_t size = address_at(rest); size > 0) {
      taken = size;
      out += net::to_string((*this)(*net::parse_address(rest.substr(0, size))));
    } else if (mac_at(rest)) {
      taken = mac_length;
      out += mac(rest.substr(0, taken));
    } else {
      out += rest[0];
    }
    rest.remove_prefix(taken);
  }
  return out;
}

// ---- what is to be found in texts ----------------------------------------------------------------------------------

std::string Redaction::pseudonym(std::string_view kind, std::string_view of) const {
  constexpr std::size_t digits = 10;  // of 2,000 names two are alike once in half a million reports
  return fmt::format("{}-{}", kind, net::to_hex(digest(kind, net::as_bytes(of), 0)).substr(0, digits));
}

// A word is found as a whole only: a host may be called "a".
void Redaction::learn_name(const std::string& name, const std::string& shown) {
  if (name.empty()) return;
  if (std::ranges::all_of(name, may_be_in_name)) {
    words_.try_emplace(name, shown);
  } else {
    parts_.try_emplace(lower(name), shown);
  }
}

void Redaction::learn_reflectors(const probe::Report& report) {
  for (const auto& reflector : report.reflectors) {
    const auto host = net::parse_host_and_port(reflector.given, 0);
    if (!host || net::parse_address(host->host) || host->host.find(' ') != std::string::npos) continue;
    const std::string name = lower(host->host);
    if (name.find('.') == std::string::npos) learn_name(host->host, pseudonym("host", name));
    if (name.find('.') != std::string::npos) parts_.try_emplace(name, pseudonym("host", name));
  }
}

// A network's own prefix names the network: what is under it becomes what is under everybody's.
void Redaction::learn_prefixes(const probe::Report& report) {
  for (const probe::Observation& seen : report.observations) {
    const auto known = [&](const net::Nat64Prefix& prefix) { return prefix == *seen.nat64; };
    if (!seen.nat64 || std::ranges::any_of(nat64_prefixes_, known)) continue;
    nat64_prefixes_.push_back(*seen.nat64);
    parts_.try_emplace(net::to_string(*seen.nat64), net::to_string(net::well_known_nat64()));
  }
}

// The reason phrase of an error is whatever its sender wished to say; the code says it too.
void Redaction::learn_phrases(const probe::Report& report) {
  for (const probe::Observation& seen : report.observations) {
    if (!seen.error_code) continue;
    const std::string code = fmt::format("error {}", *seen.error_code);
    const std::size_t at = seen.note.find(code + " ");
    if (at != std::string::npos) parts_.try_emplace(lower(seen.note.substr(at)), code);
  }
}

void Redaction::learn(const probe::Report& report) {
  for (const probe::Report* path : probe::paths_of(report)) {
    learn_name(path->interface, pseudonym("interface", path->interface));
    if (depth_ == RedactionDepth::Prefix) continue;
    learn_reflectors(*path);
    learn_prefixes(*path);
    learn_phrases(*path);
  }
}

void Redaction::learn(const MatrixDocument& document) {
  for (const auto& [name, report] : document.probes) learn(report);
  if (depth_ == RedactionDepth::Prefix) return;
  for (const auto& host : document.matrix.hosts) {
    hosts_.try_emplace(host.name, pseudonym("host", host.name));
    learn_name(host.name, hosts_[host.name]);
  }
}

void Redaction::learn(const Document& document) {
  std::visit(net::Overloaded{[](const Dossier&) {}, [&](const auto& named) { learn(named); }}, document);
}

}  // namespace reports
