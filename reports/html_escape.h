#pragma once
// Text on its way into a page. Each function is for one context; nothing else may carry foreign text there. Foreign
// text never goes into a style, a script, a URL or a tag: the page has no such place.

#include <string>
#include <string_view>

namespace reports {

// Between tags, and inside a quoted attribute: & < > " ' become references. Characters that show nothing but act
// (controls, bidirectional overrides, zero-width) are shown as escapes like \x1B, so that text reads as it was sent.
[[nodiscard]] std::string html_escaped(std::string_view text);

// A whole page in ASCII: every other character as a numeric reference, a bad byte as that of U+FFFD. It passes any mail
// gateway unharmed, and browsers read such a page faster. Styles, scripts and data blocks must be ASCII as they come:
// references are none in them.
[[nodiscard]] std::string ascii_html(std::string_view page);

// Like html_escaped, for XML 1.0, which cannot hold control characters: they and bad bytes become U+FFFD.
[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace reports
