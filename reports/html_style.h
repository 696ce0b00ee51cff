#pragma once
// The style sheet of every page, and the content security policy that lets it in by hash and nothing else.

#include <string>
#include <string_view>

namespace reports {

[[nodiscard]] std::string_view style_sheet();

// "default-src 'none'; style-src 'sha256-...'; img-src data:; base-uri 'none'; form-action 'none'"
[[nodiscard]] std::string security_policy();

}  // namespace reports
