#pragma once
// What keeps a log from being flooded by strangers: of each kind of event at most one line an interval; the line after
// a pause says how many were held back. Kinds are few and named in the code, never made from what arrives.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/time.h"

namespace net {

class LogBudget {
 public:
  explicit LogBudget(Duration interval = std::chrono::seconds(1)) : interval_(interval) {}

  // The line to print, perhaps with "(and 12 like it)"; or nothing.
  [[nodiscard]] std::optional<std::string> admit(std::string_view kind, std::string_view line, TimePoint now);

 private:
  struct Kind {
    TimePoint printed;
    std::uint64_t held_back = 0;
  };
  Duration interval_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace net
