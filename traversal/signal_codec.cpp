#include "traversal/signal_codec.h"

#include <algorithm>
#include <cmath>

#include "traversal/signal_fields.h"
#include "traversal/strict_json.h"

namespace traversal {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, std::variant_size_v<Signal>> kinds = {
    "register", "refresh",  "unregister", "list",  "observe", "result",     "matrix",   "status",
    "rows-of",  "prepare",  "start",      "stop",  "done",    "registered", "hosts",    "observed",
    "accepted", "progress", "rows",       "peers", "relay",   "relayed",    "peer-page"};

constexpr std::array<std::string_view, 3> proof_words = {"none", "two-paths", "same-path"};

std::optional<Proof> parse_proof(std::string_view word) {
  const auto* found = std::find(proof_words.begin(), proof_words.end(), word);
  return found == proof_words.end() ? std::nullopt : std::optional(static_cast<Proof>(found - proof_words.begin()));
}
std::string_view to_string(Proof proof) { return proof_words[static_cast<std::size_t>(proof)]; }

template <typename Record>
concept HasFields = requires(Record& record, Json& json) {
  fields::list(json, record);
};

// ---- writing -------------------------------------------------------------------------------------------------------

class Writer {
 public:
  explicit Writer(Json& object) : object_(object) {}

  template <typename T>
  void operator()(const char* key, const T& value) {
    if (Json written = json_of(value); !written.is_null()) object_[key] = std::move(written);
  }
  void operator()(const char* key, const std::string& text) {  // an empty one is left out, but not of a list
    if (!text.empty()) object_[key] = text;
  }
  void name(const char* key, const std::string& value) { object_[key] = value; }

 private:
  Json& object_;

  static Json json_of(const std::string& text) { return text; }
  static Json json_of(bool value) { return value; }
  static Json json_of(int value) { return value; }
  static Json json_of(unsigned value) { return value; }
  static Json json_of(std::uint64_t value) { return value; }
  static Json json_of(net::Duration value) { return std::round(net::to_ms(value) * 1000) / 1000; }
  static Json json_of(const net::Endpoint& value) { return net::to_string(value); }
  template <std::size_t Size>
  static Json json_of(const std::array<std::uint8_t, Size>& bytes) {
    return net::to_hex(bytes);
  }
  static Json json_of(const std::array<std::string, 2>& pair) { return Json::array({pair[0], pair[1]}); }
  template <typename Word>
  requires std::is_enum_v<Word>
  static Json json_of(Word word) { return to_string(word); }
  template <typename T>
  static Json json_of(const std::optional<T>& value) {
    return value ? json_of(*value) : Json();
  }
  template <typename T>
  static Json json_of(const std::vector<T>& values) {
    Json array = Json::array();
    for (const T& value : values) array.push_back(json_of(value));
    return array;
  }
  static Json json_of(const MatrixRow& row) {
    return std::visit([](const auto& value) { return json_of(value); }, row);
  }
  template <typename Record>
  requires std::is_class_v<Record>
  static Json json_of(const Record& record) {
    Json object = Json::object();
    Writer writer(object);
    Record copy = record;  // the list of fields is one for reading and writing
    fields::list(writer, copy);
    return object;
  }
};

// ---- reading -------------------------------------------------------------------------------------------------------

// Remembers the first complaint and goes on without effect.
class Reader {
 public:
  Reader(const Json& object, std::string& complaint) : object_(object), complaint_(complaint) {}

  // A field with a default may be absent; one without must be there.
  template <typename T>
  void operator()(const char* key, T& value) {
    const auto found = object_.find(key);
    if (found != object_.end()) {
      if (!read(*found, value)) complain(key);
    } else if (!optional_field(value)) {
      complain(key);
    }
  }
  void name(const char* key, std::string& value) {
    (*this)(key, value);
    if (!valid_host_name(value)) complain(key);
  }

 private:
  const Json& object_;
  std::string& complaint_;

  void complain(const char* key) {
    if (complaint_.empty()) complaint_ = key;
  }

  template <typename T>
  static bool optional_field(const std::optional<T>&) {
    return true;
  }
  static bool optional_field(const std::string&) { return true; }
  template <typename T>
  static bool optional_field(const T&) {
    return false;
  }

  bool read(const Json& json, std::string& text) {
    if (!json.is_string() || json.get_ref<const std::string&>().size() > fields::longest_text) return false;
    text = json.get<std::string>();
    return true;
  }
  bool read(const Json& json, bool& value) {
    if (!json.is_boolean()) return false;
    value = json.get<bool>();
    return true;
  }
  bool read(const Json& json, int& value) {
    if (!json.is_number_integer()) return false;
    const double wide = json.get<double>();
    if (!(wide >= -fields::largest_step && wide <= fields::largest_step)) return false;
    value = json.get<int>();
    return true;
  }
  bool read(const Json& json, std::uint64_t& value) {
    if (!json.is_number_unsigned() || json.get<std::uint64_t>() > fields::largest_count) return false;
    value = json.get<std::uint64_t>();
    return true;
  }
  bool read(const Json& json, unsigned& value) {
    std::uint64_t wide = 0;
    if (!read(json, wide)) return false;
    value = static_cast<unsigned>(wide);
    return true;
  }
  bool read(const Json& json, net::Duration& value) {
    if (!json.is_number()) return false;
    const double ms = json.get<double>();
    if (!(ms >= 0 && ms <= net::to_ms(fields::longest_time))) return false;
    value = net::Duration(std::llround(ms * 1e6));
    return true;
  }
  bool read(const Json& json, net::Endpoint& value) {
    if (!json.is_string()) return false;
    const auto parsed = net::parse_endpoint(json.get_ref<const std::string&>());
    if (parsed) value = *parsed;
    return parsed.has_value();
  }
  template <std::size_t Size>
  bool read(const Json& json, std::array<std::uint8_t, Size>& bytes) {
    if (!json.is_string()) return false;
    const auto& hex = json.get_ref<const std::string&>();
    if (hex.size() != 2 * Size || hex.find_first_not_of("0123456789abcdef") != std::string::npos) return false;
    const net::Bytes parsed = net::from_hex(hex);
    std::copy(parsed.begin(), parsed.end(), bytes.begin());
    return true;
  }
  bool read(const Json& json, std::array<std::string, 2>& pair) {
    if (!json.is_array() || json.size() != 2) return false;
    const auto host_name = [this](const Json& item, std::string& into) {
      return read(item, into) && valid_host_name(into);
    };
    return host_name(json[0], pair[0]) && host_name(json[1], pair[1]);
  }

