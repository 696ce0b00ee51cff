#pragma once
// The style sheet and the script of a page (reports/page/), and the content security policy that lets them in by hash
// and nothing else.

#include <cstdint>
#include <string>
#include <string_view>

namespace reports {

[[nodiscard]] std::string_view style_sheet();
[[nodiscard]] std::string_view page_script();  // sorts, filters, shows cards, copies; only pages of a matrix have it
[[nodiscard]] std::string_view
follow_script();  // comes after it where a page is served by a rendezvous: follows the run

enum class Scripts : std::uint8_t { None, Page, Followed };
[[nodiscard]] std::string script_of(Scripts scripts);

// "default-src 'none'; style-src 'sha256-...'; script-src 'sha256-...'; img-src data:; base-uri 'none'; ..."; a page
// that follows may ask its own server.
[[nodiscard]] std::string security_policy(Scripts scripts);

}  // namespace reports
