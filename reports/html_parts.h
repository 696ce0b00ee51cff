#pragma once
// The parts of a page, each a function from values to markup. Foreign text passes html_escaped() on its way in; ids are
// made of numbers only, so no name can collide or escape. Internal to reports.

#include <optional>
#include <string>
#include <string_view>

#include "net/nat_behavior.h"
#include "probe/report.h"
#include "reports/matrix_json.h"

namespace reports {

// What makes ids unique when a page holds several documents and a document several hosts: "d0", "d0-h1" ...
struct Anchor {
  std::string id;
  [[nodiscard]] Anchor host(std::size_t index) const { return {id + "-h" + std::to_string(index)}; }
  [[nodiscard]] Anchor pair(std::size_t index) const { return {id + "-p" + std::to_string(index)}; }
  [[nodiscard]] Anchor path(std::size_t index) const { return {id + "-v" + std::to_string(index)}; }
  [[nodiscard]] Anchor observation(std::size_t index) const { return {id + "-o" + std::to_string(index)}; }
};

// CSS classes "good", "fair", "bad", "idle": a colour, always beside a symbol or a word.
[[nodiscard]] std::string_view tone(net::NatClass nat_class);
[[nodiscard]] std::string_view tone(traversal::Outcome outcome);
[[nodiscard]] std::string_view nat_symbol(net::NatClass nat_class);
// A table that may be wider than the page: scrolls on its own, also from the keyboard.
[[nodiscard]] std::string scroll_region(std::string_view label, std::string_view content,
                                        std::string_view classes = "");
[[nodiscard]] std::string badge(std::string_view tone, std::string_view symbol, std::string_view text);

// html_matrix, html_grid, html_map, html_pairs
[[nodiscard]] std::string matrix_section(const MatrixDocument& document, const Anchor& anchor);
// Words in every cell for a few hosts; for more a character a cell, prediction beside observation.
[[nodiscard]] std::string matrix_card(const traversal::Matrix& matrix, const Anchor& anchor);
[[nodiscard]] std::string network_map(const traversal::Matrix& matrix, const Anchor& anchor);  // two to eight hosts
[[nodiscard]] bool fits_map(const traversal::Matrix& matrix);
[[nodiscard]] bool shows_pair_cards(const traversal::Matrix& matrix);
[[nodiscard]] std::string pair_cards(const traversal::Matrix& matrix, const Anchor& anchor);

// html_host: one host of a matrix as a card; `probe` may be null.
[[nodiscard]] std::string host_card(const traversal::Host& host, const probe::Report* probe, const Anchor& anchor);

// html_probe: a report as a section of its own, and the pieces a host's card shares with it.
[[nodiscard]] std::string probe_section(const probe::Report& report, const Anchor& anchor);
[[nodiscard]] std::string findings_list(const probe::Report& report, const Anchor& anchor);
[[nodiscard]] std::string advice_list(const std::vector<std::string>& sentences);
[[nodiscard]] std::string observations_table(const probe::Report& report, const Anchor& anchor);
[[nodiscard]] std::string route_line(const std::string& local, const std::string& external);

// html_mapping, html_filtering: the four-endpoint drawings; empty when there is nothing to draw.
[[nodiscard]] std::string mapping_drawing(const probe::Report& report);
[[nodiscard]] std::string filtering_drawing(const probe::Report& report);

}  // namespace reports
