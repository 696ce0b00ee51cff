#include "traversal/row_fetch.h"

#include <algorithm>

namespace traversal {
namespace {

constexpr std::uint64_t parts_at_once = 16;  // as many datagrams may be under way in one round trip
constexpr std::uint64_t most_rows = 10'000'000;

}  // namespace

std::vector<std::uint64_t> RowFetch::take(std::uint64_t from, const Rows& page) {
  broken_ = broken_ || page.rows.empty() || page.total > most_rows;
  if (broken_) return {};
  if (parts_.empty()) return divide(page);
  const auto part = std::find_if(parts_.begin(), parts_.end(),
                                 [from](const Part& each) { return each.next == from && from < each.end; });
  if (part == parts_.end()) return {};
  const auto taken = std::min<std::uint64_t>(page.rows.size(), part->end - part->next);
  part->rows.insert(part->rows.end(), page.rows.begin(), page.rows.begin() + static_cast<std::ptrdiff_t>(taken));
  part->next += taken;
  return part->next < part->end ? std::vector{part->next} : std::vector<std::uint64_t>{};
}

std::vector<std::uint64_t> RowFetch::divide(const Rows& first_page) {
  const std::uint64_t begin = first_page.rows.size();
  const std::uint64_t rest = first_page.total > begin ? first_page.total - begin : 0;
  parts_.push_back({begin, begin, first_page.rows});
  std::vector<std::uint64_t> firsts;
  for (std::uint64_t i = 0; i < parts_at_once; ++i) {
    const Part part{begin + rest * i / parts_at_once, begin + rest * (i + 1) / parts_at_once, {}};
    if (part.next == part.end) continue;
    firsts.push_back(part.next);
    parts_.push_back(part);
  }
  return firsts;
}

bool RowFetch::complete() const {
  return !parts_.empty() &&
         std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.next == part.end; });
}

std::vector<MatrixRow> RowFetch::rows() const {
  std::vector<MatrixRow> all;
  for (const Part& part : parts_) all.insert(all.end(), part.rows.begin(), part.rows.end());
  return all;
}

}  // namespace traversal
