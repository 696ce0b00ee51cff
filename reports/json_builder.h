#pragma once
// Builds the value of a JSON text out of the parser's events, within limits that the library itself does not have:
// depth, and keys that occur twice. Elements of a list directly under the root may be taken out as they are finished,
// so that a list of any length needs the room of one. Internal to reports.

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reports/json_input.h"

namespace reports {

// Offered each finished element of a list of the root object, with what the root holds so far; true: it has been taken.
using Taker = std::function<bool(const nlohmann::json& root, const std::string& list, std::size_t index,
                                 const nlohmann::json& element)>;

class JsonBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  JsonBuilder(JsonInput& input, const Taker& take) : input_(input), take_(take) {}
  [[nodiscard]] nlohmann::json result() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // not in a text
  bool start_object(std::size_t) override { return open(nlohmann::json::object()); }
  bool start_array(std::size_t) override { return open(nlohmann::json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override;
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) override;

 private:
  nlohmann::json& place(nlohmann::json value);
  bool add(nlohmann::json value);
  bool open(nlohmann::json container);
  bool close();
  bool finished();

  JsonInput& input_;
  const Taker& take_;
  nlohmann::json root_;
  std::vector<nlohmann::json*> open_;  // containers, the root first
  nlohmann::json* slot_ = nullptr;     // where the value of the last key goes
  std::string list_;                   // the last key of the root
  std::size_t index_ = 0;              // of the element of that list
  std::size_t began_ = 0;              // where it began, in characters
};

}  // namespace reports
