#pragma once
// What `natreflector check` concludes. Pure: logs in, a table out.

#include <string>
#include <vector>

#include "reflector/check_log.h"

namespace reflector {

enum class CheckVerdict : std::uint8_t { Ok, Warning, Fault };
[[nodiscard]] std::string_view to_string(CheckVerdict verdict);

struct CheckRow {
  std::string about;  // "192.0.2.1:3478", "reflector.example", "the pair"
  std::string check;  // its name: "udp", "change-both" (docs/natreflector.md lists them)
  CheckVerdict verdict = CheckVerdict::Ok;
  std::string seen;
  std::string advice;  // what to do; empty where all is well
};

// Of one server. `of_a_pair`: it is meant to be one half, so that a missing OTHER-ADDRESS is a fault.
[[nodiscard]] std::vector<CheckRow> conclusions(const CheckLog& log, bool of_a_pair);

// Whether the two, of one address family, are the same server to their clients.
[[nodiscard]] std::vector<CheckRow> conclusions(const CheckLog& one, const CheckLog& other);

// What names say. A numeric address has no such records.
struct CheckedName {
  std::string name;
  bool has_v4 = false;
  bool has_v6 = false;
  std::size_t stun_records = 0;      // _stun._udp
  std::size_t behavior_records = 0;  // _stun-behavior._udp
};
[[nodiscard]] std::vector<CheckRow> conclusions(const CheckedName& name);

[[nodiscard]] CheckVerdict worst(const std::vector<CheckRow>& rows);

}  // namespace reflector
