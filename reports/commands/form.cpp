#include "reports/commands/form.h"

#include <unistd.h>

#include <algorithm>

#include "net/cannot_work.h"
#include "reports/commands/read.h"
#include "reports/commands/show.h"
#include "reports/csv_tables.h"
#include "reports/document_cases.h"
#include "reports/document_file.h"
#include "reports/html_page.h"
#include "reports/markdown.h"

namespace reports {
namespace {

using Documents = std::vector<NamedDocument>;

std::string text_of(const Documents& documents, const FormOptions& options, const net::CommonOptions& common) {
  const bool to_terminal = options.out == "-" && net::colored(common.color, STDOUT_FILENO);
  const auto ink = to_terminal ? Ink::Color : Ink::Plain;
  std::string out;
  for (const auto& [name, document] : documents) {
    if (!out.empty()) out += "\n";
    if (documents.size() > 1) out += inked(printable(name), Tone::Bold, ink) + "\n";
    out += shown_text(document, common.verbose, ink);
  }
  return out;
}

std::string csv_of(const Documents& documents) {
  auto table = to_csv(documents);
  if (!table) throw net::CannotWork("csv: " + table.error());
  return *std::move(table);
}

int junit(const Documents& documents, const FormOptions& options) {
  const auto suites = cases_of(documents, options.expect);
  write_document(options.out, to_junit(suites));
  const bool met = options.expect.empty() || std::all_of(suites.begin(), suites.end(), &passed);
  return met ? net::Done : net::ExpectationFailed;
}

}  // namespace

int form(const FormOptions& options, const net::CommonOptions& common) {
  check_writable(options.out);
  Documents documents = read_all(options.files);
  if (options.redact) documents = fresh_redaction(*options.redact)(documents);
  switch (options.form) {
    case Form::Html: write_document(options.out, to_html(documents)); break;
    case Form::Text: write_document(options.out, text_of(documents, options, common)); break;
    case Form::Markdown: write_document(options.out, to_markdown(documents)); break;
    case Form::Csv: write_document(options.out, csv_of(documents)); break;
    case Form::Junit: return junit(documents, options);
  }
  return net::Done;
}

}  // namespace reports
