#pragma once
// Reading JSON that may be hostile: limits first, then a cursor that knows where it is, so that every complaint names
// its place. Internal to reports; what is wrong is thrown as Malformed and becomes a Result at the public border.

#include <array>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.h"
#include "reports/document_file.h"
#include "reports/json_builder.h"
#include "reports/json_input.h"

namespace reports {

inline constexpr std::size_t deepest_nesting = 32;
inline constexpr std::size_t longest_quote = 40;  // of foreign text in a complaint

struct Malformed {
  std::string what;  // one line: "observations[3].outcome: expected text"
};

// Refused: more than `document_limit` bytes that are kept, nesting over deepest_nesting, duplicate keys, bad UTF-8, bad
// syntax. What `take` takes is not in the value.
[[nodiscard]] nlohmann::json parse_json(const Pieces& pieces, const Taker& take);
[[nodiscard]] nlohmann::json parse_json(std::string_view text);

// One value inside a document and the way to it, which becomes a text only in a complaint. Borrows the document.
class Place {
 public:
  explicit Place(const nlohmann::json& root) : value_(&root) {}
  // An element of a list under the root, which need not stand there any more.
  Place(const nlohmann::json& element, std::string_view list, std::size_t index) : value_(&element) {
    add({list, index});
  }

  [[nodiscard]] Place at(std::string_view key) const;                   // must be there, may be null
  [[nodiscard]] std::optional<Place> find(std::string_view key) const;  // empty when absent or null
  [[nodiscard]] bool null() const { return value_->is_null(); }
  [[nodiscard]] std::vector<Place> items() const;                            // of an array
  [[nodiscard]] std::vector<std::pair<std::string, Place>> members() const;  // of an object
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] bool is_text() const { return value_->is_string(); }
  [[nodiscard]] bool is_boolean() const { return value_->is_boolean(); }
  [[nodiscard]] double number(double least, double most) const;
  [[nodiscard]] std::uint64_t count(std::uint64_t most) const;  // an integer from 0

  // A word of a closed list, through its parse function.
  template <typename Parse>
  [[nodiscard]] auto word(Parse parse) const {
    const auto value = parse(std::string_view(text()));
    if (!value) fail("no such word: " + quoted(text()));
    return *value;
  }

  [[noreturn]] void fail(std::string_view what) const;

 private:
  static constexpr std::size_t none = ~std::size_t{0};
  struct Step {
    std::string_view key;  // of the document itself
    std::size_t index = none;
  };

  [[nodiscard]] Place below(const nlohmann::json& value, Step step) const;
  void add(Step step);
  [[nodiscard]] std::string way() const;  // "observations[3].outcome"
  [[nodiscard]] static std::string quoted(std::string_view text);

  const nlohmann::json* value_;
  std::size_t depth_ = 0;
  std::array<Step, 12> steps_;  // no document of ours is deeper; of one that is, the beginning is named
};

// Runs `read` on the parsed text and turns Malformed into the error of a Result.
template <typename Read>
[[nodiscard]] auto read_json(std::string_view text, Read read)
    -> net::Result<std::invoke_result_t<Read, Place>, std::string> {
  try {
    const nlohmann::json root = parse_json(text);
    return read(Place(root));
  } catch (const Malformed& malformed) {
    return tl::unexpected(malformed.what);
  }
}

}  // namespace reports
