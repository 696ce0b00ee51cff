// What is on the way from this host to the reflector, as a path: the hops that told of themselves, and where NATs
// stand.

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "probe/layers_evidence.h"
#include "reports/html_escape.h"
#include "reports/html_parts.h"

namespace reports {
namespace {

std::string stop(std::string_view tone, const std::string& name, const std::string& what) {
  const std::string below = what.empty() ? std::string() : fmt::format("<span>{}</span>", html_escaped(what));
  return fmt::format(R"(<li><div class="stop {}"><b>{}</b>{}</div></li>
)",
                     tone, html_escaped(name), below);
}

std::string endpoint_words(const std::optional<net::Endpoint>& endpoint) {
  return endpoint ? net::to_string(*endpoint) : std::string();
}

// What each hop is called; NATs by the figures of the finding.
using Stops = std::map<unsigned, std::string>;

Stops nats_of(const probe::NamedFinding* layers) {
  Stops out;
  if (layers == nullptr) return out;
  for (const auto& [figure, name] :
       {std::pair{"inner_hop", "inner NAT"}, {"outer_hop", "outer NAT"}, {"outermost_hop", "NAT"}}) {
    const auto found = layers->figures.find(figure);
    const double* hop = found == layers->figures.end() ? nullptr : std::get_if<double>(&found->second);
    if (hop != nullptr && *hop >= 1 && *hop < 256) out.try_emplace(static_cast<unsigned>(*hop), name);
  }
  return out;
}

std::string hop_words(const probe::HopPath& path, unsigned ttl) {
  const probe::Hop* hop = path.at(ttl);
  return hop != nullptr && hop->from ? net::to_string(*hop->from) : "did not tell";
}

std::string hops_between(const probe::HopPath& path, const Stops& nats) {
  unsigned last = nats.empty() ? 0 : nats.rbegin()->first;
  for (const probe::Hop& hop : path.hops) last = std::max(last, hop.ttl);
  if (path.reflector_at) last = std::min(last, *path.reflector_at - 1);
  std::string out;
  for (unsigned ttl = 1; ttl <= std::min(last, probe::scanned_hops); ++ttl) {
    const auto nat = nats.find(ttl);
    const std::string name =
        nat == nats.end() ? fmt::format("hop {}", ttl) : fmt::format("hop {}: {}", ttl, nat->second);
    out += stop(nat == nats.end() ? "idle" : "fair", name, hop_words(path, ttl));
  }
  return out;
}

// Without a scan there is at least what the address says.
std::string nat_between(const probe::Report& report) {
  if (!report.local || !report.external || *report.local == *report.external) return {};
  return stop("fair", "NAT", "seen as " + net::to_string(*report.external));
}

}  // namespace

std::string layers_path(const probe::Report& report) {
  if (!report.external || report.reflectors.empty()) return {};
  const probe::HopPath path = probe::path_of(probe::layers_log(report.observations));
  const std::string between = hops_between(path, nats_of(report.verdict.find("layers")));
  const std::string at = path.reflector_at ? fmt::format(", hop {}", *path.reflector_at) : std::string();
  return R"(<ol class="path" aria-label="The way to the reflector">
)" + stop("good", "this host", endpoint_words(report.local)) +
         (between.empty() ? nat_between(report) : between) +
         stop("good", "reflector" + at, net::to_string(report.reflectors[0].endpoint)) + "</ol>\n";
}

}  // namespace reports
