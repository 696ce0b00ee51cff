#include "traversal/web_guard.h"

#include <algorithm>

#include "net/endpoint.h"

namespace traversal {
namespace {

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [=](char x, char y) { return lower(x) == lower(y); });
}

// "[2001:db8::1]:80" and "name:80" without the port; the address of the first without its brackets.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    return end == std::string_view::npos ? std::string_view() : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_ours(std::string_view host, const std::vector<std::string>& names) {
  if (net::parse_address(host) || same_word(host, "localhost")) return true;
  return std::any_of(names.begin(), names.end(), [=](const std::string& name) { return same_word(name, host); });
}

bool changes(const net::HttpRequest& request) { return request.method != "GET" && request.method != "HEAD"; }

}  // namespace

std::optional<net::HttpReply> turned_away(const net::HttpRequest& request, const std::vector<std::string>& names) {
  const std::string* host = request.field("host");
  if (host == nullptr || !is_ours(host_of(*host), names)) {
    return net::http_refusal(421, "this server is not called so (--http-name gives it names)");
  }
  const std::string* origin = request.field("origin");
  if (origin != nullptr && !same_word(*origin, "http://" + *host) && !same_word(*origin, "https://" + *host)) {
    return net::http_refusal(403, "asked by a page of another site");
  }
  const std::string* site = request.field("sec-fetch-site");
  if (changes(request) && site != nullptr && *site != "same-origin" && *site != "none") {
    return net::http_refusal(403, "asked by a page of another site");
  }
  return std::nullopt;
}

std::optional<std::string> bearer_token(const net::HttpRequest& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string* given = request.field("authorization");
  if (given == nullptr || given->size() <= scheme.size() || !same_word(given->substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  return given->substr(scheme.size());
}

}  // namespace traversal
