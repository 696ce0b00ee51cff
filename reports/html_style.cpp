#include "reports/html_style.h"

#include <fmt/core.h>

#include "reports/html_data.h"
#include "stun/crypto.h"

namespace reports {
namespace {

std::string hash_source(std::string_view text) {
  return fmt::format("'sha256-{}'", base64(stun::sha256(net::as_bytes(text))));
}

}  // namespace

std::string script_of(Scripts scripts) {
  if (scripts == Scripts::None) return {};
  return std::string(page_script()) + (scripts == Scripts::Followed ? std::string(follow_script()) : std::string());
}

std::string security_policy(Scripts scripts) {
  const std::string script = scripts == Scripts::None ? "'none'" : hash_source(script_of(scripts));
  const std::string_view connect = scripts == Scripts::Followed ? "connect-src 'self'; " : "";
  return fmt::format(
      "default-src 'none'; style-src {}; script-src {}; {}img-src data:; base-uri 'none'; form-action 'none'",
      hash_source(style_sheet()), script, connect);
}

}  // namespace reports
