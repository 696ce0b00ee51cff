#include "gateway/http_reply.h"

#include <algorithm>
#include <charconv>

namespace gateway::http {
namespace {

constexpr std::string_view end_of_line = "\r\n";
constexpr std::string_view end_of_headers = "\r\n\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

std::optional<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Reply incomplete(bool ended) { return {.state = ended ? State::Malformed : State::Incomplete}; }

Reply malformed() { return {.state = State::Malformed}; }

// RFC 9112 section 7.1; chunk extensions are passed over, trailers not waited for.
Reply read_chunks(std::string_view rest, unsigned status, bool ended) {
  Reply out{.state = State::Whole, .status = status};
  while (true) {
    const auto line_end = rest.find(end_of_line);
    if (line_end == std::string_view::npos) return incomplete(ended);
    const std::string_view line = rest.substr(0, line_end);
    const auto size = number(trimmed(line.substr(0, line.find(';'))), 16);
    if (!size || *size > largest_reply) return malformed();
    rest.remove_prefix(line_end + end_of_line.size());
    if (*size == 0) return out;
    if (rest.size() < *size + end_of_line.size()) return incomplete(ended);
    out.body += rest.substr(0, *size);
    rest.remove_prefix(*size + end_of_line.size());
  }
}

Reply read_body(std::string_view headers, std::string_view rest, unsigned status, bool ended) {
  if (same_ignoring_case(header(headers, "transfer-encoding"), "chunked")) return read_chunks(rest, status, ended);
  const std::string_view told = header(headers, "content-length");
  if (told.empty()) {
    return ended ? Reply{.state = State::Whole, .status = status, .body = std::string(rest)} : Reply{};
  }
  const auto length = number(told, 10);
  if (!length || *length > largest_reply) return malformed();
  if (rest.size() < *length) return incomplete(ended);
  return {.state = State::Whole, .status = status, .body = std::string(rest.substr(0, *length))};
}

}  // namespace

Reply read(std::string_view received, bool ended) {
  if (received.size() > largest_reply) return malformed();
  while (true) {
    const auto end = received.substr(0, largest_headers).find(end_of_headers);
    if (end == std::string_view::npos) return received.size() >= largest_headers ? malformed() : incomplete(ended);
    const std::string_view headers = received.substr(0, end);
    received.remove_prefix(end + end_of_headers.size());
    const auto status = status_of(headers);
    if (!status) return malformed();
    if (*status >= 200)
      return read_body(headers, received, *status, ended);  // else an interim one, before the real one
  }
}

std::optional<unsigned> status_of(std::string_view headers) {
  constexpr std::string_view versions[] = {"HTTP/1.1 ", "HTTP/1.0 "};
  const auto starts = [&](std::string_view version) { return headers.starts_with(version); };
  if (std::none_of(std::begin(versions), std::end(versions), starts)) return std::nullopt;
  const std::string_view code = headers.substr(versions[0].size(), 3);
  const auto value = code.size() == 3 ? number(code, 10) : std::nullopt;
  if (!value || *value < 100) return std::nullopt;
  return static_cast<unsigned>(*value);
}

std::string_view header(std::string_view headers, std::string_view name) {
  for (std::size_t at = headers.find('\n'); at != std::string_view::npos; at = headers.find('\n', at + 1)) {
    std::string_view line = headers.substr(at + 1);
    line = line.substr(0, line.find('\n'));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && same_ignoring_case(line.substr(0, colon), name)) {
      return trimmed(line.substr(colon + 1));
    }
  }
  return {};
}

}  // namespace gateway::http
