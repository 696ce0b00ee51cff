#include "reports/commands/diff.h"

#include <unistd.h>

#include "reports/commands/read.h"
#include "reports/document_file.h"
#include "reports/dossier_diff_json.h"

namespace reports {

int diff(const DiffOptions& options, const net::CommonOptions& common) {
  if (common.json_file) check_writable(*common.json_file);
  const auto before = dossier_of({read_named(options.before)});
  const auto after = dossier_of({read_named(options.after)});
  const auto differences = difference(before, after);
  if (common.json_file) write_document(*common.json_file, to_json(differences));
  if (common.json_file != "-") {
    const auto ink = net::colored(common.color, STDOUT_FILENO) ? Ink::Color : Ink::Plain;
    write_document("-", to_text(differences, ink));
  }
  return options.fail_on_change && changed(differences) ? net::ExpectationFailed : net::Done;
}

}  // namespace reports
