#include "reports/json_reader.h"

#include <fmt/core.h>

#include <span>
#include <utility>

#include "reports/terminal.h"

namespace reports {
namespace {

Pieces one_piece(std::string_view text) {
  return [text]() mutable { return std::exchange(text, {}); };
}

}  // namespace

nlohmann::json parse_json(const Pieces& pieces, const Taker& take) {
  JsonInput input(pieces);
  JsonBuilder builder(input, take);
  nlohmann::json::sax_parse(JsonInputIterator{&input}, JsonInputIterator{}, &builder);
  return builder.result();
}

nlohmann::json parse_json(std::string_view text) { return parse_json(one_piece(text), {}); }

Place Place::at(std::string_view key) const {
  if (!value_->is_object()) fail("expected an object");
  const auto found = value_->find(key);
  if (found == value_->end()) fail(fmt::format("key \"{}\" is missing", key));
  return below(*found, {found.key()});
}

std::optional<Place> Place::find(std::string_view key) const {
  if (!value_->is_object()) fail("expected an object");
  const auto found = value_->find(key);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return below(*found, {found.key()});
}

std::vector<Place> Place::items() const {
  if (!value_->is_array()) fail("expected an array");
  std::vector<Place> out;
  out.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i) out.push_back(below((*value_)[i], {{}, i}));
  return out;
}

std::vector<std::pair<std::string, Place>> Place::members() const {
  if (!value_->is_object()) fail("expected an object");
  std::vector<std::pair<std::string, Place>> out;
  for (auto member = value_->begin(); member != value_->end(); ++member) {
    out.emplace_back(member.key(), below(*member, {member.key()}));
  }
  return out;
}

const std::string& Place::text() const {
  if (!value_->is_string()) fail("expected text");
  return value_->get_ref<const std::string&>();
}

bool Place::boolean() const {
  if (!value_->is_boolean()) fail("expected true or false");
  return value_->get<bool>();
}

double Place::number(double least, double most) const {
  if (!value_->is_number()) fail("expected a number");
  const double value = value_->get<double>();
  if (!(value >= least && value <= most)) fail(fmt::format("expected a number from {} to {}", least, most));
  return value;
}

std::uint64_t Place::count(std::uint64_t most) const {
  if (!value_->is_number_unsigned() || value_->get<std::uint64_t>() > most) {
    fail(fmt::format("expected a whole number from 0 to {}", most));
  }
  return value_->get<std::uint64_t>();
}

Place Place::below(const nlohmann::json& value, Step step) const {
  Place out = *this;
  out.value_ = &value;
  out.add(step);
  return out;
}

void Place::add(Step step) {
  if (depth_ < steps_.size()) steps_[depth_++] = step;
}

std::string Place::way() const {
  std::string out;
  for (const auto& [key, index] : std::span(steps_).first(depth_)) {
    if (!out.empty() && index == none) out += ".";
    out += printable(key.substr(0, longest_quote));
    if (index != none) out += fmt::format("[{}]", index);
  }
  return out;
}

void Place::fail(std::string_view what) const {
  throw Malformed{depth_ == 0 ? std::string(what) : fmt::format("{}: {}", way(), what)};
}

std::string Place::quoted(std::string_view text) {
  return fmt::format("\"{}\"", printable(text.substr(0, longest_quote)));
}

}  // namespace reports
