#pragma once
// A value of a scenario file and the place where it stands ("nats[1].profile"), so that every refusal names its place.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/endpoint.h"
#include "net/time.h"

namespace lab {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t most_entries = 200;  // of a list or object

struct Fault : std::runtime_error {  // thrown while reading, caught in parse_scenario()
  using std::runtime_error::runtime_error;
};

// Text from the file, fit for one line.
inline std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 64)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (text.size() > 64 ? "...'" : "'");
}

// A value and where it stands in the file: "nats[1].profile".
class At {
 public:
  At(const Json& value, std::string place) : value_(value), place_(std::move(place)) {}

  [[noreturn]] void refuse(std::string_view why) const {
    throw Fault(place_.empty() ? std::string(why) : fmt::format("{}: {}", place_, why));
  }

  void keys(const std::vector<std::string_view>& known) const {
    if (!value_.is_object()) refuse("must be an object");
    for (const auto& [key, value] : value_.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end())
        refuse(fmt::format("unknown key {}", in_quotes(key)));
    }
  }
  template <typename Read>
  void member(const char* key, Read&& read) const {  // optional
    const auto found = value_.find(key);
    if (found != value_.end()) read(At(*found, place_.empty() ? key : fmt::format("{}.{}", place_, key)));
  }
  [[nodiscard]] At required(const char* key) const {
    if (!value_.contains(key)) refuse(fmt::format("'{}' is missing", key));
    return {value_.at(key), place_.empty() ? key : fmt::format("{}.{}", place_, key)};
  }
  template <typename Read>
  void each(Read&& read) const {
    if (!value_.is_array()) refuse("must be a list");
    if (value_.size() > most_entries) refuse(fmt::format("more than {} entries", most_entries));
    for (std::size_t i = 0; i < value_.size(); ++i) read(At(value_[i], fmt::format("{}[{}]", place_, i)));
  }
  template <typename Read>
  void each_member(Read&& read) const {
    if (!value_.is_object()) refuse("must be an object");
    if (value_.size() > most_entries) refuse(fmt::format("more than {} entries", most_entries));
    for (const auto& [key, value] : value_.items()) read(key, At(value, fmt::format("{}.{}", place_, key)));
  }

  [[nodiscard]] bool is_text() const { return value_.is_string(); }
  [[nodiscard]] std::string text(std::size_t longest = 1000) const {
    if (!value_.is_string()) refuse("must be text");
    std::string out = value_.get<std::string>();
    if (out.size() > longest) refuse(fmt::format("longer than {} bytes", longest));
    return out;
  }
  [[nodiscard]] std::string name() const {
    std::string out = text();
    const bool fit = !out.empty() && out.size() <= 64 && std::all_of(out.begin(), out.end(), [](unsigned char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
             c == '_';
    });
    if (!fit) refuse(fmt::format("{} is not a name (1 to 64 letters, digits, '.', '-', '_')", in_quotes(out)));
    return out;
  }
  [[nodiscard]] bool flag() const {
    if (!value_.is_boolean()) refuse("must be true or false");
    return value_.get<bool>();
  }
  [[nodiscard]] std::variant<std::string, double, bool> scalar() const {
    if (value_.is_boolean()) return value_.get<bool>();
    if (value_.is_number()) return value_.get<double>();
    return text();
  }
  [[nodiscard]] double number(double low, double high) const {
    const double out = value_.is_number() ? value_.get<double>() : high + 1;
    if (!(out >= low && out <= high)) refuse(fmt::format("must be a number from {} to {}", low, high));
    return out;
  }
  [[nodiscard]] std::uint64_t whole(std::uint64_t low, std::uint64_t high) const {
    const bool fit =
        value_.is_number_unsigned() && value_.get<std::uint64_t>() >= low && value_.get<std::uint64_t>() <= high;
    if (!fit) refuse(fmt::format("must be a whole number from {} to {}", low, high));
    return value_.get<std::uint64_t>();
  }
  [[nodiscard]] net::Duration time(double unit_in_seconds, double low, double high) const {
    return net::Duration(std::llround(number(low, high) * unit_in_seconds * 1e9));
  }
  [[nodiscard]] net::IpAddress address() const {
    const auto parsed = net::parse_address(text(64));
    if (!parsed) refuse(fmt::format("{} is not an IP address", in_quotes(text())));
    if (parsed->unspecified()) refuse("the unspecified address");
    return *parsed;
  }
  template <typename Parse>
  [[nodiscard]] auto word(Parse&& parse, std::string_view what) const {
    const std::string out = text();
    const auto parsed = parse(out);
    if (!parsed) refuse(fmt::format("{} is not {}", in_quotes(out), what));
    return *parsed;
  }

 private:
  const Json& value_;
  std::string place_;
};

}  // namespace lab
