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
<div class="drawings">{}{}</div>
{}</details>
)",
                     mapping_drawing(report), filtering_drawing(report), observations_table(report, anchor));
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

}  // namespace

std::string_view tone(net::NatClass nat_class) {
  switch (nat_class) {
    case net::NatClass::Cone:
    case net::NatClass::NoNat: return "good";
    case net::NatClass::Symmetric: return "fair";
    case net::NatClass::UdpBlocked: return "bad";
    case net::NatClass::Unknown: return "idle";
  }
  return "idle";
}

std::string_view nat_symbol(net::NatClass nat_class) {
  switch (nat_class) {
    case net::NatClass::Cone: return "◆";
    case net::NatClass::NoNat: return "○";
    case net::NatClass::Symmetric: return "▲";
    case net::NatClass::UdpBlocked: return "✕";
    case net::NatClass::Unknown: return "?";
  }
  return "?";
}

std::string badge(std::string_view tone, std::string_view symbol, std::string_view text) {
  const std::string mark =
      symbol.empty() ? std::string() : fmt::format(R"(<span aria-hidden="true">{}</span>)", symbol);
  return fmt::format(R"(<span class="badge {}">{}{}</span>)", tone, mark, text);
}

std::string scroll_region(std::string_view label, std::string_view content, std::string_view classes) {
  return fmt::format(R"(<div class="scroll{}" tabindex="0" role="region" aria-label="{}">{}</div>)", classes, label,
                     content);
}

std::string route_line(const std::string& local, const std::string& external) {
  if (external.empty()) return {};
  const std::string from = local.empty() ? std::string() : html_escaped(local) + " seen as ";
  return fmt::format(R"(<p class="route mono">{}{}</p>
)",
                     from, html_escaped(external));
}

std::string host_card(const traversal::Host& host, const probe::Report* probe, const Anchor& anchor) {
  constexpr auto form = R"(<article class="card" id="{}">
<div class="title"><h3>{}</h3>{}</div>
{}{}{}{}{}</article>
)";
  const net::NatClass nat_class = probe ? probe->verdict.nat_class : net::nat_class(host.behavior);
  return fmt::format(form, anchor.id, html_escaped(host.name),
                     badge(tone(nat_class), nat_symbol(nat_class), plain(nat_class)), lead(host.behavior, probe),
                     route_line(host.local, host.external),
                     probe ? findings_list(*probe, anchor) : behavior_list(host.behavior),
                     advice_list(advice(host.behavior, nat_class)), probe ? evidence(*probe, anchor) : std::string());
}

}  // namespace reports
