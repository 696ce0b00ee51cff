#include "reports/html_drawing.h"

#include <fmt/core.h>

#include "reports/html_escape.h"

namespace reports::drawing {

double row_y(std::size_t row, std::size_t rows, std::size_t most, double row_height) {
  const double offset = static_cast<double>(most - rows) / 2;
  return top + (static_cast<double>(row) + offset + 0.5) * row_height;
}

std::string box(double x, double y, std::string_view tone, const std::string& text) {
  return fmt::format(R"(<g class="{}"><rect class="box" x="{}" y="{:.1f}" width="{}" height="{}" rx="9"/><text)"
                     R"( class="port" text-anchor="middle" x="{:.1f}" y="{:.1f}">{}</text></g>)",
                     tone, x, y - box_height / 2, box_width, box_height, x + box_width / 2, y + 4, html_escaped(text));
}

std::string wire(double x1, double y1, double x2, double y2, std::string_view classes) {
  const double bend = (x1 + x2) / 2;
  return fmt::format(R"(<path class="wire {}" d="M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}"/>)", classes,
                     x1, y1, bend, y1, bend, y2, x2, y2);
}

std::string arrow_head(double x, double y) {
  return fmt::format(R"(<path class="head" d="M{:.1f} {:.1f}l9 -5v10z"/>)", x, y);
}

std::string column_title(double x, std::string_view text) {
  return fmt::format(R"(<text class="tiny" text-anchor="middle" x="{:.1f}" y="16">{}</text>)", x + box_width / 2, text);
}

std::string fitting(const net::Endpoint& endpoint) {
  constexpr std::size_t most = 20;
  const std::string text = net::to_string(endpoint);
  return text.size() <= most ? text : "…" + text.substr(text.size() - most + 1);
}

std::string figure(double height, const std::string& content, std::string_view label, const std::string& caption) {
  return fmt::format(R"(<figure class="drawing"><svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}</svg>)"
                     R"(<figcaption>{}</figcaption></figure>
)",
                     drawing_width, height, label, content, caption);
}

}  // namespace reports::drawing
