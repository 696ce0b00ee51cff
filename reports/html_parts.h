#pragma once
// The parts of a page, each a function from values to markup. Foreign text passes html_escaped() on its way in; ids are
// made of numbers only, so no name can collide or escape. Internal to reports.

#include <optional>
#include <string>
#include <string_view>

#include "net/nat_behavior.h"
#include "probe/report.h"
#include "reports/matrix_json.h"
#include "reports/placed_matrix.h"

namespace reports {

// What makes ids unique when a page holds several documents and a document several hosts: "d0", "d0-h1" ... Hosts have
// the numbers of their places, pairs of PlacedMatrix::index().
struct Anchor {
  std::string id;
  [[nodiscard]] Anchor host(std::size_t place) const { return {id + "-h" + std::to_string(place)}; }
  [[nodiscard]] Anchor pair(std::size_t index) const { return {id + "-p" + std::to_string(index)}; }
  [[nodiscard]] Anchor path(std::size_t index) const { return {id + "-v" + std::to_string(index)}; }
  [[nodiscard]] Anchor observation(std::size_t index) const { return {id + "-o" + std::to_string(index)}; }
};

// html_tones: CSS classes "good", "fair", "bad", "idle" are a colour, and a symbol says the same.
struct Look {
  std::string_view tone;
  std::string_view symbol;
};
[[nodiscard]] Look look(net::NatClass nat_class);
[[nodiscard]] Look look(traversal::Outcome outcome);
[[nodiscard]] Look look(traversal::Prediction prediction);
[[nodiscard]] std::string badge(const Look& look, std::string_view text);
// A table that may be wider than the page: scrolls on its own, also from the keyboard.
[[nodiscard]] std::string scroll_region(std::string_view label, std::string_view content,
                                        std::string_view classes = "");

// html_page: a page that its server keeps up to date, with what stands above its only section.
[[nodiscard]] std::string followed_page(std::string_view title, std::string_view above, std::string_view section);

// A matrix on its way into a page.
struct MatrixView {
  const MatrixDocument& document;
  PlacedMatrix placed;
  Anchor anchor;
  std::string file;  // what the JSON document is called; empty: not known

  [[nodiscard]] bool has_pair_cards() const { return reports::has_pair_cards(placed.size()); }
  [[nodiscard]] std::string file_words() const;  // for a sentence: where the rest is; escaped
  [[nodiscard]] const probe::Report* probe_of(const traversal::Host& host) const;
};

// html_matrix. `waiting`: of the pairs not run, those whose turn is still to come.
[[nodiscard]] std::string matrix_section(const MatrixDocument& document, const Anchor& anchor, const std::string& file,
                                         std::size_t waiting = 0);
// html_tiles: the figures that sum it up.
[[nodiscard]] std::string tiles(const traversal::Matrix& matrix);
// html_map: two to eight hosts and a line for every pair.
[[nodiscard]] bool fits_map(const traversal::Matrix& matrix);
[[nodiscard]] std::string network_map(const MatrixView& view);
// html_kinds: each kind of NAT with each; empty where that says no more than the hosts.
[[nodiscard]] std::string kinds_section(const MatrixView& view);
// html_times: how long pairs took to connect; empty for a few.
[[nodiscard]] std::string times_section(const traversal::Matrix& matrix);
// html_grid: words in every cell for a few hosts, two symbols for some. html_picture: a picture for many.
[[nodiscard]] std::string matrix_card(const MatrixView& view);
[[nodiscard]] std::string matrix_picture(const MatrixView& view);
// html_tools: what the script needs: the tools, and the matrix as numbers.
[[nodiscard]] std::string matrix_tools();
[[nodiscard]] std::string matrix_numbers(const MatrixView& view);
// html_pairs; html_timeline: what both hosts did, of the attempts that tell most.
[[nodiscard]] std::string pair_cards(const MatrixView& view);
[[nodiscard]] std::string timelines(const traversal::PairOutcome& pair);

// html_host: the hosts as cards, or as lines of a table.
[[nodiscard]] std::string hosts_section(const MatrixView& view);

// html_probe: a report as a section of its own, and the pieces a host's card shows too.
[[nodiscard]] std::string probe_section(const probe::Report& report, const Anchor& anchor);
[[nodiscard]] std::string findings_list(const probe::Report& report, const Anchor& anchor);
[[nodiscard]] std::string advice_list(const std::vector<std::string>& sentences);
[[nodiscard]] std::string observations_table(const probe::Report& report, const Anchor& anchor);
[[nodiscard]] std::string route_line(const std::string& local, const std::string& external);
[[nodiscard]] std::string drawings(const probe::Report& report, std::string_view classes);  // all that can be drawn

// The drawings of a report, each empty when there is nothing to draw. html_mapping, html_filtering: the four endpoints;
// html_ports: the external ports in the order they were handed out; html_lifetimes; html_layers: what is on the way.
[[nodiscard]] std::string mapping_drawing(const probe::Report& report);
[[nodiscard]] std::string filtering_drawing(const probe::Report& report);
[[nodiscard]] std::string ports_drawing(const probe::Report& report);
[[nodiscard]] std::string lifetimes_drawing(const probe::Report& report);
[[nodiscard]] std::string layers_path(const probe::Report& report);

}  // namespace reports
