#pragma once
// Reads a page the strict way, so that tests can say what must hold of it: every tag closed, every attribute quoted,
// every id once, every fragment link leading somewhere, ASCII, no reference but the five that escape and those
// to characters beyond ASCII.

#include <string>
#include <string_view>
#include <vector>

namespace markup {

struct Attribute {
  std::string name;
  std::string value;  // references resolved
};

struct Node {
  enum class Kind { Open, Close, Text } kind = Kind::Text;
  std::string name;  // of the element
  std::string text;  // references resolved
  std::vector<Attribute> attributes;
};

struct Page {
  std::vector<Node> nodes;
  std::vector<std::string> complaints;  // what is not well-formed, with its place

  // Names of elements and attributes in order, nothing of their content: what foreign text must never change.
  [[nodiscard]] std::string skeleton() const;
  // All text and all attribute values, one after the other.
  [[nodiscard]] std::string content() const;
};

[[nodiscard]] Page read(std::string_view html);

}  // namespace markup
