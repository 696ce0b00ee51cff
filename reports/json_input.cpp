#include "reports/json_input.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/json_reader.h"

namespace reports {

void JsonInput::fill() {
  lines_before_ += static_cast<std::size_t>(std::count(piece_.begin(), piece_.end(), '\n'));
  before_ += piece_.size();
  at_ = 0;
  piece_ = pieces_();
  if (before_ + piece_.size() - excused_ > document_limit) {
    throw Malformed{fmt::format("longer than {} bytes", document_limit)};
  }
}

std::size_t JsonInput::line_of(std::size_t character) const {
  const std::size_t here = character > before_ ? std::min(character - before_ - 1, piece_.size()) : 0;
  return 1 + lines_before_ + static_cast<std::size_t>(std::ranges::count(piece_.substr(0, here), '\n'));
}

}  // namespace reports
