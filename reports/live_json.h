#pragma once
// What is known of a rendezvous as JSON: the answers of its HTTP interface, and its events ("event: pair", a line of
// data). The document of a matrix is reports/matrix_json.h's.

#include <string>

#include "reports/live_view.h"
#include "traversal/page_query.h"
#include "traversal/signal.h"

namespace reports {

[[nodiscard]] std::string hosts_json(const LiveView& view, const traversal::PageQuery& page = {});
[[nodiscard]] std::string matrices_json(const LiveView& view);
[[nodiscard]] std::string accepted_json(const traversal::Accepted& accepted);
[[nodiscard]] std::string refusal_json(std::string_view why);  // why: escaped here

// Each without its number and its closing blank line.
[[nodiscard]] std::string state_event(const LiveView& view);
[[nodiscard]] std::string host_event(const std::string& name, bool registered, std::size_t hosts);
[[nodiscard]] std::string matrix_event(const LiveView::Run& run, const std::string& progress);
[[nodiscard]] std::string pair_event(const LiveView::Run& run, const traversal::PairOutcome& pair,
                                     const std::string& progress);

}  // namespace reports
