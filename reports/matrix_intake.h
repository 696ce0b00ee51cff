#pragma once
// A matrix document taken in piece by piece: each pair as soon as it has been read, so that a document of any number of
// pairs never stands in memory as JSON. Internal to reports; complaints are thrown as Malformed.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "reports/json_reader.h"
#include "reports/matrix_json.h"

namespace reports {

class MatrixIntake {
 public:
  explicit MatrixIntake(Attempts attempts = Attempts::Kept) : attempts_(attempts) {}

  // What parse_json() offers: takes the pairs of a matrix whose hosts came before.
  bool take(const nlohmann::json& root, const std::string& list, std::size_t index, const nlohmann::json& element);

  // Everything else, and the pairs that could not be taken.
  [[nodiscard]] MatrixDocument finish(const Place& root);

 private:
  void read_hosts(const Place& root);
  void read_pair(const Place& place);
  [[nodiscard]] std::uint32_t host_at(const Place& name) const;

  Attempts attempts_;
  MatrixDocument document_;
  std::unordered_map<std::string, std::uint32_t> numbers_;  // of hosts, by name
  std::unordered_set<std::uint64_t> seen_;                  // pairs of numbers
};

}  // namespace reports
