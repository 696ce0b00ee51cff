#include "reports/document.h"

#include <fmt/core.h>

#include "reports/json_values.h"
#include "reports/probe_report_json.h"

namespace reports {

net::Result<Document, std::string> parse_document(std::string_view text) {
  return read_json(text, [](const Place& root) -> Document {
    const Place schema = root.at("schema");
    if (schema.text() == probe_report_schema) return report_at(root);
    if (schema.text() == matrix_schema) return matrix_at(root);
    schema.fail(fmt::format("expected \"{}\" or \"{}\"", probe_report_schema, matrix_schema));
  });
}

}  // namespace reports
