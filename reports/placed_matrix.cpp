#include "reports/placed_matrix.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "reports/matrix_summary.h"

namespace reports {

PlacedMatrix::PlacedMatrix(const traversal::Matrix& matrix) {
  hosts_.reserve(matrix.hosts.size());
  for (const auto& host : matrix.hosts) hosts_.push_back(&host);
  std::stable_sort(hosts_.begin(), hosts_.end(), [](const auto* one, const auto* other) {
    return std::tuple(openness(one->behavior), std::string_view(one->name)) <
           std::tuple(openness(other->behavior), std::string_view(other->name));
  });
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < hosts_.size(); ++i) places[hosts_[i]->name] = i;
  pairs_.resize(hosts_.empty() ? 0 : hosts_.size() * (hosts_.size() - 1) / 2);
  for (const auto& pair : matrix.pairs) pairs_[index(places.at(pair.a), places.at(pair.b))] = &pair;
}

std::size_t PlacedMatrix::index(std::size_t one, std::size_t other) const {
  const auto [row, column] = std::minmax({one, other});
  return row * (2 * hosts_.size() - row - 1) / 2 + (column - row - 1);
}

}  // namespace reports
