// natreport: pages and text from the JSON documents of natprobe and natpunch.

#include <fmt/core.h>
#include <unistd.h>

#include "reports/document_file.h"
#include "reports/html_page.h"
#include "reports/matrix_text.h"
#include "reports/options.h"
#include "reports/probe_report_text.h"

namespace {

reports::NamedDocument read(const std::string& file) {
  return {.name = file, .document = reports::load_document(file, reports::Attempts::OfFewHosts)};
}

std::string text_of(const reports::Document& document, const net::CommonOptions& common, reports::Ink ink) {
  if (const auto* matrix = std::get_if<reports::MatrixDocument>(&document)) return to_text(*matrix, ink);
  const auto& report = std::get<probe::Report>(document);
  std::string out = to_text(report, ink);
  if (common.verbose) out += "\n" + observations_text(report, ink);
  return out;
}

std::string text_of(const std::vector<reports::NamedDocument>& documents, const reports::Options& options) {
  const bool to_terminal = options.out == "-" && net::colored(options.common.color, STDOUT_FILENO);
  const auto ink = to_terminal ? reports::Ink::Color : reports::Ink::Plain;
  std::string out;
  for (const auto& [name, document] : documents) {
    if (!out.empty()) out += "\n";
    if (documents.size() > 1) out += inked(reports::printable(name), reports::Tone::Bold, ink) + "\n";
    out += text_of(document, options.common, ink);
  }
  return out;
}

int natreport(int argc, char** argv) {
  const auto parsed = reports::parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& options = std::get<reports::Options>(parsed);
  reports::check_writable(options.out);
  // Everything is read before anything is written: one bad file and nothing has happened.
  std::vector<reports::NamedDocument> documents;
  for (const std::string& file : options.files) documents.push_back(read(file));
  const bool html = options.form == reports::Form::Html;
  reports::write_document(options.out, html ? to_html(documents) : text_of(documents, options));
  return net::ExitCode::Done;
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program("natreport", [&] { return natreport(argc, argv); });
}
