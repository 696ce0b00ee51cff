#include "reports/document.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <functional>
#include <set>

#include "net/agent.h"
#include "net/cannot_work.h"
#include "reports/document_file.h"
#include "reports/dossier_json.h"
#include "reports/json_values.h"
#include "reports/matrix_intake.h"
#include "reports/probe_report_json.h"

namespace reports {
namespace {

struct Kind {
  std::string_view schema;
  Document (*read)(const Place& root, MatrixIntake& intake);
};
constexpr std::array kinds = {
    Kind{probe_report_schema, [](const Place& root, MatrixIntake&) -> Document { return report_at(root); }},
    Kind{matrix_schema, [](const Place& root, MatrixIntake& intake) -> Document { return intake.finish(root); }},
    Kind{dossier_schema, [](const Place& root, MatrixIntake&) -> Document { return dossier_at(root); }},
};

// "natscope/probe-report" and 1.
struct Versioned {
  std::string_view name;
  unsigned version = 0;
};

Versioned split_schema(std::string_view schema) {
  const auto slash = schema.rfind('/');
  if (slash == std::string_view::npos) return {schema};
  Versioned out{.name = schema.substr(0, slash)};
  const std::string_view digits = schema.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.version);
  return error == std::errc{} && end == digits.data() + digits.size() ? out : Versioned{schema};
}

[[noreturn]] void refuse(const Place& schema) {
  const Versioned found = split_schema(schema.text());
  std::string known;
  for (const Kind& kind : kinds) {
    const Versioned ours = split_schema(kind.schema);
    if (found.name == ours.name && found.version > ours.version) {
      schema.fail(
          fmt::format("version {} is newer than this program, which reads up to {}", found.version, ours.version));
    }
    known += fmt::format("{}\"{}\"", known.empty() ? "" : " or ", kind.schema);
  }
  schema.fail("expected " + known);
}

Document document_at(const Place& root, MatrixIntake& intake) {
  const Place schema = root.at("schema");
  for (const Kind& kind : kinds) {
    if (schema.text() == kind.schema) return kind.read(root, intake);
  }
  refuse(schema);
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

std::string to_json(const Document& document) {
  return std::visit([](const auto& content) { return to_json(content); }, document);
}

Dossier dossier_of(const std::vector<NamedDocument>& documents) {
  Dossier out;
  std::set<std::string> seen;
  const auto add_once = [&](const probe::Report& report) {
    if (seen.insert(to_json(report)).second) add(out, report);
  };
  for (const auto& [name, document] : documents) {
    std::visit(net::Overloaded{add_once,
                               [&](const MatrixDocument& matrix) {
                                 for (const auto& [host, report] : matrix.probes) add_once(report);
                               },
                               [&](const Dossier& dossier) { add(out, dossier); }},
               document);
  }
  return out;
}

}  // namespace reports