  template <typename Word, typename Parse>
  static bool read_word(const Json& json, Word& word, Parse parse) {
    if (!json.is_string()) return false;
    const auto parsed = parse(json.get_ref<const std::string&>());
    if (parsed) word = *parsed;
    return parsed.has_value();
  }
  bool read(const Json& json, net::MappingBehavior& word) { return read_word(json, word, net::parse_mapping); }
  bool read(const Json& json, net::FilteringBehavior& word) { return read_word(json, word, net::parse_filtering); }
  bool read(const Json& json, net::PortAllocation& word) { return read_word(json, word, net::parse_allocation); }
  bool read(const Json& json, CandidateType& word) { return read_word(json, word, parse_candidate_type); }
  bool read(const Json& json, Proof& word) { return read_word(json, word, parse_proof); }
  bool read(const Json& json, Step& word) { return read_word(json, word, parse_step); }
  bool read(const Json& json, Witness& word) { return read_word(json, word, parse_witness); }
  bool read(const Json& json, Prediction& word) { return read_word(json, word, parse_prediction); }
  bool read(const Json& json, Outcome& word) { return read_word(json, word, parse_outcome); }

  template <typename T>
  bool read(const Json& json, std::optional<T>& value) {
    return read(json, value.emplace());
  }
  template <typename T>
  bool read(const Json& json, std::vector<T>& values) {
    if (!json.is_array()) return false;
    return std::all_of(json.begin(), json.end(), [&](const Json& item) { return read(item, values.emplace_back()); });
  }
  bool read(const Json& json, MatrixRow& row) {
    if (!json.is_object()) return false;
    if (json.contains("host")) return read(json, row.emplace<Host>());
    if (json.contains("by")) return read(json, row.emplace<TimelineEvent>());
    return json.contains("a") ? read(json, row.emplace<PairOutcome>()) : read(json, row.emplace<Attempt>());
  }
  template <typename Record>
  requires std::is_class_v<Record>
  bool read(const Json& json, Record& record) {
    if (!json.is_object()) return false;
    Reader reader(json, complaint_);
    fields::list(reader, record);
    return complaint_.empty();
  }
};

// Default-constructs the alternative at `index`.
template <std::size_t... Index>
Signal blank(std::size_t index, std::index_sequence<Index...>) {
  Signal signal;
  (void)((index == Index && (signal.emplace<Index>(), true)) || ...);
  return signal;
}

}  // namespace

bool valid_host_name(std::string_view name) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
  return !name.empty() && name.size() <= longest_name && name.find_first_not_of(allowed) == std::string_view::npos;
}

std::string to_json(const Signal& signal) {
  Json object = {{"kind", kinds[signal.index()]}};
  Writer writer(object);
  Signal copy = signal;
  std::visit([&writer](auto& value) { fields::list(writer, value); }, copy);
  return object.dump();
}

net::Result<Signal, std::string> parse_signal(std::string_view json) {
  const auto root = parse_strict_json(json);
  if (!root) return net::Unexpected(root.error());
  const auto word = root->is_object() ? root->find("kind") : root->end();
  if (!root->is_object() || word == root->end() || !word->is_string()) return net::Unexpected<std::string>("no kind");
  const auto* kind = std::find(kinds.begin(), kinds.end(), word->get_ref<const std::string&>());
  if (kind == kinds.end()) return net::Unexpected<std::string>("unknown kind");
  Signal signal = blank(static_cast<std::size_t>(kind - kinds.begin()), std::make_index_sequence<kinds.size()>());
  std::string complaint;
  Reader reader(*root, complaint);
  std::visit([&reader](auto& value) { fields::list(reader, value); }, signal);
  if (!complaint.empty()) return net::Unexpected(std::string(*kind) + ": " + complaint);
  return signal;
}

net::Result<MatrixRequest, std::string> parse_matrix_order(std::string_view json) {
  const Json usual = {{"pairs", Json::array()}, {"strategies", Json::array()}, {"trials", 1U}, {"hold_ms", 5000U}};
  auto root = parse_strict_json(json, {.objects = 1, .keys = 2 * usual.size()});
  if (!root) return net::Unexpected(root.error());
  if (!root->is_object()) return net::Unexpected<std::string>("not an object");
  for (const auto& [key, value] : root->items()) {
    if (!usual.contains(key)) return net::Unexpected("unknown key: " + key.substr(0, longest_name));
  }
  for (const auto& [key, value] : usual.items()) {
    if (!root->contains(key)) (*root)[key] = value;
  }
  MatrixRequest request;
  std::string complaint;
  Reader reader(*root, complaint);
  fields::list(reader, request);
  if (!complaint.empty()) return net::Unexpected(complaint);
  return request;
}

}  // namespace traversal
