#include "reports/finding_meanings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace reports {
namespace {

struct Unit {
  std::string_view name;
  std::string_view word;
};
constexpr std::array units = {Unit{"lifetime", "s"}, Unit{"path-mtu", "bytes"}, Unit{"next-port", "%"}};

struct Row {
  std::string_view name;
  std::string (*say)(const probe::NamedFinding& finding);
};

// The figures of a contradiction are its `why` already.
std::string honesty(const probe::NamedFinding& finding) {
  return finding.finding.value ? "what the reflectors say of us and of themselves" : std::string();
}

bool holds(const probe::NamedFinding& finding, std::string_view figure, bool value) {
  const auto found = finding.figures.find(std::string(figure));
  const bool* flag = found == finding.figures.end() ? nullptr : std::get_if<bool>(&found->second);
  return flag != nullptr && *flag == value;
}

bool is(const probe::NamedFinding& finding, std::string_view word) {
  return finding.finding.value && probe::to_string(*finding.finding.value) == word;
}

std::string hairpin(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  if (is(finding, "none")) return "hosts behind this NAT do not reach each other by their external addresses";
  std::string out = "hosts behind this NAT reach each other by their external addresses";
  if (holds(finding, "filtered", true)) out += ", once each has written to the other";
  if (holds(finding, "filtered", false)) out += ", without having been written to before";
  if (holds(finding, "between_hosts", true)) out += "; seen between two hosts";
  return out;
}

std::string payload_rewriting(const probe::NamedFinding& finding) {
  if (is(finding, "none")) return "addresses inside packets arrive as they were sent";
  return is(finding, "rewritten") ? "something on the path changes addresses inside packets: encrypt or XOR them" : "";
}

std::string fragments(const probe::NamedFinding& finding) {
  if (is(finding, "delivered")) return "divided packets pass in both directions (sent in order)";
  if (is(finding, "outbound-only")) return "divided packets leave but none come in: keep what is sent to here small";
  return is(finding, "not-delivered") ? "divided packets do not arrive: keep datagrams within the path MTU" : "";
}

std::string path_mtu(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  const bool told = holds(finding, "told", true);
  return fmt::format("larger packets do not leave undivided; {} told so by ICMP", told ? "senders are" : "nobody is");
}

std::string icmp(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  std::string out = "errors about packets of a mapping come back through the NAT";
  if (holds(finding, "ends_mapping", true)) out += ", and one ends the mapping";
  if (holds(finding, "ends_mapping", false)) out += ", and the mapping lives on";
  return out;
}

std::string unsolicited(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  if (is(finding, "ignored")) return "a packet that comes too early does no harm to the mapping made after it";
  std::string out = is(finding, "blocks") ? "a packet that comes too early keeps the mapping after it from working"
                                          : "a packet that comes too early gives the mapping after it another port";
  if (holds(finding, "low_ttl_avoids_it", true)) out += "; a first packet of low TTL avoids it";
  if (holds(finding, "low_ttl_avoids_it", false)) out += "; a first packet of low TTL does not help";
  return out;
}

std::string text_of(const probe::NamedFinding& finding, const std::string& name) {
  const auto found = finding.figures.find(name);
  return found == finding.figures.end() ? std::string() : probe::to_string(found->second);
}

// "a keep-alive every 29 s is safe: an idle mapping ends after 30 s (unanswered), 30 s (answered), 118.5 s (two-way)"
std::string lifetime(const probe::NamedFinding& finding) {
  std::string ends;
  for (const auto& [name, words] :
       {std::pair{"outbound_only", "unanswered"}, {"answered", "answered"}, {"two_way", "two-way"}}) {
    const std::string seconds = text_of(finding, name);
    if (seconds.empty()) continue;
    const bool longer = finding.figures.contains(std::string(name) + "_or_longer");
    ends += fmt::format("{}{} s{} ({})", ends.empty() ? "" : ", ", seconds, longer ? " or more" : "", words);
  }
  const std::string end = ends.empty() ? std::string() : "an idle mapping ends after " + ends;
  if (!finding.finding.value) return end;
  return fmt::format("a keep-alive every {} s is safe: {}", probe::to_string(*finding.finding.value), end);
}

std::string refresh(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  const std::string word = probe::to_string(*finding.finding.value);
  if (word == "outbound") return "only what is sent keeps a mapping; what is received does not";
  if (word == "inbound") return "only what is received keeps a mapping: keep-alives must be answered";
  return "what is sent and what is received keeps a mapping";
}

std::string layers(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  const std::string word = probe::to_string(*finding.finding.value);
  const std::string inner = text_of(finding, "inner_hop");
  const std::string outer = text_of(finding, "outer_hop");
  const std::string outermost = text_of(finding, "outermost_hop");
  if (word == "none") return "no NAT is on the way";
  if (word == "one-or-more") {
    return outermost.empty() ? "at least one NAT" : "at least one NAT, outermost at hop " + outermost;
  }
  if (inner.empty()) return "at least two NATs";
  return fmt::format("at least two NATs, at hops {} and {}, with lifetimes of about {} and {} s", inner, outer,
                     text_of(finding, "inner_lifetime"), text_of(finding, "outer_lifetime"));
}

// "203.0.113.9:25919 was ours, reached from outside, and was given back; the gateway speaks pcp, upnp; it is a Router
// 5"
std::string port_mapping(const probe::NamedFinding& finding) {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view words, const std::string& name) {
    if (const auto text = text_of(finding, name); !text.empty()) parts.push_back(fmt::format("{} {}", words, text));
  };
  if (const auto endpoint = text_of(finding, "external_endpoint"); !endpoint.empty()) {
    const bool verified = text_of(finding, "verified") == "yes";
    const bool removed = text_of(finding, "removed") == "yes";
    parts.push_back(fmt::format("{} was ours{}{}", endpoint, verified ? ", reached from outside" : "",
                                removed ? ", and was given back" : ""));
  }
  add("the gateway speaks", "found");
  add("its outside address is", "external_address");
  add("it is made by", "vendor");
  add("it is a", "model");
  return fmt::format("{}", fmt::join(parts, "; "));
}

