#include "store/url.h"

namespace store {
namespace {

constexpr std::string_view file_scheme = "sqlite:";
constexpr std::string_view server_scheme = "postgresql://";

bool has_password(std::string_view server) {
  const std::string_view rest = server.substr(server_scheme.size());
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  const auto at = authority.rfind('@');
  const bool in_front = at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
  return in_front || rest.find("password=") != std::string_view::npos;
}

}  // namespace

tl::expected<Url, std::string> parse_url(std::string_view text) {
  if (text.starts_with(file_scheme) && text.size() > file_scheme.size()) {
    return SqliteFile{text.substr(file_scheme.size())};
  }
  if (text.starts_with(server_scheme)) {
    if (has_password(text)) {
      return tl::unexpected<std::string>("a password is to be in ~/.pgpass or PGPASSWORD, where others cannot read it");
    }
    return PostgresqlServer{std::string(text)};
  }
  return tl::unexpected("'" + std::string(text) + "' is not sqlite:FILE or postgresql://...");
}

}  // namespace store
