#include "reports/commands/merge.h"

#include "net/cannot_work.h"
#include "reports/commands/read.h"
#include "reports/document_file.h"
#include "reports/merge.h"

namespace reports {

int merge(const MergeOptions& options) {
  check_writable(options.out);
  auto document = merged(read_all(options.files, Attempts::Kept));
  if (!document) throw net::CannotWork("merge " + document.error());
  if (options.redact) *document = fresh_redaction(*options.redact)(*document);
  write_document(options.out, to_json(*document));
  return net::Done;
}

}  // namespace reports
