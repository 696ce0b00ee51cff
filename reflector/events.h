#pragma once
// What an operator should read of a reflector's life, each thing once: partners that begin or cease to answer, links
// that are refused, and strangers' doings in numbers. Pure: told what is, says what is new.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reflector/status.h"

namespace reflector {

struct Event {
  std::string kind;  // for net::LogBudget; partners are no strangers, so each has kinds of its own
  std::string line;
  bool of_strangers = false;  // anybody can bring it about: to be held back longer
};

struct Notable {  // what events are made of
  struct Partner {
    net::IpAddress address;
    bool answers = false;
    std::string problem;            // why its greeting is refused; or empty
    std::uint64_t unverified = 0;   // messages of the link under no key of ours, or with a wrong MAC
  };
  std::vector<Partner> partners;  // the same ones, in the same order, every time
  std::uint64_t connections_refused = 0;
};

class EventLines {
 public:
  [[nodiscard]] std::vector<Event> news(const Notable& now);

 private:
  std::optional<Notable> before_;
};

}  // namespace reflector
