#include "reports/plain_words.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "traversal/predict.h"

namespace reports {
namespace {

using net::FilteringBehavior;
using net::MappingBehavior;

template <typename Value, typename Table>
std::string_view at(const Table& table, Value value) {
  return table[static_cast<std::size_t>(value)];
}

// In the order of the enumerators.
constexpr std::array<std::string_view, 5> class_words = {"Cone", "Symmetric", "No NAT", "UDP blocked", "Unknown"};
constexpr std::array<std::string_view, 9> classic_words = {
    "open internet", "symmetric UDP firewall", "full cone", "restricted cone", "port-restricted cone", "symmetric",
    "UDP blocked",   "no classic name",        "unknown",
};
constexpr std::array<std::string_view, 7> prediction_words = {
    "direct",
    "needs one port guessed",
    "needs two ports guessed in turn",
    "needs two ports guessed at once",
    "impossible, UDP blocked",
    "behind the same NAT",
    "unknown",
};
constexpr std::array<std::string_view, 6> outcome_words = {
    "connected directly", "connected on two paths", "one way only", "did not connect", "agent lost", "not run",
};
constexpr std::array<std::string_view, 4> mapping_meanings = {
    "one external port serves every destination, so what a reflector sees is what a peer can send to",
    "each destination address gets an external port of its own, so a peer meets another than a reflector sees",
    "each destination address and port gets an external port of its own, so a peer meets another than a reflector sees",
    "the address is not translated: peers see this host's own address and port",
};
constexpr std::array<std::string_view, 3> filtering_meanings = {
    "once a port is open, anyone may send to it",
    "only addresses this host has sent to may answer, from any of their ports",
    "only the exact address and port this host has sent to may answer",
};

std::string mapping_words(MappingBehavior mapping) {
  return mapping == MappingBehavior::None ? "no translation" : fmt::format("{} mapping", net::to_string(mapping));
}

std::string filtering_words(FilteringBehavior filtering) {
  return fmt::format("{} filtering", net::to_string(filtering));
}

// The class, and its classic name in brackets where that says more.
std::string headline(net::NatClass nat_class, net::ClassicName name) {
  using enum net::ClassicName;
  const bool says_more = name != Unknown && name != Symmetric && name != UdpBlocked;
  if (!says_more) return std::string(plain(nat_class));
  return fmt::format("{} ({})", plain(nat_class), plain(name));
}

// Symmetric is proven by ports that differ, even where it stays open what they depend on.
std::string_view unknown_mapping(net::NatClass nat_class) {
  return nat_class == net::NatClass::Symmetric ? "mapping depends on the destination" : "mapping unknown";
}

constexpr std::string_view with_anyone =
    "Connects directly with every peer that can use UDP, whatever NAT it is behind.";
constexpr std::string_view with_anyone_together =
    "Connects directly with every peer that can use UDP, whatever NAT it is behind, when both sides keep sending.";
constexpr std::string_view with_cones_or_none = "Connects directly with peers behind a cone NAT or none.";
constexpr std::string_view symmetric_needs_guess =
    "A peer behind a symmetric NAT takes another port for us: predict it where it gives ports in order, "
    "else search for it, or use a relay.";
constexpr std::string_view with_open_cones = "Connects directly with open hosts and with full and restricted cones";
constexpr std::string_view exact_filter_needs_guess =
    "A peer whose filter compares ports (port-restricted cone, classic symmetric) needs a port guessed, or a relay.";

std::vector<std::string> endpoint_independent_advice(std::optional<FilteringBehavior> filtering) {
  if (!filtering) {
    return {std::string(with_cones_or_none),
            "Whether it also reaches peers behind a symmetric NAT depends on the filtering, which is unknown."};
  }
  switch (*filtering) {
    case FilteringBehavior::EndpointIndependent:
      return {std::string(with_anyone), "An open port is open to the whole internet: expect datagrams from strangers."};
    case FilteringBehavior::AddressDependent: return {std::string(with_anyone_together)};
    case FilteringBehavior::AddressAndPortDependent:
      return {std::string(with_cones_or_none), std::string(symmetric_needs_guess)};
  }
  return {};
}

// Two whose ports follow an order predict each other's, traversal::Effort::PredictBoth; two at random meet too rarely.
std::string exact_filter_advice(const net::NatBehavior& behavior) {
  if (traversal::predictable(behavior)) {
    return "With a port-restricted cone its next port has to be predicted; two NATs like this one predict both.";
  }
  return fmt::format("With a port-restricted cone one port has to be guessed; two NATs like this one need a relay{}.",
                     behavior.allocation ? "" : ", unless both hand out ports in order");
}

std::vector<std::string> dependent_advice(const net::NatBehavior& behavior) {
  const std::string open_cones(with_open_cones);
  if (!behavior.filtering) return {open_cones + ".", "For other peers it depends on the filtering, which is unknown."};
  switch (*behavior.filtering) {
    case FilteringBehavior::EndpointIndependent:
      return {open_cones + ", and with symmetric NATs whose filter ignores ports.",
              std::string(exact_filter_needs_guess)};
    case FilteringBehavior::AddressDependent:
      return {open_cones + ", and with symmetric NATs that let anyone in.",
              "Every other peer needs a port guessed, or a relay."};
    case FilteringBehavior::AddressAndPortDependent: return {open_cones + " only.", exact_filter_advice(behavior)};
  }
  return {};
}

std::optional<std::string> allocation_advice(const net::NatBehavior& behavior) {
  if (!behavior.allocation || behavior.mapping == MappingBehavior::None) return std::nullopt;
  if (net::nat_class(behavior) != net::NatClass::Symmetric) return std::nullopt;
  if (behavior.allocation == net::PortAllocation::Random) {
    return "Ports are handed out at random: a guess is a search, not a prediction.";
  }
  if (behavior.allocation == net::PortAllocation::Block) {
    return "Ports are handed out at random within a small block: once it is known, few guesses find one.";
  }
  return "Ports are handed out in order, so the next one can be predicted.";
}

// Without translation whatever drops strangers is no NAT; whether it runs on this host cannot be seen from outside.
std::optional<std::string> firewall_advice(const net::NatBehavior& behavior) {
  const bool filtered = behavior.filtering && behavior.filtering != FilteringBehavior::EndpointIndependent;
  if (behavior.mapping != MappingBehavior::None || !filtered) return std::nullopt;
  return "Nothing is translated, yet unasked packets are dropped: a host firewall is suspected, else one on the way.";
}

bool keeps_state(const net::NatBehavior& behavior) {
  return behavior.mapping != MappingBehavior::None || behavior.filtering != FilteringBehavior::EndpointIndependent;
}

}  // namespace

std::string_view plain(net::NatClass nat_class) { return at(class_words, nat_class); }
std::string_view plain(net::ClassicName name) { return at(classic_words, name); }
std::string_view plain(traversal::Prediction prediction) { return at(prediction_words, prediction); }
std::string_view plain(traversal::Outcome outcome) { return at(outcome_words, outcome); }
std::string_view meaning(MappingBehavior mapping) { return at(mapping_meanings, mapping); }
std::string_view meaning(FilteringBehavior filtering) { return at(filtering_meanings, filtering); }

std::string verdict_sentence(const probe::Verdict& verdict) {
  if (verdict.nat_class == net::NatClass::UdpBlocked) {
    return "UDP blocked: no reflector answers over UDP, while TCP to one of them works";
  }
  const std::string head = headline(verdict.nat_class, verdict.rfc3489);
  const auto& [mapping, filtering] = std::tie(verdict.mapping, verdict.filtering);
  if (!mapping.value && !filtering.value && verdict.nat_class == net::NatClass::Unknown) {
    return fmt::format("{}: mapping and filtering unknown", head);
  }
  return fmt::format("{}: {}, {}", head,
                     mapping.value ? mapping_words(*mapping.value) : unknown_mapping(verdict.nat_class),
                     filtering.value ? filtering_words(*filtering.value) : "filtering unknown");
}

std::string verdict_sentence(const net::NatBehavior& behavior) {
  probe::Verdict verdict{.nat_class = net::nat_class(behavior), .rfc3489 = net::classic_name(behavior)};
  verdict.mapping.value = behavior.mapping;
  verdict.filtering.value = behavior.filtering;
  return verdict_sentence(verdict);
}

std::string path_name(const probe::Report& report) {
  std::string out = report.family() == net::Family::V6 ? "IPv6" : "IPv4";
  if (report.nat64()) out += " by NAT64";
  if (!report.interface.empty()) out += " through " + report.interface;
  return out;
}

std::vector<std::string> advice(const net::NatBehavior& behavior, net::NatClass nat_class,
                                std::optional<net::Duration> keep_alive) {
  switch (nat_class) {
    case net::NatClass::UdpBlocked:
      return {"Only TCP gets out: every peer has to be reached through a relay over TCP or TLS."};
    case net::NatClass::Unknown:
      return {"Nothing can be promised to a peer. Try again with a second reflector, or when the network is quieter."};
    default: break;
  }
  const bool dependent = nat_class == net::NatClass::Symmetric;
  auto out = dependent ? dependent_advice(behavior) : endpoint_independent_advice(behavior.filtering);
  if (const auto allocation = allocation_advice(behavior)) out.push_back(*allocation);
  if (const auto firewall = firewall_advice(behavior)) out.push_back(*firewall);
  if (keep_alive) {
    out.push_back(fmt::format("A keep-alive every {} seconds is safe.", std::floor(net::to_seconds(*keep_alive))));
  } else if (keeps_state(behavior)) {
    // RFC 8445 section 11 sends every 15 s; RFC 4787 REQ-5 asks for 2 minutes, and the field knows 30 s and less.
    out.emplace_back("How long an idle mapping lives was not measured: send something every 15 seconds to keep it.");
  }
  return out;
}

std::vector<std::string> advice(const probe::Verdict& verdict) {
  const probe::NamedFinding* lifetime = verdict.find("lifetime");
  std::optional<net::Duration> keep_alive;
  if (lifetime != nullptr && lifetime->finding.value) {
    if (const auto* seconds = std::get_if<double>(&*lifetime->finding.value)) {
      keep_alive = std::chrono::duration_cast<net::Duration>(std::chrono::duration<double>(*seconds));
    }
  }
  return advice(probe::behavior_of(verdict), verdict.nat_class, keep_alive);
}

std::string percent(double confidence) {
  constexpr double most_shown = 0.9999999;
  if (confidence >= 1) return "100 %";
  if (confidence > most_shown) return "over 99.99999 %";
  // Cut, never rounded up. The 1e-6 mends what binary fractions lose: 0.99999 is a little less than that.
  const double value = confidence < 0.9 ? std::floor(confidence * 100) : std::floor(confidence * 1e7 + 1e-6) / 1e5;
  return fmt::format("{} %", value);
}

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string grouped(std::size_t count) {
  std::string out = fmt::format("{}", count);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

std::string duration_words(net::Duration duration) {
  const double ms = net::to_ms(duration);
  if (ms < 10) return fmt::format("{:.2f} ms", ms);
  if (ms < 1000) return fmt::format("{:.1f} ms", ms);
  if (ms < 60'000) return fmt::format("{:.2f} s", ms / 1000);
  return fmt::format("{:.0f} min {:02.0f} s", std::floor(ms / 60'000), std::floor(std::fmod(ms / 1000, 60)));
}

}  // namespace reports
