#include "lab/nat_knobs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>

namespace lab {
namespace {

// ---- words: in the order of the enumerators -------------------------------------------------------------------------

template <typename Enum>
std::vector<std::string_view> words_of();

// The documents' own words, up to the last enumerator.
template <typename Enum>
std::vector<std::string_view> words_up_to(Enum last) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i) out.push_back(net::to_string(static_cast<Enum>(i)));
  return out;
}

template <>
std::vector<std::string_view> words_of<net::MappingBehavior>() {
  return words_up_to(net::MappingBehavior::None);
}
template <>
std::vector<std::string_view> words_of<net::FilteringBehavior>() {
  return words_up_to(net::FilteringBehavior::AddressAndPortDependent);
}
template <>
std::vector<std::string_view> words_of<net::PortAllocation>() {
  return words_up_to(net::PortAllocation::Block);
}
template <>
std::vector<std::string_view> words_of<FilterState>() {
  return {"per-mapping", "per-internal-endpoint"};
}
template <>
std::vector<std::string_view> words_of<OnCollision>() {
  return {"next-port", "become-dependent"};
}
template <>
std::vector<std::string_view> words_of<Pooling>() {
  return {"paired", "arbitrary"};
}
template <>
std::vector<std::string_view> words_of<Refresh>() {
  return {"outbound", "inbound", "both"};
}
template <>
std::vector<std::string_view> words_of<Hairpin>() {
  return {"off", "external-source", "internal-source"};
}
template <>
std::vector<std::string_view> words_of<Unsolicited>() {
  return {"drop", "icmp", "accept-with-state"};
}
template <>
std::vector<std::string_view> words_of<SynReaction>() {
  return {"drop", "reset", "icmp"};
}
template <>
std::vector<std::string_view> words_of<TcpReset>() {
  return {"ends", "transitory", "ignored"};
}
template <>
std::vector<std::string_view> words_of<Fragments>() {
  return {"any-order", "in-order", "drop"};
}
template <>
std::vector<std::string_view> words_of<Ipv6Service>() {
  return {"nat66", "firewall", "nptv6", "nat64"};
}

// ---- values: each type of a profile's field as a KnobValue and back -------------------------------------------------

template <typename T>
struct Unwrapped {
  using type = T;
};
template <typename T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

template <typename T>
KnobValue to_value(const T& field) {
  if constexpr (std::same_as<T, bool>) {
    return field;
  } else if constexpr (std::same_as<T, net::Duration>) {
    return net::to_seconds(field);
  } else if constexpr (std::integral<T>) {
    return static_cast<double>(field);
  } else {
    return std::string(words_of<T>()[static_cast<std::size_t>(field)]);
  }
}

template <typename T>
T from_value(const KnobValue& value) {
  if constexpr (std::same_as<T, bool>) {
    return std::get<bool>(value);
  } else if constexpr (std::same_as<T, net::Duration>) {
    return net::Duration(std::llround(std::get<double>(value) * 1e9));
  } else if constexpr (std::integral<T>) {
    return static_cast<T>(std::get<double>(value));
  } else {
    const auto words = words_of<T>();
    return static_cast<T>(std::ranges::find(words, std::get<std::string>(value)) - words.begin());
  }
}

template <typename T>
std::optional<KnobValue> read_field(const T& field) {
  return to_value(field);
}
template <typename T>
std::optional<KnobValue> read_field(const std::optional<T>& field) {
  return field ? std::optional(to_value(*field)) : std::nullopt;
}

template <auto Field>
using FieldType = typename Unwrapped<std::remove_cvref_t<decltype(std::declval<NatProfile>().*Field)>>::type;

template <auto Field>
Knob row(std::string_view key, std::string_view clause, std::string_view meaning) {
  using T = FieldType<Field>;
  Knob out{.key = key, .clause = clause, .meaning = meaning};
  if constexpr (std::is_enum_v<T>) out.words = words_of<T>();
  out.get = [](const NatProfile& profile) { return read_field(profile.*Field); };
  out.set = [](NatProfile& profile, const KnobValue& value) { profile.*Field = from_value<T>(value); };
  return out;
}

template <auto Field>
Knob whole(std::string_view key, double low, double high, std::string_view clause, std::string_view meaning) {
  Knob out = row<Field>(key, clause, meaning);
  out.low = low;
  out.high = high;
  out.whole = true;
  return out;
}

template <auto Field>
Knob seconds(std::string_view key, std::string_view clause, std::string_view meaning) {
  Knob out = row<Field>(key, clause, meaning);
  out.low = 0.001;
  out.high = 864'000;  // ten days: Linux keeps an idle TCP connection for five
  return out;
}

