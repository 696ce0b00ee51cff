#include "reports/commands/dossier.h"

#include "reports/commands/read.h"
#include "reports/document_file.h"
#include "reports/dossier_json.h"

namespace reports {

int dossier(const DossierOptions& options) {
  check_writable(options.out);
  const auto documents = read_all(options.files);
  write_document(options.out, to_json(dossier_of(documents)));
  return net::Done;
}

}  // namespace reports
