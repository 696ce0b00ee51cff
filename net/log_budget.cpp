#include "net/log_budget.h"

#include <fmt/core.h>

#include <utility>

namespace net {

std::optional<std::string> LogBudget::admit(std::string_view kind, std::string_view line, TimePoint now) {
  const auto known = kinds_.find(kind);
  if (known == kinds_.end()) {
    kinds_.emplace(kind, Kind{.printed = now});
    return std::string(line);
  }
  auto& [printed, held_back] = known->second;
  if (now - printed < interval_) {
    ++held_back;
    return std::nullopt;
  }
  printed = now;
  const auto passed_over = std::exchange(held_back, 0);
  return passed_over == 0 ? std::string(line) : fmt::format("{} (and {} like it)", line, passed_over);
}

}  // namespace net
