// What the script of a matrix page works with: the tools, hidden until it runs; the words of the page; and every pair
// as numbers, packed. reports/page/page.js reads what is written here.

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "reports/html_data.h"
#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"
#include "reports/terminal.h"

namespace reports {
namespace {

using Words = nlohmann::ordered_json;
using traversal::Outcome;
using traversal::PairOutcome;

// Nine planes, a byte a pair in each, so that like stands beside like: state, strategy, successes, trials and the
// median time to connect in tenths of a millisecond (0: none); of numbers the low byte first.
constexpr std::size_t planes = 9;

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

// What there is to say of a pair beside its numbers. Few differ: at most 252, in practice a dozen.
struct PairState {
  Outcome outcome;
  traversal::Prediction predicted;
  bool differs;
  unsigned from;  // of a one-way pair, the one that is heard: 1 the host of the lower place, 2 the other
  friend auto operator<=>(const PairState&, const PairState&) = default;
};

PairState pair_state(const PairOutcome& pair, const traversal::Host& low) {
  const bool from_low = (pair.direction == "a-to-b") == (pair.a == low.name);
  return {.outcome = pair.outcome,
          .predicted = pair.predicted,
          .differs = agreement(pair) == Agreement::Disagrees,
          .from = pair.outcome != Outcome::OneWay ? 0U
                  : from_low                      ? 1U
                                                  : 2U};
}

template <typename Value>
Words script_words(Value value) {
  return {{"symbol", look(value).symbol},
          {"words", plain(value)},
          {"tone", look(value).tone},
          {"name", traversal::to_string(value)}};
}

// The last three, and `exists` and `differs`, are what one may choose pairs by.
Words script_words(const PairState& state) {
  const auto is = [&](Outcome one, Outcome other) { return state.outcome == one || state.outcome == other; };
  return {{"exists", true},
          {"outcome", script_words(state.outcome)},
          {"theory", script_words(state.predicted)},
          {"differs", state.differs ? "≠ theory said otherwise" : ""},
          {"from", state.from},
          {"connected", is(Outcome::Direct, Outcome::Asymmetric)},
          {"apart", is(Outcome::OneWay, Outcome::Failed)},
          {"idle", is(Outcome::AgentLost, Outcome::NotRun)}};
}

using PairStates =
    std::map<PairState, std::uint8_t>;  // numbered from 1 as they come; 0 is that of hosts that are no pair

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

void put(Planes& out, std::size_t index, const PairOutcome& pair, std::uint8_t state, const Strategies& strategies) {
  const auto strategy = strategies.find(pair.strategy);
  const double tenths = pair.connect ? std::max(1.0, net::to_ms(pair.connect->median) * 10 + 0.5) : 0;
  out.set(index, 0, 1, state);
  out.set(index, 1, 1, strategy == strategies.end() ? 0 : strategy->second);
  out.set(index, 2, 2, pair.successes);
  out.set(index, 4, 2, pair.trials);
  out.set(index, 6, 3, static_cast<std::uint64_t>(tenths));
}

net::Bytes numbers_of(const MatrixView& view, const Strategies& strategies, PairStates& states) {
  const PlacedMatrix& placed = view.placed;
  Planes out(placed.pairs().size());
  for (std::size_t row = 0; row < placed.size(); ++row) {
    for (std::size_t column = row + 1; column < placed.size(); ++column) {
      const std::size_t index = placed.index(row, column);
      const PairOutcome* pair = placed.pairs()[index];
      if (pair == nullptr) continue;
      const auto next = static_cast<std::uint8_t>(states.size() + 1);
      const auto state = states.try_emplace(pair_state(*pair, placed.host(row)), next).first->second;
      put(out, index, *pair, state, strategies);
    }
  }
  return deflated(out.bytes());
}

// Foreign text is made visible here, since the script hands it on as it is.
Words word(std::string_view text) { return printable(text); }

Words list_of_states(const PairStates& states) {
  Words out = Words::array({Words{{"exists", false}}});
  std::vector<const PairState*> numbered(states.size());
  for (const auto& [state, number] : states) numbered[number - 1U] = &state;
  for (const PairState* state : numbered) out.push_back(script_words(*state));
  return out;
}

// In the order of the places, with how many each connected.
Words hosts_of(const MatrixView& view) {
  Words out = Words::array();
  const auto connected = connected_of_hosts(view.placed);
  for (std::size_t place = 0; place < view.placed.size(); ++place) {
    const traversal::Host& host = view.placed.host(place);
    out.push_back(
        {{"name", word(host.name)}, {"kind", word(kind_of(host.behavior))}, {"connected", connected[place].part}});
  }
  return out;
}

// For a data block, in ASCII: nothing in it may look like markup, and it stays JSON (RFC 8259 section 7).
std::string block_escaped(const std::string& json) {
  std::string out;
  for (const char c : json) out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return out;
}

std::string block_of(const MatrixView& view, const Strategies& strategies, const PairStates& states) {
  Words out;
  out["total"] = grouped(view.document.matrix.pairs.size()) + " pairs";
  out["hosts"] = hosts_of(view);
  out["strategies"] = Words::array({""});
  for (const auto& [name, number] : strategies) out["strategies"].push_back(word(name));
  out["states"] = list_of_states(states);
  return block_escaped(out.dump(-1, ' ', true, Words::error_handler_t::replace));
}

}  // namespace

std::string matrix_tools() {
  return R"(<div class="tools" role="search" aria-label="Sort and filter" hidden="">
<label>Hosts <input class="query" type="search" placeholder="name or kind" autocomplete="off"></label>
<label>Pairs <select class="only" autocomplete="off"><option value="exists">all</option><option value="connected">connected</option>)"
         R"(<option value="apart">not connected</option><option value="differs">not as theory predicts</option>)"
         R"(<option value="idle">without outcome</option></select></label>
<label>Order <select class="sort" autocomplete="off"><option value="kind">by behaviour</option><option value="name">by name</option>)"
         R"(<option value="share">by pairs connected</option></select></label>
<button type="button" class="copy">Copy as CSV</button>
<output class="says"></output>
</div>
)";
}

std::string matrix_numbers(const MatrixView& view) {
  const Strategies strategies = strategies_of(view);
  PairStates states;
  const net::Bytes numbers = numbers_of(view, strategies, states);
  return fmt::format(R"(<script type="application/json" class="words">{}</script>
<script type="application/octet-stream" class="numbers">{}</script>
)",
                     block_of(view, strategies, states), base64(numbers));
}

}  // namespace reports
