#include <fmt/core.h>

#include <algorithm>

#include "reports/finding_lines.h"
#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/observation_words.h"
#include "reports/plain_words.h"
#include "reports/timestamp.h"

namespace reports {
namespace {

// "#3–#10 #15": neighbours as a range, so that a finding with hundreds of observations stays readable.
std::string evidence_links(const FindingLine& finding, const Anchor& anchor) {
  const auto link = [&](std::size_t index) {
    return fmt::format(R"(<a href="#{0}">#{1}</a>)", anchor.observation(index).id, index);
  };
  const auto& evidence = finding.evidence;
  std::string out;
  for (std::size_t i = 0; i < evidence.size();) {
    std::size_t last = i;
    while (last + 1 < evidence.size() && evidence[last + 1] == evidence[last] + 1) ++last;
    out += " " + link(evidence[i]);
    if (last > i) out += (last == i + 1 ? " " : "–") + link(evidence[last]);
    i = last + 1;
  }
  return out;
}

std::string finding_row(const FindingLine& finding, const Anchor& anchor) {
  return fmt::format(R"(<div><dt>{}</dt><dd><span class="value">{}</span><span class="sense">{}</span><span)"
                     R"( class="proof">{}{}</span></dd></div>
)",
                     html_escaped(capitalized(finding.name)), finding.value ? html_escaped(*finding.value) : "unknown",
                     html_escaped(finding.meaning), html_escaped(certainty(finding)), evidence_links(finding, anchor));
}

// Which observations a finding rests on, so that the table can say it in its rows.
std::string rests_on(const probe::Verdict& verdict, std::size_t index) {
  std::string out;
  for (const FindingLine& finding : finding_lines(verdict)) {
    const bool used = std::find(finding.evidence.begin(), finding.evidence.end(), index) != finding.evidence.end();
    if (used) out += (out.empty() ? "" : ", ") + finding.name;
  }
  return out;
}

std::string_view outcome_tone(probe::Outcome outcome) {
  using enum probe::Outcome;
  switch (outcome) {
    case Answered:
    case Returned: return "good";
    case Silence: return "bad";
    case Refused:
    case Unusable:
    case WrongSource:
    case Unreachable: return "fair";
    case Pending:
    case NotSent: return "idle";
  }
  return "idle";
}

std::string_view outcome_symbol(probe::Outcome outcome) {
  using enum probe::Outcome;
  switch (outcome) {
    case Answered:
    case Returned: return "●";
    case Silence: return "✕";
    case Pending:
    case NotSent: return "·";
    default: return "!";
  }
}

std::string mark(probe::Outcome outcome) {
  return fmt::format(R"(<span class="mark {}" aria-hidden="true">{}</span>)", outcome_tone(outcome),
                     outcome_symbol(outcome));
}

std::string observation_row(const probe::Report& report, std::size_t index, const Anchor& anchor) {
  const probe::Observation& seen = report.observations[index];
  const ObservationWords said = words(seen);
  const std::string source = seen.local ? net::to_string(*seen.local) : fmt::format("socket {}", seen.query.socket);
  return fmt::format(R"(<tr id="{}"><td class="number">{}</td><td>{}</td><td class="mono">{}</td><td class="mono">)"
                     R"({}</td><td>{} {}</td><td>{}</td></tr>
)",
                     anchor.observation(index).id, index, html_escaped(seen.query.discovery), html_escaped(source),
                     html_escaped(said.asked), mark(seen.outcome), html_escaped(said.came_back),
                     rests_on(report.verdict, index));
}

std::string reflector_rows(const probe::Report& report) {
  std::string out;
  for (const auto& reflector : report.reflectors) {
    const std::string answer = !reflector.answered    ? "no answer over UDP"
                               : reflector.round_trip ? duration_words(*reflector.round_trip)
                                                      : "answered";
    const std::string other = reflector.other_address ? net::to_string(*reflector.other_address) : "none announced";
    out += fmt::format(R"(<tr><td class="mono">{}</td><td class="mono">{}</td><td class="mono">{}</td><td>{}</td><td>)"
                       R"({}</td></tr>
)",
                       html_escaped(reflector.given), net::to_string(reflector.endpoint), other, answer,
                       html_escaped(reflector.note));
  }
  return out;
}

std::string reflectors_section(const probe::Report& report) {
  if (report.reflectors.empty()) return {};
  return fmt::format(
      R"(<h2>Reflectors asked</h2>
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Reflectors"><table>)"
      R"(<thead><tr><th scope="col">As given</th><th scope="col">Endpoint</th><th scope="col">)"
      R"(Other address</th><th scope="col">Round trip</th><th scope="col">Note</th></tr></thead><tbody>
{}</tbody></table></div></div>
)",
      reflector_rows(report));
}

