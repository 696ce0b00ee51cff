#pragma once
// What differs between two dossiers; a probe report is a dossier of one. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/dossier.h"
#include "reports/terminal.h"

namespace reports {

enum class Difference : std::uint8_t {
  Changed,   // other values, or measures whose ranges do not meet, or known in one of the two only
  NotAsked,  // in one of the two
  Same,
};

struct FindingDifference {
  std::string name;
  std::string before;  // as in dossier_table.h; empty: not asked
  std::string after;
  Difference difference = Difference::Same;
};

// Two models that were compared, or one that the other dossier has no match for.
struct ModelDifference {
  std::optional<DossierKey> before;
  std::optional<DossierKey> after;
  std::vector<FindingDifference> findings;  // changed first

  [[nodiscard]] bool changed() const;
};

// Models are matched by their whole key; what is left over of the same vendor, model and path (another firmware), then
// of the same path (another router), in order, where that leaves no choice.
[[nodiscard]] std::vector<ModelDifference> difference(const Dossier& before, const Dossier& after);

[[nodiscard]] bool changed(const std::vector<ModelDifference>& differences);

[[nodiscard]] std::string to_text(const std::vector<ModelDifference>& differences, Ink ink = Ink::Plain);

}  // namespace reports
