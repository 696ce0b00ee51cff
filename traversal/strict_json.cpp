#include "traversal/strict_json.h"

#include <set>
#include <vector>

namespace traversal {

using nlohmann::ordered_json;

net::Result<ordered_json, std::string> parse_strict_json(std::string_view text) {
  std::string complaint;
  std::vector<std::set<std::string>> keys;  // of the objects we are in
  const auto watch = [&](int depth, ordered_json::parse_event_t event, ordered_json& parsed) {
    if (depth >= deepest_nesting) complaint = "nested too deeply";
    if (event == ordered_json::parse_event_t::object_start) keys.emplace_back();
    if (event == ordered_json::parse_event_t::object_end) keys.pop_back();
    if (event == ordered_json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      complaint = "duplicate key";
    }
    return true;
  };
  auto root = ordered_json::parse(text, watch, /*allow_exceptions=*/false);
  if (!complaint.empty()) return net::Unexpected(complaint);
  if (root.is_discarded()) return net::Unexpected<std::string>("not JSON");
  return root;
}

}  // namespace traversal
