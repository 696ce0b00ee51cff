// What the script of a matrix page works with: the tools, hidden until it runs; the words of the page; and every pair
// as numbers, packed. reports/page/page.js reads what is written here.

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "reports/html_data.h"
#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"
#include "reports/terminal.h"

namespace reports {
namespace {

using Words = nlohmann::ordered_json;
using traversal::PairOutcome;

// Nine planes, a byte a pair in each, so that like stands beside like: state, strategy, successes, trials and the
// median time to connect in tenths of a millisecond (0: none); of numbers the low byte first.
//
//   state   7        6        5 4 3       2 1 0
//          +--------+--------+-----------+-----------+
//          | upward | differs| predicted | outcome   |   outcome 7: no such pair; upward: one-way, and from the host
//          +--------+--------+-----------+-----------+   of the higher place
constexpr std::size_t planes = 9;
constexpr unsigned no_pair = 7;

using Strategies = std::map<std::string, std::size_t>;  // number from 1, in the order of the names
constexpr std::size_t most_strategies = 255;

Strategies strategies_of(const MatrixView& view) {
  Strategies out;
  for (const PairOutcome* pair : view.placed.pairs()) {
    if (pair != nullptr && !pair->strategy.empty() && out.size() < most_strategies) out.try_emplace(pair->strategy);
  }
  std::size_t number = 0;
  for (auto& [name, value] : out) value = ++number;
  return out;
}

std::uint8_t state_of(const PairOutcome& pair, const traversal::Host& low) {
  const bool from_low = (pair.direction == "a-to-b") == (pair.a == low.name);
  const bool upward = !pair.direction.empty() && !from_low;
  const bool differs = agreement(pair) == Agreement::Disagrees;
  return static_cast<std::uint8_t>(static_cast<unsigned>(pair.outcome) | static_cast<unsigned>(pair.predicted) << 3 |
                                   (differs ? 64U : 0U) | (upward ? 128U : 0U));
}

class Planes {
 public:
  explicit Planes(std::size_t pairs) : pairs_(pairs), bytes_(pairs * planes) {}

  // `size` bytes from plane `first` on; what is larger is shown as the largest.
  void set(std::size_t pair, std::size_t first, std::size_t size, std::uint64_t value) {
    value = std::min(value, (std::uint64_t{1} << (8 * size)) - 1);
    for (std::size_t i = 0; i < size; ++i) {
      bytes_[(first + i) * pairs_ + pair] = static_cast<std::uint8_t>(value >> (8 * i));
    }
  }
  [[nodiscard]] net::BytesView bytes() const { return bytes_; }

 private:
  std::size_t pairs_;
  net::Bytes bytes_;
};

void put(Planes& out, std::size_t index, const PairOutcome& pair, const traversal::Host& low,
         const Strategies& strategies) {
  const auto strategy = strategies.find(pair.strategy);
  const double tenths = pair.connect ? std::max(1.0, net::to_ms(pair.connect->median) * 10 + 0.5) : 0;
  out.set(index, 0, 1, state_of(pair, low));
  out.set(index, 1, 1, strategy == strategies.end() ? 0 : strategy->second);
  out.set(index, 2, 2, pair.successes);
  out.set(index, 4, 2, pair.trials);
  out.set(index, 6, 3, static_cast<std::uint64_t>(tenths));
}

net::Bytes numbers_of(const MatrixView& view, const Strategies& strategies) {
  const PlacedMatrix& placed = view.placed;
  Planes out(placed.pairs().size());
  for (std::size_t row = 0; row < placed.size(); ++row) {
    for (std::size_t column = row + 1; column < placed.size(); ++column) {
      const std::size_t index = placed.index(row, column);
      const PairOutcome* pair = placed.pairs()[index];
      out.set(index, 0, 1, no_pair);
      if (pair != nullptr) put(out, index, *pair, placed.host(row), strategies);
    }
  }
  return deflated(out.bytes());
}

// Foreign text is made visible here, since the script hands it on as it is.
Words word(std::string_view text) { return printable(text); }

template <typename Value>
Words looks(std::size_t count) {
  Words out = Words::array();
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<Value>(i);
    out.push_back({look(value).symbol, plain(value), look(value).tone, traversal::to_string(value)});
  }
  return out;
}

// Kinds in the order of the places, and of each host its name, its kind and with how many it connected.
void add_hosts(Words& out, const MatrixView& view) {
  out["kinds"] = Words::array();
  out["hosts"] = Words::array();
  const auto connected = connected_of_hosts(view.placed);
  std::string last;
  for (std::size_t place = 0; place < view.placed.size(); ++place) {
    const traversal::Host& host = view.placed.host(place);
    const std::string kind = kind_of(host.behavior);
    if (out["kinds"].empty() || kind != last) out["kinds"].push_back(word(last = kind));
    out["hosts"].push_back({word(host.name), out["kinds"].size() - 1, connected[place].part});
  }
}

// For a data block: nothing in it may look like markup, and it stays JSON (RFC 8259 section 7).
std::string block_escaped(const std::string& json) {
  std::string out;
  for (const char c : json) out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return out;
}

std::string words_of(const MatrixView& view, const Strategies& strategies) {
  Words out;
  out["id"] = view.anchor.id;
  out["total"] = view.document.matrix.pairs.size();
  add_hosts(out, view);
  out["strategies"] = Words::array({""});
  for (const auto& [name, number] : strategies) out["strategies"].push_back(word(name));
  out["outcomes"] = looks<traversal::Outcome>(6);
  out["predictions"] = looks<traversal::Prediction>(7);
  return block_escaped(out.dump(-1, ' ', false, Words::error_handler_t::replace));
}

}  // namespace

std::string matrix_tools() {
  return R"(<div class="tools" role="search" aria-label="Sort and filter" hidden="">
<label>Hosts <input class="query" type="search" placeholder="name or kind" autocomplete="off"></label>
<label>Pairs <select class="only"><option value="exists">all</option><option value="connected">connected</option>)"
         R"(<option value="apart">not connected</option><option value="differs">not as theory predicts</option>)"
         R"(<option value="idle">without outcome</option></select></label>
<label>Order <select class="sort"><option value="kind">by behaviour</option><option value="name">by name</option>)"
         R"(<option value="share">by pairs connected</option></select></label>
<button type="button" class="copy">Copy as CSV</button>
<output class="says"></output>
</div>
)";
}

std::string matrix_numbers(const MatrixView& view) {
  const Strategies strategies = strategies_of(view);
  return fmt::format(R"(<script type="application/json" class="words">{}</script>
<script type="application/octet-stream" class="numbers">{}</script>
)",
                     words_of(view, strategies), base64(numbers_of(view, strategies)));
}

}  // namespace reports
