#pragma once
// The command line of natreport.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/options.h"
#include "probe/expectation.h"
#include "reports/history.h"
#include "reports/redaction.h"

namespace reports {

using Redact = std::optional<RedactionDepth>;  // empty: --redact none

enum class Form : std::uint8_t { Html, Text, Markdown, Csv, Junit };

// html, text, markdown, csv, junit: documents in another form.
struct FormOptions {
  Form form = Form::Text;
  std::vector<std::string> files;          // documents, "-" is standard input
  std::string out = "-";                   // "-" is standard output
  std::vector<probe::Expectation> expect;  // of every path of every probe report; junit
  Redact redact;
};

// merge: documents of one kind become one.
struct MergeOptions {
  std::vector<std::string> files;
  std::string out = "-";
  Redact redact;
};

// dossier: what many reports say of a model.
struct DossierOptions {
  std::vector<std::string> files;
  std::string out = "-";
};

struct DiffOptions {
  std::string before;  // documents
  std::string after;
  bool fail_on_change = false;
};

struct HistoryAdd {
  std::vector<std::string> files;
};
struct HistoryList {
  HistoryFilter filter;
  std::size_t most = 100;
};
struct HistoryShow {
  std::string id;  // or its beginning
};
struct HistoryPrune {
  net::Duration older_than = std::chrono::days(90);
};
struct HistoryExport {
  HistoryFilter filter;
  std::string out = "-";  // a folder, or a file
  Redact redact;          // each document by a key of its own
};

struct HistoryOptions {
  store::Url store;
  bool usual_place = false;  // nobody said where
  std::variant<HistoryAdd, HistoryList, HistoryShow, HistoryPrune, HistoryExport> action;
};

struct Options {
  net::CommonOptions common;
  std::variant<FormOptions, MergeOptions, DossierOptions, DiffOptions, HistoryOptions> command;
};

// The options, or the exit code when there is nothing to do (help, version, a mistake that has been printed).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace reports
