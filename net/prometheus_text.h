#pragma once
// Numbers in Prometheus' text format (exposition format 0.0.4): families with their samples, in the order they are
// added. Labels are given as they stand on the page; none of them may be foreign text.

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace net {

inline constexpr std::string_view prometheus_type = "text/plain; version=0.0.4; charset=utf-8";

class PrometheusText {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <typename Value>
  void sample(std::string_view labels, Value value) {
    const std::string_view open = labels.empty() ? "" : "{";
    const std::string_view close = labels.empty() ? "" : "}";
    fmt::format_to(std::back_inserter(text_), "{}{}{}{} {}\n", name_, open, labels, close, value);
  }
  template <typename Value>
  void single(std::string_view name, std::string_view type, std::string_view help, Value value) {
    family(name, type, help);
    sample("", value);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string_view name_;
};

}  // namespace net
