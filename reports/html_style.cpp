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

std::string security_policy(bool with_script) {
  return fmt::format(
      "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
      hash_source(style_sheet()), with_script ? hash_source(page_script()) : "'none'");
}

}  // namespace reports
