#pragma once
// The style sheet and the script of a page (reports/page/), and the content security policy that lets them in by hash
// and nothing else.

#include <string>
#include <string_view>

namespace reports {

[[nodiscard]] std::string_view style_sheet();
[[nodiscard]] std::string_view page_script();  // sorts, filters, shows cards, copies; only pages of a matrix have it

// "default-src 'none'; style-src 'sha256-...'; script-src 'sha256-...'; img-src data:; base-uri 'none'; ..."
[[nodiscard]] std::string security_policy(bool with_script);

}  // namespace reports
