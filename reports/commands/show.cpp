#include "reports/commands/show.h"

#include "net/agent.h"
#include "reports/dossier_text.h"
#include "reports/matrix_text.h"
#include "reports/probe_report_text.h"

namespace reports {

std::string shown_text(const Document& document, bool verbose, Ink ink) {
  return std::visit(net::Overloaded{[&](const probe::Report& report) {
                                      return to_text(report, ink) +
                                             (verbose ? "\n" + observations_text(report, ink) : std::string());
                                    },
                                    [&](const MatrixDocument& matrix) { return to_text(matrix, ink); },
                                    [&](const Dossier& dossier) { return to_text(dossier, ink); }},
                    document);
}

}  // namespace reports
