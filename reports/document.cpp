#include "reports/document.h"

#include <fmt/core.h>

#include <functional>

#include "net/cannot_work.h"
#include "reports/document_file.h"
#include "reports/json_values.h"
#include "reports/matrix_intake.h"
#include "reports/probe_report_json.h"

namespace reports {

namespace {

Document document_at(const Place& root, MatrixIntake& intake) {
  const Place schema = root.at("schema");
  if (schema.text() == probe_report_schema) return report_at(root);
  if (schema.text() == matrix_schema) return intake.finish(root);
  schema.fail(fmt::format("expected \"{}\" or \"{}\"", probe_report_schema, matrix_schema));
}

Document document_in(const Pieces& pieces, Attempts attempts) {
  MatrixIntake intake(attempts);
  const nlohmann::json root = parse_json(pieces, std::bind_front(&MatrixIntake::take, &intake));
  return document_at(Place(root), intake);
}

}  // namespace

net::Result<Document, std::string> parse_document(std::string_view text) {
  return read_json(text, [](const Place& root) {
    MatrixIntake intake;
    return document_at(root, intake);
  });
}

Document load_document(const std::string& path, Attempts attempts) {
  DocumentReader file(path);
  try {
    return document_in([&] { return file.next(); }, attempts);
  } catch (const Malformed& malformed) {
    throw net::CannotWork(fmt::format("read {}: {}", path, malformed.what));
  }
}

}  // namespace reports
