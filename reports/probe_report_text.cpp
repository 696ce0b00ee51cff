#include "reports/probe_report_text.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/finding_lines.h"
#include "reports/observation_words.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

constexpr std::size_t least_name_width = 11;
constexpr std::size_t value_width = 28;

Tone tone_of(net::NatClass nat_class) {
  switch (nat_class) {
    case net::NatClass::Cone:
    case net::NatClass::NoNat: return Tone::Good;
    case net::NatClass::UdpBlocked: return Tone::Bad;
    default: return Tone::Doubtful;
  }
}

// The first path's line is the whole output's first line, which scripts know.
std::string headline(const probe::Verdict& verdict, Ink ink, const std::string& further_path = {}) {
  const std::string sentence = printable(verdict_sentence(verdict));
  const std::size_t colon = std::min(sentence.find(':'), sentence.size());
  return fmt::format("NAT type{}: {}{}\n", further_path,
                     inked(sentence.substr(0, colon), tone_of(verdict.nat_class), ink), sentence.substr(colon));
}

// One column of names, as wide as the longest.
class Rows {
 public:
  Rows(const std::vector<FindingLine>& findings, Ink ink) : ink_(ink) {
    for (const FindingLine& finding : findings) width_ = std::max(width_, finding.name.size() + 2);
  }
  [[nodiscard]] std::string row(std::string_view name, std::string_view text) const {
    return fmt::format("  {}{}\n", inked(padded(name, width_), Tone::Bold, ink_), text);
  }
  [[nodiscard]] std::string finding(const FindingLine& finding) const;
  [[nodiscard]] std::string endpoints(const probe::Report& report) const;
  [[nodiscard]] std::string reflectors(const probe::Report& report) const;
  [[nodiscard]] std::string traffic(const probe::Report& report) const;
  [[nodiscard]] std::string traffic_of_all(const probe::Report& report) const;

 private:
  Ink ink_;
  std::size_t width_ = least_name_width;
};

std::string Rows::finding(const FindingLine& finding) const {
  const std::string sure = printable(certainty(finding));
  const std::string text =
      finding.value ? padded(printable(*finding.value), value_width) + inked(sure, Tone::Dim, ink_) : sure;
  return row(capitalized(finding.name), text);
}

std::string Rows::endpoints(const probe::Report& report) const {
  if (!report.external) return {};
  const std::string from = report.local ? fmt::format(", sent from {}", net::to_string(*report.local)) : std::string();
  return row("Seen as", net::to_string(*report.external) + from);
}

std::string Rows::reflectors(const probe::Report& report) const {
  std::string out;
  for (const auto& reflector : report.reflectors) {
    std::string text = printable(reflector.given);
    if (text != net::to_string(reflector.endpoint)) text += fmt::format(" ({})", net::to_string(reflector.endpoint));
    text += !reflector.answered    ? ": no answer over UDP"
            : reflector.round_trip ? fmt::format(": answered in {}", duration_words(*reflector.round_trip))
                                   : ": answered";
    if (!reflector.note.empty()) text += "; " + printable(reflector.note);
    out += row("Reflector", text);
  }
  return out;
}

std::string Rows::traffic(const probe::Report& report) const {
  if (report.traffic.packets == 0) return {};
  std::string text = fmt::format("sent {} packets over {} flows", report.traffic.packets, report.traffic.flows);
  if (report.budget.packets != 0)
    text += fmt::format(", of at most {} and {}", report.budget.packets, report.budget.flows);
  return row("Traffic", text);
}

// Each path has a budget of its own, so what all of them cost together is said as well.
std::string Rows::traffic_of_all(const probe::Report& report) const {
  probe::Traffic sent;
  probe::Traffic budget;
  for (const probe::Report* path : probe::paths_of(report)) {
    sent += path->traffic;
    budget += path->budget;
  }
  if (report.paths.empty() || sent.packets == 0) return {};
  return row("All paths", fmt::format("sent {} packets over {} flows, of at most {} and {}", sent.packets, sent.flows,
                                      budget.packets, budget.flows));
}

std::string advice_lines(const probe::Verdict& verdict, Ink ink) {
  std::string out = fmt::format("\n{}\n", inked("What it means", Tone::Bold, ink));
  for (const auto& sentence : advice(verdict)) {
    out += fmt::format("  - {}\n", sentence);
  }
  return out;
}

std::string observation_line(const probe::Report& report, std::size_t index, Ink ink) {
  const probe::Observation& seen = report.observations[index];
  const ObservationWords said = words(seen);
  const std::string source = seen.local ? net::to_string(*seen.local) : fmt::format("socket {}", seen.query.socket);
  return printable(fmt::format("  {:>4}  {}  {} -> {}: ", fmt::format("#{}", index), padded(seen.query.discovery, 12),
                               source, said.asked)) +
         inked(printable(said.came_back), Tone::Dim, ink) + "\n";
}

std::string body(const probe::Report& report, bool name_path, Ink ink) {
  std::string out;
  const auto findings = finding_lines(report.verdict);
  const Rows rows(findings, ink);
  for (const FindingLine& finding : findings) out += rows.finding(finding);
  if (name_path) out += rows.row("Path", printable(path_name(report)));
  out += rows.endpoints(report) + rows.reflectors(report) + rows.traffic(report);
  return out + advice_lines(report.verdict, ink);
}

std::string further_headline(const probe::Report& path, Ink ink) {
  return headline(path.verdict, ink, fmt::format(" ({})", printable(path_name(path))));
}

}  // namespace

std::string to_text(const probe::Report& report, Ink ink) {
  const bool name_path = !report.paths.empty() || !report.interface.empty();
  std::string out = headline(report.verdict, ink) + body(report, name_path, ink);
  for (const probe::Report& path : report.paths) out += "\n" + further_headline(path, ink) + body(path, true, ink);
  const std::string all = Rows({}, ink).traffic_of_all(report);
  return all.empty() ? out : out + "\n" + all;
}

std::string verdict_lines(const probe::Report& report, Ink ink) {
  std::string out = headline(report.verdict, ink);
  for (const probe::Report& path : report.paths) out += further_headline(path, ink);
  return out;
}

net::Result<std::string, std::string> explain(const probe::Report& report, std::string_view finding, Ink ink) {
  std::string names;
  const auto findings = finding_lines(report.verdict);
  const Rows rows(findings, ink);
  for (const FindingLine& line : findings) {
    names += (names.empty() ? "" : ", ") + line.name;
    if (line.name != finding) continue;
    std::string out = rows.finding(line);
    if (!line.meaning.empty()) out += rows.row("", printable(line.meaning));
    for (const std::size_t index : line.evidence) {
      if (index < report.observations.size()) out += observation_line(report, index, ink);
    }
    return out;
  }
  return tl::unexpected(fmt::format("no finding \"{}\"; there are: {}", printable(finding), names));
}

std::string observations_text(const probe::Report& report, Ink ink) {
  std::string out;
  for (std::size_t i = 0; i < report.observations.size(); ++i) out += observation_line(report, i, ink);
  return out;
}

}  // namespace reports
