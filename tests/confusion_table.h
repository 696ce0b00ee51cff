#pragma once
// What was true beside what was concluded, counted over many runs.
//
//   ConfusionTable table;
//   table.add("EIM/APDF", "EIM/APDF");
//   std::cout << table << table.right() << " of " << table.total() << "\n";

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <utility>

namespace tests {

class ConfusionTable {
 public:
  void add(const std::string& truth, const std::string& verdict) {
    ++counts_[{truth, verdict}];
    truths_.insert(truth);
    verdicts_.insert(verdict);
  }

  [[nodiscard]] std::size_t count(const std::string& truth, const std::string& verdict) const {
    const auto found = counts_.find({truth, verdict});
    return found == counts_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::size_t total() const {
    std::size_t out = 0;
    for (const auto& [cell, count] : counts_) out += count;
    return out;
  }
  [[nodiscard]] std::size_t right() const {
    std::size_t out = 0;
    for (const auto& truth : truths_) out += count(truth, truth);
    return out;
  }

  // A row for each truth, a column for each verdict; empty cells are dots.
  friend std::ostream& operator<<(std::ostream& out, const ConfusionTable& table) {
    const std::string corner = "truth \\ verdict";
    std::size_t first = corner.size();
    for (const auto& truth : table.truths_) first = std::max(first, truth.size());
    out << std::left << std::setw(static_cast<int>(first)) << corner << std::right;
    for (const auto& verdict : table.verdicts_) out << "  " << std::setw(width(verdict)) << verdict;
    out << "\n";
    for (const auto& truth : table.truths_) {
      out << std::left << std::setw(static_cast<int>(first)) << truth << std::right;
      for (const auto& verdict : table.verdicts_) {
        const std::size_t count = table.count(truth, verdict);
        out << "  " << std::setw(width(verdict)) << (count == 0 ? "." : std::to_string(count));
      }
      out << "\n";
    }
    return out;
  }

 private:
  static int width(const std::string& verdict) { return static_cast<int>(std::max<std::size_t>(verdict.size(), 5)); }

  std::map<std::pair<std::string, std::string>, std::size_t> counts_;
  std::set<std::string> truths_;
  std::set<std::string> verdicts_;
};

}  // namespace tests