std::vector<Knob> knob_table() {
  using P = NatProfile;
  return {
      row<&P::mapping>("mapping", "RFC 4787 REQ-1", "what of the destination a mapping depends on"),
      row<&P::filtering>("filtering", "RFC 4787 REQ-8", "what of a remote endpoint must have been sent to"),
      row<&P::filter_state>("filter_state", "RFC 4787 section 5", "whose sending opens the filter"),
      row<&P::on_collision>("on_collision", "RFC 4787 REQ-11",
                            "an endpoint-independent NAT whose wanted port is taken"),
      row<&P::udp_blocked>("udp_blocked", "", "UDP is dropped both ways, TCP passes"),
      row<&P::ipv6>("ipv6", "RFC 6092, 6296, 6146", "what becomes of IPv6"),

      row<&P::allocation>("allocation", "RFC 4787 section 4.2", "how the external port of a new mapping is chosen"),
      whole<&P::step>("step", 1, 1000, "RFC 4787 section 4.2.1", "of sequential allocation"),
      row<&P::sequence_per_host>("sequence_per_host", "RFC 4787 section 4.2.1",
                                 "each inside host has its own sequence"),
      whole<&P::block_size>("block_size", 64, 16384, "RFC 6888 REQ-13, RFC 7422", "ports of a host's own block"),
      whole<&P::first_port>("first_port", 1, 65535, "RFC 4787 section 4.2", "of the pool of external ports"),
      whole<&P::last_port>("last_port", 1, 65535, "RFC 4787 section 4.2", "of the pool of external ports"),
      row<&P::keep_parity>("keep_parity", "RFC 4787 REQ-4", "an even port is mapped to an even one"),
      row<&P::keep_port_range>("keep_port_range", "RFC 4787 REQ-3", "a well-known port is mapped to a well-known one"),
      row<&P::pooling>("pooling", "RFC 4787 REQ-2", "which of several external addresses a mapping takes"),
      whole<&P::ports_per_host>("ports_per_host", 0, 65535, "RFC 6888 REQ-4",
                                "mappings a host may have; 0: any number"),
      whole<&P::table_size>("table_size", 0, 10'000'000, "RFC 6888 REQ-5", "mappings there may be; 0: any number"),

      seconds<&P::udp_lifetime>("udp_lifetime_s", "RFC 4787 REQ-5", "of a mapping that saw only outbound packets"),
      seconds<&P::udp_first_lifetime>("udp_first_lifetime_s", "RFC 4787 REQ-5", "of one that saw a single packet"),
      seconds<&P::udp_answered_lifetime>("udp_answered_lifetime_s", "RFC 4787 REQ-5", "of one that was answered"),
      seconds<&P::udp_two_way_lifetime>("udp_two_way_lifetime_s", "RFC 4787 REQ-5", "of one that lasts, both ways"),
      seconds<&P::udp_two_way_after>("udp_two_way_after_s", "", "so long it must last for that"),
      seconds<&P::icmp_lifetime>("icmp_lifetime_s", "RFC 5508 REQ-2", "of an ICMP query's mapping"),
      seconds<&P::tcp_lifetime>("tcp_lifetime_s", "RFC 5382 REQ-5", "of an established connection"),
      seconds<&P::tcp_transitory_lifetime>("tcp_transitory_lifetime_s", "RFC 5382 REQ-5", "of one opening or closing"),
      row<&P::refresh>("refresh", "RFC 4787 REQ-6", "which packets start a mapping's time anew"),

      row<&P::hairpin>("hairpin", "RFC 4787 REQ-9", "inside hosts by their external endpoints, and the source shown"),
      row<&P::unsolicited>("unsolicited", "RFC 4787 section 5", "what nobody asked for"),
      seconds<&P::unsolicited_lifetime>("unsolicited_lifetime_s", "", "of the state that accept-with-state keeps"),
      row<&P::tcp_mapping>("tcp_mapping", "RFC 5382 REQ-1", "of TCP, where it differs"),
      row<&P::tcp_filtering>("tcp_filtering", "RFC 5382 REQ-3", "of TCP, where it differs"),
      row<&P::unsolicited_syn>("unsolicited_syn", "RFC 5382 REQ-4", "a SYN that nobody asked for"),
      row<&P::tcp_reset>("tcp_reset", "RFC 7857 section 2", "what a RST does to its connection's mapping"),
      row<&P::icmp_queries>("icmp_queries", "RFC 5508 REQ-1", "echo requests and replies are translated"),
      row<&P::icmp_errors>("icmp_errors", "RFC 5508 REQ-4", "errors are translated"),
      row<&P::time_exceeded>("time_exceeded", "RFC 1812 section 5.3.1", "a packet whose TTL ends here is answered"),
      row<&P::fragments>("fragments", "RFC 4787 REQ-14", "which fragments are put together and translated"),
      row<&P::rewrites_payload>("rewrites_payload", "RFC 4787 REQ-10", "addresses in UDP data are translated too"),
  };
}

std::string number_refusal(const Knob& knob, double number) {
  const bool fits = number >= knob.low && number <= knob.high && (!knob.whole || number == std::floor(number));
  if (fits) return {};
  return fmt::format("must be a {}number from {} to {}", knob.whole ? "whole " : "", knob.low, knob.high);
}

}  // namespace

std::span<const Knob> nat_knobs() {
  static const std::vector<Knob> table = knob_table();
  return table;
}

const Knob* find_knob(std::string_view key) {
  const auto found = std::ranges::find(nat_knobs(), key, &Knob::key);
  return found == nat_knobs().end() ? nullptr : &*found;
}

std::string refusal(const Knob& knob, const KnobValue& value) {
  if (!knob.words.empty()) {
    const auto* word = std::get_if<std::string>(&value);
    if (word != nullptr && std::ranges::find(knob.words, *word) != knob.words.end()) return {};
    return fmt::format("must be one of {}", fmt::join(knob.words, ", "));
  }
  if (knob.high == 0) return std::holds_alternative<bool>(value) ? std::string() : "must be true or false";
  const auto* number = std::get_if<double>(&value);
  return number_refusal(knob, number == nullptr ? knob.high + 1 : *number);
}

}  // namespace lab
