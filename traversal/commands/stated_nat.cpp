#include "traversal/commands/stated_nat.h"

#include <fmt/format.h>

#include "net/cannot_work.h"
#include "reports/document_file.h"
#include "reports/probe_report_json.h"
#include "traversal/commands/port_findings.h"

namespace traversal {

net::Result<OwnNat, std::string> stated_nat(std::string_view text) {
  if (const auto behavior = net::parse_short(text)) return OwnNat{*behavior};
  const auto refused = [text](std::string_view why) {
    return net::Unexpected(
        fmt::format("'{}' is neither a behaviour like EIM/APDF nor a readable report: {}", text, why));
  };
  std::string document;
  try {
    document = reports::read_document(std::string(text));
  } catch (const net::CannotWork& unreadable) {
    return refused(unreadable.what());
  }
  const auto report = reports::parse_probe_report(document);
  if (!report) return refused(report.error());
  return OwnNat{probe::behavior_of(report->verdict), port_pattern_of(report->verdict)};
}

}  // namespace traversal