bool has(const probe::NamedFinding& finding, const std::string& name) { return finding.figures.contains(name); }

double number_of(const probe::NamedFinding& finding, const std::string& name) {
  const auto figure = finding.figures.find(name);
  const double* number = figure == finding.figures.end() ? nullptr : std::get_if<double>(&figure->second);
  return number == nullptr ? 0 : *number;
}

// "each new mapping gets the port before plus 7; ports 1024 to 1129 seen, 0.0 bits of chance"
std::string allocation(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  const std::string word = probe::to_string(*finding.finding.value);
  if (word == "none") return "ports are not translated";
  std::string out = "each new mapping gets a port at random";
  if (word == "preserving") out = "the local port is kept while it is free";
  if (word == "preserving-overloading") out = "the local port is kept, and shared with other inside hosts";
  if (word == "sequential") out = "each new mapping gets the port before plus " + text_of(finding, "step");
  if (word == "block") out += " within " + (has(finding, "block") ? text_of(finding, "block") : "a small block");
  out += fmt::format("; ports {} to {} seen", text_of(finding, "first"), text_of(finding, "last"));
  if (!has(finding, "entropy")) return out;
  return out + fmt::format(", {:.1f} bits of chance", number_of(finding, "entropy"));
}

std::string next_port(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  return fmt::format("next port within {:.0f} guesses: {:.0f} % ({:.0f} to {:.0f})", number_of(finding, "guesses"),
                     number_of(finding, "hit_rate"), number_of(finding, "low"), number_of(finding, "high"));
}