std::string labels_line(const probe::Report& report) {
  if (report.labels.empty()) return {};
  std::string out = R"(<p class="facts note">)";
  for (const auto& [key, value] : report.labels) {
    out += fmt::format("<span>{}: <b>{}</b></span>", html_escaped(key), html_escaped(value));
  }
  return out + "</p>\n";
}

// The sentence without the class, which the heading already says in large letters.
std::string after_class(const std::string& sentence) {
  const auto colon = sentence.find(": ");
  return colon == std::string::npos ? sentence : sentence.substr(colon + 2);
}

// The old name under the class, where it says more than the class.
std::string second_line(const probe::Verdict& verdict) {
  using enum net::ClassicName;
  if (verdict.rfc3489 == Unknown || verdict.rfc3489 == Symmetric || verdict.rfc3489 == UdpBlocked) return {};
  return fmt::format(R"( <span class="verdict {}">{}</span>)", look(verdict.nat_class).tone, plain(verdict.rfc3489));
}

std::string hero(const probe::Report& report) {
  constexpr auto form = R"(<header class="hero"><h1>{}{}</h1>
<p class="lede">{}.</p>
{}<p class="note">{}, in {}, {} questions asked</p>
{}</header>
)";
  const probe::Verdict& verdict = report.verdict;
  return fmt::format(form, plain(verdict.nat_class), second_line(verdict),
                     html_escaped(capitalized(after_class(verdict_sentence(verdict)))),
                     route_line(report.local ? net::to_string(*report.local) : "",
                                report.external ? net::to_string(*report.external) : ""),
                     date_words(report.started_at), duration_words(report.duration), report.observations.size(),
                     labels_line(report));
}

std::string way_section(const probe::Report& report) {
  const std::string path = layers_path(report);
  return path.empty() ? std::string()
                      : fmt::format(R"(<h2>The way to the reflector</h2>
<div class="card">{}</div>
)",
                                    path);
}

}  // namespace

std::string drawings(const probe::Report& report, std::string_view classes) {
  std::string out;
  for (const auto drawing : {mapping_drawing, filtering_drawing, ports_drawing, lifetimes_drawing}) {
    if (const std::string drawn = drawing(report); !drawn.empty())
      out += fmt::format("<div class=\"drawn{}\">{}</div>\n", classes, drawn);
  }
  return out.empty() ? out : "<div class=\"drawings\">\n" + out + "</div>\n";
}

std::string findings_list(const probe::Report& report, const Anchor& anchor) {
  std::string out = "<dl>\n";
  for (const FindingLine& finding : finding_lines(report.verdict)) out += finding_row(finding, anchor);
  return out + "</dl>\n";
}

std::string advice_list(const std::vector<std::string>& sentences) {
  std::string out = R"(<ul class="advice">
)";
  for (const auto& sentence : sentences) out += fmt::format("<li>{}</li>\n", html_escaped(sentence));
  return out + "</ul>\n";
}

std::string observations_table(const probe::Report& report, const Anchor& anchor) {
  std::string out =
      R"(<div class="scroll" tabindex="0" role="region" aria-label="Observations"><table>
<caption>Every question asked, in order, and what came back.</caption><thead><tr><th scope="col")"
      R"( class="number">#</th><th scope="col">Discovery</th><th scope="col">From</th><th scope="col">)"
      R"(Asked</th><th scope="col">Came back</th><th scope="col">Evidence for</th></tr></thead><tbody>
)";
  for (std::size_t i = 0; i < report.observations.size(); ++i) out += observation_row(report, i, anchor);
  return out + "</tbody></table></div>\n";
}

std::string probe_section(const probe::Report& report, const Anchor& anchor) {
  std::string out = hero(report);
  out += R"(<div class="story">
<div class="card"><h3>What was found</h3>)" +
         findings_list(report, anchor) + "</div>\n";
  out += R"(<div class="card"><h3>What it means</h3>)" + advice_list(advice(report.verdict)) + "</div>\n</div>\n";
  const std::string drawn = drawings(report, " card");
  if (!drawn.empty()) out += "<h2>What the packets showed</h2>\n" + drawn;
  out += way_section(report) + reflectors_section(report);
  return out +
         R"(<h2>All observations</h2>
<div class="card">)" +
         observations_table(report, anchor) + "</div>\n";
}

}  // namespace reports
