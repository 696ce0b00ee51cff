#pragma once
// One HTTP/1.1 request as bytes in, value out, and one reply as value in, bytes out (RFC 9110, RFC 9112). Strict, since
// whatever two readers may understand differently is a way past one of them: no bare line feeds, no folded fields, no
// second Host or Content-Length, no transfer codings, targets in origin form alone. Bounded: a head of most_http_head
// bytes with most_http_fields fields, a body of most_http_body bytes. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/bytes.h"

namespace net {

inline constexpr std::size_t most_http_head = 8 * 1024;
inline constexpr std::size_t most_http_fields = 64;
inline constexpr std::size_t most_http_body = 256 * 1024;

struct HttpField {
  std::string name;  // of a request in lower case
  std::string value;
};

struct HttpRequest {
  std::string method;
  std::string path;  // as it came, without the query
  std::string query;
  std::vector<HttpField> fields;
  std::string body;

  [[nodiscard]] const std::string* field(std::string_view name) const;  // the first one; `name` in lower case
};

struct HttpReply {
  unsigned status = 200;
  std::string body;
  std::string type = "text/plain; charset=utf-8";
  std::vector<HttpField> fields = {};
  bool followed = false;  // the body goes on for as long as the visitor stays (net/http_server.h)
};

// What every reply says too: that it is not to be kept, nor taken for another type, and that the connection ends.
[[nodiscard]] std::string http_head(const HttpReply& reply);

[[nodiscard]] HttpReply http_refusal(unsigned status, std::string_view why = {});  // why: the status in words

class HttpReader {
 public:
  enum class State : std::uint8_t { Incomplete, Complete, Refused };

  State push(BytesView bytes);  // what comes after a whole request is passed over

  [[nodiscard]] bool begun() const { return !buffer_.empty() || state_ != State::Incomplete; }
  [[nodiscard]] const HttpRequest& request() const { return request_; }  // when complete
  [[nodiscard]] unsigned refusal() const { return refusal_; }            // when refused: the status

 private:
  std::string buffer_;  // the head, as far as it is there; then the body
  HttpRequest request_;
  std::optional<std::size_t> body_size_;  // known once the head is read
  State state_ = State::Incomplete;
  unsigned refusal_ = 0;

  void read_head(std::string_view head);
  bool read_request_line(std::string_view line);
  bool read_field(std::string_view line);
  void judge_fields(bool host_needed);
  bool refuse(unsigned status);
};

}  // namespace net
