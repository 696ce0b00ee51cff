#include "reports/check_report.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/json_values.h"

namespace reports {
namespace {

std::size_t count(const CheckReport& report, std::string_view verdict) {
  return static_cast<std::size_t>(std::count_if(report.checks.begin(), report.checks.end(),
                                                [&](const CheckLine& line) { return line.verdict == verdict; }));
}

Tone tone_of(std::string_view verdict) {
  return verdict == "ok" ? Tone::Good : verdict == "warning" ? Tone::Doubtful : Tone::Bad;
}

std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

}  // namespace

std::string to_json(const CheckReport& report) {
  Json out;
  out["schema"] = "natscope/check-report/1";
  out["hosts"] = report.hosts;
  out["faults"] = count(report, "fault");
  out["warnings"] = count(report, "warning");
  out["checks"] = Json::array();
  for (const CheckLine& line : report.checks) {
    out["checks"].push_back({{"about", line.about},
                             {"check", line.check},
                             {"verdict", line.verdict},
                             {"seen", line.seen},
                             {"advice", json_text(line.advice)}});
  }
  return document_text(out);
}

std::string text_of(const CheckReport& report, bool brief, Ink ink) {
  std::string out;
  std::string about;
  for (const CheckLine& line : report.checks) {
    if (brief && line.verdict == "ok") continue;
    if (line.about != about) {
      about = line.about;
      out += inked(printable(about), Tone::Bold, ink) + "\n";
    }
    out += fmt::format("  {} {} {}\n", inked(padded(line.verdict, 8), tone_of(line.verdict), ink),
                       padded(line.check, 18), printable(line.seen));
    if (!line.advice.empty()) out += fmt::format("  {:8} {:18} -> {}\n", "", "", printable(line.advice));
  }
  out += fmt::format("{}, {}\n", counted(count(report, "fault"), "fault"), counted(count(report, "warning"), "warning"));
  return out;
}

}  // namespace reports
