#include "net/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace net {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";

// RFC 9110 section 15, and RFC 6585 for 431.
constexpr std::array<std::pair<unsigned, std::string_view>, 21> statuses = {{
    {200, "OK"},
    {202, "Accepted"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
}};

std::string_view words_of(unsigned status) {
  const auto* found =
      std::find_if(statuses.begin(), statuses.end(), [=](const auto& row) { return row.first == status; });
  return found == statuses.end() ? "" : found->second;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [=](char c) {
    return is_letter(c) || is_digit(c) || marks.find(c) != std::string_view::npos;
  });
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// A field's value may hold blanks, tabs and bytes above ASCII.
bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::optional<std::size_t> parse_length(std::string_view text) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || !is_digit(text.front()) || end != text.data() + text.size()) return std::nullopt;
  return error == std::errc{} ? length : most_http_body + 1;  // more digits than a number has
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

}  // namespace

const std::string* HttpRequest::field(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [=](const HttpField& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &found->value;
}

std::string http_head(const HttpReply& reply) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n", reply.status, words_of(reply.status), reply.type);
  if (!reply.followed) head += fmt::format("Content-Length: {}\r\n", reply.body.size());
  for (const auto& [name, value] : reply.fields) head += fmt::format("{}: {}\r\n", name, value);
  return head + "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
}

HttpReply http_refusal(unsigned status, std::string_view why) {
  return {.status = status, .body = std::string(why.empty() ? words_of(status) : why) + "\n"};
}

HttpReader::State HttpReader::push(BytesView bytes) {
  if (state_ != State::Incomplete) return state_;
  buffer_.append(bytes.begin(), bytes.end());
  if (!body_size_) {
    const auto end = buffer_.find(head_end);
    const std::size_t so_far =
        end != std::string::npos ? end : buffer_.size() - std::min(buffer_.size(), head_end.size() - 1);
    if (so_far > most_http_head) {
      refuse(buffer_.find("\r\n") > most_http_head ? 414 : 431);
    } else if (end != std::string::npos) {
      const std::string head = buffer_.substr(0, end);
      buffer_.erase(0, end + head_end.size());
      read_head(head);
    }
  }
  if (state_ == State::Incomplete && body_size_ && buffer_.size() >= *body_size_) {
    request_.body = buffer_.substr(0, *body_size_);
    state_ = State::Complete;
  }
  return state_;
}

void HttpReader::read_head(std::string_view head) {
  const std::string_view line = take_line(head);
  if (!read_request_line(line)) return;
  while (!head.empty()) {
    if (!read_field(take_line(head))) return;
  }
  judge_fields(line.ends_with("HTTP/1.1"));
}

bool HttpReader::read_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return refuse(400);
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method) || target.empty() || target.front() != '/' || !is_visible(target)) return refuse(400);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse(version.starts_with("HTTP/") ? 505 : 400);
  const auto query = std::min(target.find('?'), target.size());
  request_.method = method;
  request_.path = target.substr(0, query);
  request_.query = target.substr(std::min(query + 1, target.size()));
  return true;
}

bool HttpReader::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return refuse(400);
  const std::string_view value = without_blanks(line.substr(colon + 1));
  if (!is_value(value)) return refuse(400);
  if (request_.fields.size() == most_http_fields) return refuse(431);
  request_.fields.push_back({lower_case(line.substr(0, colon)), std::string(value)});
  return true;
}

void HttpReader::judge_fields(bool host_needed) {
  const auto times = [this](std::string_view name) {
    return std::count_if(request_.fields.begin(), request_.fields.end(), [=](const auto& f) { return f.name == name; });
  };
  if (times("host") > 1 || (host_needed && times("host") == 0) || times("content-length") > 1) {
    refuse(400);
  } else if (times("transfer-encoding") > 0) {
    refuse(501);
  } else if (const std::string* length = request_.field("content-length")) {
    const auto size = parse_length(*length);
    if (!size) {
      refuse(400);
    } else if (*size > most_http_body) {
      refuse(413);
    } else {
      body_size_ = size;
    }
  } else {
    body_size_ = 0;
  }
}

bool HttpReader::refuse(unsigned status) {
  state_ = State::Refused;
  refusal_ = status;
  buffer_.clear();
  return false;
}

}  // namespace net
