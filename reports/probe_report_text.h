#pragma once
// A probe report for the terminal: the verdict in plain words, one line per finding, what it means for the reader.

#include <string>
#include <string_view>

#include "net/result.h"
#include "probe/report.h"
#include "reports/terminal.h"

namespace reports {

// The first line is the verdict, alone. Further paths follow, each with its verdict first. Control characters that came
// from the network are shown as escapes.
[[nodiscard]] std::string to_text(const probe::Report& report, Ink ink = Ink::Plain);

// The verdict alone, a line for each path.
[[nodiscard]] std::string verdict_lines(const probe::Report& report, Ink ink = Ink::Plain);

// How `finding` ("mapping", "filtering") was concluded: its value and each observation it rests on, one a line.
// The error names the findings there are.
[[nodiscard]] net::Result<std::string, std::string> explain(const probe::Report& report, std::string_view finding,
                                                            Ink ink = Ink::Plain);

// Every observation, one a line, in the order asked.
[[nodiscard]] std::string observations_text(const probe::Report& report, Ink ink = Ink::Plain);

}  // namespace reports
