#pragma once
// A probe report as JSON, schema natscope/probe-report/1 (docs/schema/probe-report-1.schema.json), and back.
// The document holds every observation whole, so that a saved report can be classified again without a network.

#include <string>
#include <string_view>

#include "net/result.h"
#include "probe/report.h"

namespace reports {

inline constexpr std::string_view probe_report_schema = "natscope/probe-report/1";

// Pretty-printed with stable key order, ending in a newline. Text from the network that is not UTF-8 gets U+FFFD.
[[nodiscard]] std::string to_json(const probe::Report& report);

// The inverse. Unknown keys are ignored, so newer documents of the same schema open. The error is one line that names
// the place: `observations[3].outcome: no such word: "answerd"`. Refused: text over `document_limit`, nesting over 32,
// duplicate keys, wrong types, words outside the schema, evidence that points outside the log.
[[nodiscard]] net::Result<probe::Report, std::string> parse_probe_report(std::string_view text);

}  // namespace reports
