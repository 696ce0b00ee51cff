#include "probe/findings.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "probe/allocation_finding.h"
#include "probe/assist_finding.h"
#include "probe/determinism_finding.h"
#include "probe/discovery.h"
#include "probe/fragments_finding.h"
#include "probe/hairpin_finding.h"
#include "probe/honesty_finding.h"
#include "probe/icmp_finding.h"
#include "probe/nat64_finding.h"
#include "probe/path_mtu_finding.h"
#include "probe/payload_finding.h"
#include "probe/unsolicited_finding.h"
#include "probe/layers_finding.h"
#include "probe/lifetime_finding.h"
#include "probe/port_mapping_finding.h"
#include "probe/next_port_finding.h"
#include "probe/pooling_finding.h"

namespace probe {
namespace {

constexpr std::array<std::string_view, 2> honesty = {"consistent", "contradictory"};
constexpr std::array<std::string_view, 3> hairpin = {"external-source", "internal-source", "none"};
constexpr std::array<std::string_view, 2> payload = {"none", "rewritten"};
constexpr std::array<std::string_view, 3> fragments = {"delivered", "outbound-only", "not-delivered"};
constexpr std::array<std::string_view, 1> icmp = {"delivered"};
constexpr std::array<std::string_view, 3> unsolicited = {"ignored", "changes-mapping", "blocks"};
constexpr std::array<std::string_view, 3> refresh_words = {"outbound", "inbound", "both"};
constexpr std::array<std::string_view, 3> layer_words = {"none", "one-or-more", "two-or-more"};

constexpr std::array<std::string_view, 4> port_mapping = {"pcp", "nat-pmp", "upnp", "none"};
constexpr std::array<std::string_view, 6> allocation = {"none",       "preserving", "preserving-overloading",
                                                        "sequential", "block",      "random"};
constexpr std::array<std::string_view, 3> pooling = {"single", "paired", "arbitrary"};
constexpr std::array<std::string_view, 3> determinism = {"stable", "changes-after-idle", "changes-on-collision"};

constexpr std::array<std::string_view, 4> assistant = {"same-nat", "another-address", "another-nat", "no-nat"};
constexpr std::array<std::string_view, 4> collision = {"moved", "shared", "becomes-dependent", "no-collision"};
constexpr std::array<std::string_view, 3> allocation_scope = {"per-host", "global", "none"};

constexpr std::array<std::string_view, 1> nat64 = {"translated"};

constexpr std::array table = {
    FindingKind{"nat64", names::connectivity, "whether a NAT64 leads from IPv6 to reflectors of IPv4 (RFC 6146)", nat64,
                conclude_nat64},
    FindingKind{"reflectors", names::mapping, "whether the reflectors agree and do as asked (a lying server)", honesty,
                conclude_honesty},
    FindingKind{"hairpin", names::hairpin, "what an inside host sees of another one's packet (RFC 4787 REQ-9)", hairpin,
                conclude_hairpin, names::assist},
    FindingKind{"payload-rewriting", names::payload_rewriting,
                "whether addresses inside UDP data are changed (RFC 4787 REQ-10)", payload, conclude_payload},
    FindingKind{"fragments", names::fragments, "whether IP fragments cross the NAT (RFC 4787 REQ-13, REQ-14)",
                fragments, conclude_fragments},
    FindingKind{"path-mtu", names::path_mtu, "bytes of the largest IP packet that leaves undivided (RFC 1191)", {},
                conclude_path_mtu},
    FindingKind{"icmp", names::icmp, "whether ICMP errors come back through the NAT (RFC 4787 REQ-12, RFC 5508)", icmp,
                conclude_icmp},
    FindingKind{"unsolicited", names::unsolicited, "what a packet that comes before its mapping does to it",
                unsolicited, conclude_unsolicited},
    FindingKind{"lifetime", names::lifetime, "a keep-alive every so many seconds keeps every mapping (RFC 4787 REQ-5)",
                {}, conclude_lifetime},
    FindingKind{"refresh", names::lifetime, "packets of which direction keep a mapping (RFC 4787 REQ-6)",
                refresh_words, conclude_refresh},
    FindingKind{"layers", names::layers, "how many NATs are on the way", layer_words, conclude_layers},
    FindingKind{"port-mapping", names::port_mapping,
                "by which protocol the gateway makes port mappings (RFC 6887, 6886, UPnP)", port_mapping,
                conclude_port_mapping},
    FindingKind{"allocation", names::allocation, "how the external port of a new mapping is chosen (RFC 4787 section 4.2)",
                allocation, conclude_allocation},
    FindingKind{"next-port", names::allocation,
                "percent of new destinations of a socket whose external port is within three guesses", {},
                conclude_next_port},
    FindingKind{"pooling", names::allocation, "how several external addresses are used (RFC 4787 REQ-2)", pooling,
                conclude_pooling},
    FindingKind{"determinism", names::determinism,
                "whether idle time or a collision changes the mapping (RFC 4787 REQ-11)",
                determinism, conclude_determinism},
    FindingKind{"assistant", names::assist, "where the assistant stands: behind the same NAT or elsewhere", assistant,
                conclude_assistant},
    FindingKind{"collision", names::assist, "what becomes of two inside hosts that want one external port (RFC 4787 REQ-3)",
                collision, conclude_collision},
    FindingKind{"allocation-scope", names::assist, "whether hosts draw their external ports from one sequence or block",
                allocation_scope, conclude_allocation_scope},
};

bool was_asked(const ObservationLog& log, std::string_view discovery) {
  return std::any_of(log.begin(), log.end(), [&](const Observation& seen) { return seen.query.discovery == discovery; });
}

}  // namespace

std::string to_string(const Figure& figure) {
  if (const bool* flag = std::get_if<bool>(&figure)) return *flag ? "yes" : "no";
  if (const double* number = std::get_if<double>(&figure)) return fmt::format("{}", *number);
  return std::get<std::string>(figure);
}

std::span<const FindingKind> finding_kinds() { return table; }

const FindingKind* find_finding_kind(std::string_view name) {
  const auto all = finding_kinds();
  const auto found = std::find_if(all.begin(), all.end(), [&](const FindingKind& row) { return row.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<NamedFinding> conclude_all(const ObservationLog& log) {
  std::vector<NamedFinding> out;
  for (const FindingKind& row : finding_kinds()) {
    const bool asked = was_asked(log, row.discovery) || (!row.also.empty() && was_asked(log, row.also));
    if (!asked) continue;
    NamedFinding found = row.conclude(log);
    if (!found.name.empty()) out.push_back(std::move(found));
  }
  return out;
}

}  // namespace probe
