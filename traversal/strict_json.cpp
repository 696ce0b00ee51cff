#include "traversal/strict_json.h"

#include <set>
#include <vector>

namespace traversal {

using nlohmann::ordered_json;

net::Result<ordered_json, std::string> parse_strict_json(std::string_view text, const JsonLimits& limits) {
  std::string complaint;
  std::vector<std::set<std::string>> keys;  // of the objects we are in
  std::size_t objects = 0;
  // What comes after a complaint is not kept.
  const auto watch = [&](int depth, ordered_json::parse_event_t event, ordered_json& parsed) {
    if (depth >= deepest_nesting) complaint = "nested too deeply";
    if (event == ordered_json::parse_event_t::object_start) {
      keys.emplace_back();
      if (++objects > limits.objects) complaint = "too many objects";
    }
    if (event == ordered_json::parse_event_t::object_end) keys.pop_back();
    if (event == ordered_json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      complaint = "duplicate key";
    }
    if (!keys.empty() && keys.back().size() > limits.keys) complaint = "too many keys";
    return complaint.empty();
  };
  auto root = ordered_json::parse(text, watch, /*allow_exceptions=*/false);
  if (!complaint.empty()) return net::Unexpected(complaint);
  if (root.is_discarded()) return net::Unexpected<std::string>("not JSON");
  return root;
}

}  // namespace traversal
