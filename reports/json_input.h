#pragma once
// Text that comes in pieces, handed to the JSON parser character by character; it is held only a piece at a time.
// Internal to reports.

#include <cstddef>
#include <functional>
#include <iterator>
#include <string_view>

namespace reports {

// The pieces of a text, one after the other; empty is the end. Each is there until the next is asked for.
using Pieces = std::function<std::string_view()>;

class JsonInput {
 public:
  explicit JsonInput(Pieces pieces) : pieces_(std::move(pieces)) { fill(); }
  JsonInput(const JsonInput&) = delete;
  JsonInput& operator=(const JsonInput&) = delete;

  [[nodiscard]] bool ended() const { return piece_.empty(); }
  [[nodiscard]] char here() const { return piece_[at_]; }
  void advance() {
    if (++at_ == piece_.size()) fill();
  }
  [[nodiscard]] std::size_t taken() const { return before_ + at_; }  // characters so far

  // What has been parsed and is not kept counts no more towards `document_limit`.
  void excuse(std::size_t characters) { excused_ += characters; }
  // Of a character near the last one taken, counted from 1.
  [[nodiscard]] std::size_t line_of(std::size_t character) const;

 private:
  void fill();

  Pieces pieces_;
  std::string_view piece_;
  std::size_t at_ = 0;            // in the piece
  std::size_t before_ = 0;        // characters in the pieces before
  std::size_t lines_before_ = 0;  // line ends there
  std::size_t excused_ = 0;
};

// A JsonInput for the parser, which wants a pair of iterators; a default one is the end.
struct JsonInputIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  JsonInput* input = nullptr;

  char operator*() const { return input->here(); }
  JsonInputIterator& operator++() {
    input->advance();
    return *this;
  }
  friend bool operator==(const JsonInputIterator& one, const JsonInputIterator& other) {
    return one.at_end() == other.at_end();
  }
  [[nodiscard]] bool at_end() const { return input == nullptr || input->ended(); }
};

}  // namespace reports
