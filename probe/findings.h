#pragma once
// The findings beside mapping and filtering, as a table: what each is called, whose observations it rests on, what words
// it may have, and the pure function that concludes it. Reports, schema, --expect and the tests walk this table; a new
// finding is one more row and its function.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "probe/finding.h"
#include "probe/observation.h"

namespace probe {

using Figure = std::variant<bool, double, std::string>;
[[nodiscard]] std::string to_string(const Figure& figure);  // "yes", "2048", "external-source"

struct NamedFinding {
  std::string name;  // "hairpin", as in JSON
  Finding<Figure> finding;
  std::map<std::string, Figure> figures;  // what else is known, by name: "hit_rate", "next_hop"
};

struct FindingKind {
  std::string_view name;
  std::string_view discovery;                // whose observations it rests on
  std::string_view what;                     // one line, with the RFC clause and the unit of a number
  std::span<const std::string_view> values;  // all words it may have; empty: a number, a flag or free text
  NamedFinding (*conclude)(const ObservationLog& log);
  std::string_view also = {};  // another discovery that alone may give it
};

[[nodiscard]] std::span<const FindingKind> finding_kinds();
[[nodiscard]] const FindingKind* find_finding_kind(std::string_view name);

// Of every kind whose discovery asked anything; one without a name has nothing to say of this path.
[[nodiscard]] std::vector<NamedFinding> conclude_all(const ObservationLog& log);

}  // namespace probe
