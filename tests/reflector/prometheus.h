#pragma once
// Reads Prometheus' text format 0.0.4, as strictly as promtool's lint does: every family has HELP and TYPE before its
// samples and stands together, names and labels have their alphabet, counters end in _total and nothing else does, no
// sample comes twice, every value is a number.

#include <map>
#include <string>
#include <vector>

namespace prometheus {

struct Family {
  std::string type;
  std::map<std::string, double> samples;  // by labels as they stand: family="ipv4",outcome="success"
};

struct Page {
  std::map<std::string, Family> families;
  std::vector<std::string> complaints;  // each with its line
};

[[nodiscard]] Page read(const std::string& text);

}  // namespace prometheus
