#include "tests/reports/markup.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace markup {
namespace {

constexpr std::array<std::string_view, 6> void_elements = {"meta", "link", "br", "hr", "img", "input"};
constexpr std::array<std::pair<std::string_view, char>, 5> references = {
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};

bool is_void(const std::string& name) {
  for (const auto& element : void_elements) {
    if (element == name) return true;
  }
  return false;
}

std::string utf8_of(unsigned code_point) {
  std::string out;
  unsigned shift = code_point < 0x800 ? 6 : code_point < 0x10000 ? 12 : 18;
  const unsigned head = code_point < 0x800 ? 0xC0 : code_point < 0x10000 ? 0xE0 : 0xF0;
  for (out += static_cast<char>(head | (code_point >> shift)); shift > 0;) {
    out += static_cast<char>(0x80 | ((code_point >> (shift -= 6)) & 0x3F));
  }
  return out;
}

// "&amp;", "&#8211;": empty where it is none.
std::string referred(std::string_view reference) {
  for (const auto& [known, character] : references) {
    if (reference == known) return {character};
  }
  unsigned code_point = 0;
  if (!reference.starts_with("&#") || !reference.ends_with(';')) return {};
  const char* end = reference.data() + reference.size() - 1;
  const auto read = std::from_chars(reference.data() + 2, end, code_point);
  return read.ptr == end && code_point >= 0x80 && code_point <= 0x10FFFF ? utf8_of(code_point) : std::string();
}

class Reader {
 public:
  explicit Reader(std::string_view html) : rest_(html) {}

  Page read() {
    if (!rest_.starts_with("<!doctype html>")) complain("no doctype");
    if (std::ranges::any_of(rest_, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) complain("not ASCII");
    rest_.remove_prefix(std::min<std::size_t>(15, rest_.size()));
    while (!rest_.empty()) {
      if (rest_.front() == '<') {
        tag();
      } else {
        text();
      }
    }
    if (!open_.empty()) complain("not closed: " + open_.back());
    links();
    return std::move(page_);
  }

 private:
  void complain(const std::string& what) {
    page_.complaints.push_back(fmt::format("{} before \"{}\"", what, rest_.substr(0, 60)));
  }

  std::string_view take(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string resolved(std::string_view raw) {
    std::string out;
    while (!raw.empty()) {
      if (raw.front() != '&') {
        if (raw.front() == '<' || raw.front() == '>') complain("raw angle bracket");
        out += raw.front();
        raw.remove_prefix(1);
        continue;
      }
      const std::string_view reference = raw.substr(0, std::min(raw.find(';'), raw.size() - 1) + 1);
      const std::string character = referred(reference);
      if (character.empty()) complain("unknown reference");
      out += character;
      raw.remove_prefix(character.empty() ? 1 : reference.size());
    }
    return out;
  }

  void text() {
    page_.nodes.push_back({.kind = Node::Kind::Text, .text = resolved(take(std::min(rest_.find('<'), rest_.size())))});
  }

  std::string name() {
    std::size_t size = 0;
    while (size < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[size])) != 0 || rest_[size] == '-'))
      ++size;
    if (size == 0) complain("no name");
    return std::string(take(size));
  }

  void blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) rest_.remove_prefix(1);
  }

  bool accept(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    take(expected.size());
    return true;
  }

  void tag() {
    take(1);
    if (accept("/")) return close(name());
    Node node{.kind = Node::Kind::Open, .name = name()};
    for (blanks(); !rest_.empty() && rest_.front() != '>' && rest_.front() != '/'; blanks()) {
      node.attributes.push_back(attribute());
      if (node.attributes.back().name.empty()) return;
    }
    const bool empty = accept("/");
    if (!accept(">")) complain("tag without end");
    page_.nodes.push_back(node);
    if (node.name == "style" || node.name == "script") return raw(node.name);
    if (!empty && !is_void(node.name)) open_.push_back(node.name);
  }

  Attribute attribute() {
    Attribute out{.name = name()};
    if (!accept("=\"")) {
      complain("attribute without quotes: " + out.name);
      return {};
    }
    out.value = resolved(take(std::min(rest_.find('"'), rest_.size())));
    if (!accept("\"")) complain("attribute without end");
    return out;
  }

  void close(const std::string& element) {
    if (!accept(">")) complain("closing tag without end");
    if (open_.empty() || open_.back() != element) return complain("closes what is not open: " + element);
    open_.pop_back();
    page_.nodes.push_back({.kind = Node::Kind::Close, .name = element});
  }

  // HTML section 13.1.2: nothing ends these but their own closing tag.
  void raw(const std::string& element) {
    const std::string closing = "</" + element + ">";
    const auto end = rest_.find(closing);
    if (end == std::string_view::npos) return complain(element + " without end");
    page_.nodes.push_back({.kind = Node::Kind::Text, .text = std::string(take(end))});
    accept(closing);
    page_.nodes.push_back({.kind = Node::Kind::Close, .name = element});
  }

  void links() {
    std::set<std::string> ids;
    std::vector<std::string> targets;
    for (const Node& node : page_.nodes) {
      for (const auto& [attribute, value] : node.attributes) {
        if (attribute == "id" && !ids.insert(value).second) complain("id twice: " + value);
        if (attribute == "href" && value.starts_with("#")) targets.push_back(value.substr(1));
      }
    }
    for (const auto& target : targets) {
      if (!ids.contains(target)) complain("link to nowhere: " + target);
    }
  }

  std::string_view rest_;
  Page page_;
  std::vector<std::string> open_;
};

}  // namespace

std::string Page::skeleton() const {
  std::string out;
  for (const Node& node : nodes) {
    if (node.kind == Node::Kind::Text) continue;
    out += (node.kind == Node::Kind::Open ? "<" : "</") + node.name;
    for (const auto& attribute : node.attributes) out += " " + attribute.name;
    out += ">";
  }
  return out;
}

std::string Page::content() const {
  std::string out;
  for (const Node& node : nodes) {
    out += node.text + "\n";
    for (const auto& attribute : node.attributes) out += attribute.value + "\n";
  }
  return out;
}

Page read(std::string_view html) { return Reader(html).read(); }

}  // namespace markup
