#include "traversal/schedule.h"

#include <algorithm>
#include <numeric>

namespace traversal {

bool same_pair(const NamePair& x, const NamePair& y) { return x == y || x == NamePair{y[1], y[0]}; }

std::vector<NamePair> every_pair(const std::vector<std::string>& names) {
  std::vector<NamePair> pairs;
  std::vector<std::size_t> circle(names.size() + names.size() % 2);  // an odd number gets an empty seat
  std::iota(circle.begin(), circle.end(), std::size_t{0});
  for (std::size_t round = 1; round < circle.size(); ++round) {
    for (std::size_t i = 0; i < circle.size() / 2; ++i) {
      const auto [first, second] = std::minmax(circle[i], circle[circle.size() - 1 - i]);
      if (second < names.size()) pairs.push_back({names[first], names[second]});
    }
    std::rotate(circle.begin() + 1, circle.end() - 1, circle.end());  // the first stays in its seat
  }
  return pairs;
}

}  // namespace traversal
