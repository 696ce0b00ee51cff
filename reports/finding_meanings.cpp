#include "reports/finding_meanings.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace reports {
namespace {

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

std::string nat64(const probe::NamedFinding&) {
  return "this IPv6 path ends at a NAT64 (RFC 6146), which makes IPv4 of it: peers of IPv4 see its address";
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

std::string meaning(const probe::NamedFinding& finding) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& known) { return known.name == finding.name; });
  return row != rows.end() ? row->say(finding) : figures_as_they_are(finding);
}

}  // namespace reports
