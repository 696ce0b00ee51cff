// An HTTP request as bytes: however it comes in pieces it is the same request or the same refusal, and what is taken
// cannot be read in two ways.
#include <algorithm>
#include <array>

#include "net/http_message.h"
#include "tests/fuzz/target.h"

namespace fuzz {
namespace {

using net::HttpReader;

HttpReader read_in_pieces(net::BytesView input, std::size_t size) {
  HttpReader reader;
  for (net::BytesView rest = input; !rest.empty(); rest = rest.subspan(std::min(size, rest.size()))) {
    reader.push(rest.first(std::min(size, rest.size())));
  }
  return reader;
}

bool clean(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void require_clear(const net::HttpRequest& request, net::BytesView input) {
  const auto times = [&](std::string_view name) {
    return std::count_if(request.fields.begin(), request.fields.end(), [=](const auto& f) { return f.name == name; });
  };
  require(!request.method.empty() && clean(request.method), "a method", input);
  require(request.path.starts_with('/') && clean(request.path + request.query), "a target in origin form", input);
  require(request.body.size() <= net::most_http_body, "a bounded body", input);
  require(request.fields.size() <= net::most_http_fields, "so many fields", input);
  require(times("host") <= 1 && times("content-length") <= 1 && times("transfer-encoding") == 0, "one reading", input);
  for (const auto& [name, value] : request.fields) require(!name.empty() && clean(name + value), "fields", input);
}

net::Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

bool check(net::BytesView input) {
  HttpReader whole = read_in_pieces(input, input.size() + 1);
  HttpReader pieces = read_in_pieces(input, 7);
  const auto state = whole.push({});
  require(state == pieces.push({}) && whole.refusal() == pieces.refusal(), "the same in pieces", input);
  constexpr std::array<unsigned, 6> statuses = {400, 413, 414, 431, 501, 505};
  const bool known = std::find(statuses.begin(), statuses.end(), whole.refusal()) != statuses.end();
  require(known == (state == HttpReader::State::Refused), "a refusal has its status", input);
  if (state != HttpReader::State::Complete) return false;
  require(whole.request().body == pieces.request().body, "the same body in pieces", input);
  require_clear(whole.request(), input);
  return true;
}

// Most get past the request line.
void mend(net::Bytes& input) {
  net::Bytes start = bytes_of("GET / HTTP/1.1\r\nHost: x\r\n");
  net::append(start, input);
  input = std::move(start);
}

std::vector<net::Bytes> seeds() {
  return {bytes_of("Accept: */*\r\n\r\n"), bytes_of("Content-Length: 3\r\n\r\nabc"),
          bytes_of("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
          bytes_of("Last-Event-ID: 12\r\nOrigin: null\r\n\r\n")};
}

}  // namespace fuzz
