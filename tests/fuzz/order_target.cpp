// An order of a matrix as JSON: it is refused in words, or it is within the limits, and reading it again is the same.
#include <algorithm>

#include "tests/fuzz/target.h"
#include "traversal/signal_codec.h"

namespace fuzz {
namespace {

net::Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

bool check(net::BytesView input) {
  const std::string text(input.begin(), input.end());
  const auto order = traversal::parse_matrix_order(text);
  if (!order) {
    require(!order.error().empty(), "a refusal has words", input);
    return false;
  }
  for (const auto& pair : order->pairs) {
    require(traversal::valid_host_name(pair[0]) && traversal::valid_host_name(pair[1]), "names of hosts", input);
  }
  require(order->hold >= net::Duration::zero(), "a time", input);
  const auto again = traversal::parse_signal(traversal::to_json(*order));
  require(again && std::get<traversal::MatrixRequest>(*again).trials == order->trials, "the same again", input);
  return true;
}

void mend(net::Bytes& input) {
  if (input.empty() || input.front() != '{') input.insert(input.begin(), '{');
  if (input.back() != '}') input.push_back('}');
}

std::vector<net::Bytes> seeds() {
  return {bytes_of("{}"), bytes_of(R"({"pairs":[["a","b"],["c","d-1.x_y"]],"trials":3})"),
          bytes_of(R"({"strategies":["all"],"hold_ms":200.5})"),
          bytes_of(R"({"strategies":["simultaneous-open","low-ttl-primer"],"trials":1000,"hold_ms":60000})"),
          bytes_of(R"({"strategies":["","low-ttl-primer"]})")};
}

}  // namespace fuzz
