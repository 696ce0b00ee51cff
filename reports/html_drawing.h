#pragma once
// What the four-endpoint drawings are made of: boxes with endpoints in them, and lines between. SVG without a style of
// its own: classes of the page's style sheet. Internal to reports.

#include <string>
#include <string_view>

#include "net/endpoint.h"

namespace reports::drawing {

// User units; three columns: the host, the NAT, the world outside.
inline constexpr double drawing_width = 520;
inline constexpr double top = 34;  // below the titles of the columns
inline constexpr double box_height = 32;
inline constexpr double box_width = 152;
inline constexpr double host_x = 4;
inline constexpr double world_x = drawing_width - box_width - 4;

// The middle of row `row` of a column of `rows`; columns shorter than the longest, `most`, stand in the middle.
[[nodiscard]] double row_y(std::size_t row, std::size_t rows, std::size_t most, double row_height);
// Left edge and middle height; `text` is escaped here.
[[nodiscard]] std::string box(double x, double y, std::string_view tone, const std::string& text);
// A curve that leaves and arrives level.
[[nodiscard]] std::string wire(double x1, double y1, double x2, double y2, std::string_view classes);
[[nodiscard]] std::string arrow_head(double x, double y);  // points left
[[nodiscard]] std::string column_title(double x, std::string_view text);
// Short enough for a box: of long IPv6 endpoints the end is kept, which holds the port.
[[nodiscard]] std::string fitting(const net::Endpoint& endpoint);
// The drawing with its caption.
[[nodiscard]] std::string figure(double height, const std::string& content, std::string_view label,
                                 const std::string& caption);

}  // namespace reports::drawing