std::string pooling(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  const double addresses = number_of(finding, "addresses");
  return fmt::format("{:.0f} external address{} seen", addresses, addresses == 1 ? "" : "es");
}

std::string determinism(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  const std::string word = probe::to_string(*finding.finding.value);
  if (word == "changes-after-idle") return "a socket gets another external endpoint after five idle seconds";
  if (word == "changes-on-collision") return "endpoint-independent only until another inside host wants the same port";
  return "idle time and other inside hosts change nothing";
}

std::string assistant(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  if (is(finding, "same-nat")) return "the assistant and this host are behind the same NAT, seen at one address";
  if (is(finding, "no-nat")) return "nothing is translated, so two hosts show no more than one";
  return "the assistant does not share this host's NAT: what takes two hosts behind it stays unknown";
}

std::string collision(const probe::NamedFinding& finding) {
  if (!finding.finding.value) return {};
  if (is(finding, "no-collision")) return "ports are not kept, so no two hosts want the same one";
  std::string out = "of two hosts that want one external port ";
  if (is(finding, "shared")) {
    out += "both have it, towards different destinations";
  } else {
    out += is(finding, "moved") ? "the second gets another one" : "the second gets another one for each destination";
  }
  if (holds(finding, "first_kept", false)) out += ", and the first loses its mapping";
  return out;
}

std::string allocation_scope(const probe::NamedFinding& finding) {
  if (is(finding, "global")) return "what other hosts behind this NAT open comes between this host's ports";
  if (is(finding, "per-host")) return "other hosts behind this NAT do not touch this host's ports";
  return is(finding, "none") ? "hosts do not draw their ports from a sequence or block" : "";
}

std::string nat64(const probe::NamedFinding& finding) {
  const auto prefix = finding.figures.find("prefix");
  return fmt::format(
      "this IPv6 path ends at a NAT64 (RFC 6146), which makes IPv4 of it: peers of IPv4 see its address{}",
      prefix == finding.figures.end() ? "" : ", it reaches them under " + probe::to_string(prefix->second));
}

constexpr std::array rows = {
    Row{"nat64", nat64},
    Row{"reflectors", honesty},
    Row{"hairpin", hairpin},
    Row{"payload-rewriting", payload_rewriting},
    Row{"fragments", fragments},
    Row{"path-mtu", path_mtu},
    Row{"icmp", icmp},
    Row{"unsolicited", unsolicited},
    Row{"lifetime", lifetime},
    Row{"refresh", refresh},
    Row{"layers", layers},
    Row{"port-mapping", port_mapping},
    Row{"allocation", allocation},
    Row{"next-port", next_port},
    Row{"pooling", pooling},
    Row{"determinism", determinism},
    Row{"assistant", assistant},
    Row{"collision", collision},
    Row{"allocation-scope", allocation_scope},
};

// "first 60000, last 60007": figures nobody has found words for.
std::string figures_as_they_are(const probe::NamedFinding& finding) {
  std::string out;
  for (const auto& [name, figure] : finding.figures) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, probe::to_string(figure));
  }
  return out;
}

}  // namespace

std::string_view unit_of(std::string_view finding) {
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& row) { return row.name == finding; });
  return unit == units.end() ? std::string_view() : unit->word;
}

std::string shown_value(const probe::NamedFinding& finding) {
  const std::string value = probe::to_string(*finding.finding.value);
  const std::string_view unit = unit_of(finding.name);
  const std::string with_unit = unit.empty() ? value : fmt::format("{} {}", value, unit);
  if (!has(finding, "low") || !has(finding, "high")) return with_unit;
  return fmt::format("{} ({:.0f} to {:.0f})", with_unit, number_of(finding, "low"), number_of(finding, "high"));
}

std::string meaning(const probe::NamedFinding& finding) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& known) { return known.name == finding.name; });
  return row != rows.end() ? row->say(finding) : figures_as_they_are(finding);
}

}  // namespace reports
