#pragma once
// The document of reports/matrix_json.h written pair by pair, a line each, for matrices too long to hold.

#include <chrono>
#include <optional>
#include <vector>

#include "net/time.h"
#include "reports/document_file.h"
#include "reports/population_draw.h"
#include "traversal/matrix.h"

namespace reports {

class MatrixStream {
 public:
  MatrixStream(const std::string& path, const std::vector<traversal::Host>& hosts);

  void add(const traversal::PairOutcome& pair);
  // Nothing is at `path` before this.
  void finish(const std::optional<PopulationDraw>& drawn, std::chrono::system_clock::time_point started_at,
              net::Duration duration);

 private:
  DocumentWriter file_;
  bool empty_ = true;
};

}  // namespace reports
