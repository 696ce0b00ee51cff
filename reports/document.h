#pragma once
// Any document natreport reads, told apart by its `schema`.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/result.h"
#include "probe/report.h"
#include "reports/dossier.h"
#include "reports/matrix_json.h"

namespace reports {

using Document = std::variant<probe::Report, MatrixDocument, Dossier>;

// A document and what to call it: the file it came from, or a host's name.
struct NamedDocument {
  std::string name;
  Document document;
};

// The error is one line naming the place, or the schema when it is foreign or too new.
[[nodiscard]] net::Result<Document, std::string> parse_document(std::string_view text);

// Of a file, "-" is standard input, read as it comes: of a matrix only what is kept stands in memory, so its pairs may
// be any number. Every failure is net::CannotWork, "read FILE: " and the reason.
[[nodiscard]] Document load_document(const std::string& path, Attempts attempts = Attempts::Kept);

[[nodiscard]] std::string to_json(const Document& document);

// What their probe reports (those of a matrix's hosts too) and dossiers say together. A report that is given several
// times counts once.
[[nodiscard]] Dossier dossier_of(const std::vector<NamedDocument>& documents);

}  // namespace reports
