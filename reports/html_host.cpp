// The hosts of a matrix: a card each with everything its probe found, or a line each where they are many.

#include <fmt/core.h>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

// What is known of a host that brought no probe report: its behaviour, without evidence.
std::string behavior_list(const net::NatBehavior& behavior) {
  const auto row = [](std::string_view name, std::string_view value, std::string_view sense) {
    return fmt::format(R"(<div><dt>{}</dt><dd><span class="value">{}</span><span class="sense">{}</span></dd></div>
)",
                       name, value, sense);
  };
  std::string out = "<dl>\n";
  out += behavior.mapping ? row("Mapping", net::to_string(*behavior.mapping), meaning(*behavior.mapping))
                          : row("Mapping", "unknown", "");
  out += behavior.filtering ? row("Filtering", net::to_string(*behavior.filtering), meaning(*behavior.filtering))
                            : row("Filtering", "unknown", "");
  return out + "</dl>\n";
}

std::string evidence(const probe::Report& report, const Anchor& anchor) {
  return fmt::format(R"(<details><summary>How this was concluded</summary>
{}{}{}</details>
)",
                     layers_path(report), drawings(report, ""), observations_table(report, anchor));
}

// The old name and the RFC 4787 pair in short; the list below says it at length.
std::string lead(const net::NatBehavior& behavior, const probe::Report* probe) {
  const net::ClassicName name = probe ? probe->verdict.rfc3489 : net::classic_name(behavior);
  if (name == net::ClassicName::Unknown || name == net::ClassicName::UdpBlocked) {
    return fmt::format("<p>{}</p>\n",
                       html_escaped(probe ? verdict_sentence(probe->verdict) : verdict_sentence(behavior)));
  }
  return fmt::format(R"(<p class="lead">{} <span class="mono">{}</span></p>
)",
                     plain(name), net::short_name(behavior));
}

std::string host_card(const MatrixView& view, std::size_t place) {
  const traversal::Host& host = view.placed.host(place);
  const probe::Report* probe = view.probe_of(host);
  const Anchor anchor = view.anchor.host(place);
  constexpr auto form = R"(<article class="card" id="{}">
<div class="title"><h3>{}</h3>{}</div>
{}{}{}{}{}</article>
)";
  const net::NatClass nat_class = probe ? probe->verdict.nat_class : net::nat_class(host.behavior);
  return fmt::format(form, anchor.id, html_escaped(host.name), badge(look(nat_class), plain(nat_class)),
                     lead(host.behavior, probe), route_line(host.local, host.external),
                     probe ? findings_list(*probe, anchor) : behavior_list(host.behavior),
                     advice_list(advice(host.behavior, nat_class)), probe ? evidence(*probe, anchor) : std::string());
}

// ---- many hosts: a line each ---------------------------------------------------------------------------------------

// Opened, it says what its NAT means.
std::string host_line(const MatrixView& view, std::size_t place, const Ratio& connected) {
  const traversal::Host& host = view.placed.host(place);
  const net::NatClass nat_class = net::nat_class(host.behavior);
  return fmt::format(
      R"(<details class="line" id="{}"><summary><b>{}</b><span class="{}"><span aria-hidden="true">{}</span> )"
      R"({}</span><span class="mono">{}</span><span class="mono">{}</span><span class="number">{}</span>)"
      R"(</summary><p>{}.</p>
{}</details>
)",
      view.anchor.host(place).id, html_escaped(host.name), look(nat_class).tone, look(nat_class).symbol,
      html_escaped(kind_of(host.behavior)), net::short_name(host.behavior), html_escaped(host.external),
      text(connected), html_escaped(verdict_sentence(host.behavior)), advice_list(advice(host.behavior, nat_class)));
}

std::string host_lines(const MatrixView& view) {
  std::string lines;
  const auto connected = connected_of_hosts(view.placed);
  for (std::size_t i = 0; i < view.placed.size(); ++i) lines += host_line(view, i, connected[i]);
  return fmt::format(
      R"(<div class="card lines"><p class="line-heading" aria-hidden="true"><span>Host</span><span>NAT</span>)"
      R"(<span>Mapping / filtering</span><span>Seen as</span><span class="number">Connected</span></p>
<div class="scroll hosts" tabindex="0" role="region" aria-label="The hosts">
{}</div>
<p class="note">What their probes found, one by one, is in {}.</p></div>
)",
      lines, view.file_words());
}

std::string host_cards(const MatrixView& view) {
  std::string out = R"(<div class="hosts">
)";
  for (std::size_t i = 0; i < view.placed.size(); ++i) out += host_card(view, i);
  return out + "</div>\n";
}

}  // namespace

std::string route_line(const std::string& local, const std::string& external) {
  if (external.empty()) return {};
  const std::string from = local.empty() ? std::string() : html_escaped(local) + " seen as ";
  return fmt::format(R"(<p class="route mono">{}{}</p>
)",
                     from, html_escaped(external));
}

std::string hosts_section(const MatrixView& view) {
  return "<h2>The hosts and their NATs</h2>\n" + (view.has_pair_cards() ? host_cards(view) : host_lines(view));
}

}  // namespace reports
