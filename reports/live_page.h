#pragma once
// The page of a run so far, as the rendezvous serves it: the report's own page, with what is registered and how far it
// is above the matrix. It follows the events of its server; without JavaScript, reloading shows more.

#include <string>

#include "reports/live_view.h"

namespace reports {

[[nodiscard]] std::string live_page(const LiveView& view, LiveView::Clock::time_point now);

}  // namespace reports
