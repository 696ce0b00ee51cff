#include "reports/json_builder.h"

#include <fmt/core.h>

#include <utility>

#include "reports/json_reader.h"
#include "reports/terminal.h"

namespace reports {
namespace {

constexpr int out_of_range = 406;  // nlohmann's number for a number that no double holds

}  // namespace

nlohmann::json& JsonBuilder::place(nlohmann::json value) {
  if (open_.empty()) return root_ = std::move(value);
  if (open_.back()->is_object()) return *slot_ = std::move(value);
  return open_.back()->emplace_back(std::move(value));
}

bool JsonBuilder::add(nlohmann::json value) {
  place(std::move(value));
  return finished();
}

bool JsonBuilder::open(nlohmann::json container) {
  if (open_.size() >= deepest_nesting) throw Malformed{fmt::format("nested deeper than {}", deepest_nesting)};
  open_.push_back(&place(std::move(container)));
  return true;
}

bool JsonBuilder::close() {
  open_.pop_back();
  return finished();
}

bool JsonBuilder::key(string_t& name) {
  auto& members = open_.back()->get_ref<nlohmann::json::object_t&>();
  if (open_.size() == 1) {
    list_ = name;
    index_ = 0;
    began_ = input_.taken();
  }
  const auto [member, is_new] = members.try_emplace(std::move(name));
  if (!is_new) {
    throw Malformed{
        fmt::format("key \"{}\" occurs twice in one object", printable(member->first.substr(0, longest_quote)))};
  }
  slot_ = &member->second;
  return true;
}

// A value has ended; where it is an element of a list of the root it may be taken.
bool JsonBuilder::finished() {
  if (!take_ || open_.size() != 2 || !open_[0]->is_object() || !open_[1]->is_array()) return true;
  auto& list = open_[1]->get_ref<nlohmann::json::array_t&>();
  if (take_(root_, list_, index_++, list.back())) {
    list.pop_back();
    input_.excuse(input_.taken() - began_);
  }
  began_ = input_.taken();
  return true;
}

bool JsonBuilder::parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) {
  if (error.id == out_of_range) throw Malformed{"a number is too large"};
  throw Malformed{fmt::format("line {}: not JSON", input_.line_of(position))};
}

}  // namespace reports
