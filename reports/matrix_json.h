#pragma once
// The compatibility matrix as JSON, schema natscope/traversal-matrix/1 (docs/schema/traversal-matrix-1.schema.json),
// and back. A host may carry the whole report of its own probe run.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/result.h"
#include "probe/report.h"
#include "reports/population_draw.h"
#include "traversal/matrix.h"

namespace reports {

inline constexpr std::string_view matrix_schema = "natscope/traversal-matrix/1";

struct MatrixDocument {
  traversal::Matrix matrix;
  std::map<std::string, probe::Report> probes;  // by host name; a host without one is described by its behaviour alone
  std::optional<PopulationDraw> drawn;          // where the hosts were
};

// Up to so many hosts a page shows every pair with its attempts.
inline constexpr std::size_t most_hosts_with_pair_cards = 30;
[[nodiscard]] constexpr bool has_pair_cards(std::size_t hosts) { return hosts <= most_hosts_with_pair_cards; }

// Which attempts a reader keeps: those of a large matrix are most of it, and no page shows them.
enum class Attempts : std::uint8_t { Kept, OfFewHosts };

// Pretty-printed with stable key order, ending in a newline.
[[nodiscard]] std::string to_json(const MatrixDocument& document);

// The inverse; errors and limits as parse_probe_report. Also refused: two hosts of one name, a pair that names an
// unknown host or the same host twice, more successes than trials.
[[nodiscard]] net::Result<MatrixDocument, std::string> parse_matrix(std::string_view text);

}  // namespace reports
