#include "reports/live_page.h"

#include <fmt/format.h>

#include "reports/html_escape.h"
#include "reports/html_page.h"
#include "reports/html_parts.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

const Anchor only_section{"d0"};

std::string place_of_matrix(const LiveView::Run& run) { return "/api/v1/matrices/" + run.id; }

// Before anything was asked for, the hosts are what there is to see.
std::string hosts_alone(const LiveView& view, const std::string& heading, LiveView::Clock::time_point now) {
  MatrixDocument document;
  document.matrix.started_at = now;
  for (const auto& [name, came] : view.hosts()) {
    if (document.matrix.hosts.size() == most_hosts_of_a_page) break;
    document.matrix.hosts.push_back(came.host);
  }
  const MatrixView shown{document, PlacedMatrix(document.matrix), only_section, {}};
  constexpr auto form = R"(<section><header class="hero"><h1>{}</h1>
<p class="lede">As soon as somebody asks for a matrix (<code>natpunch matrix</code>), every pair of them tries, and this
page shows it fill.</p></header>
{}</section>
)";
  return fmt::format(form, heading, document.matrix.hosts.empty() ? std::string() : hosts_section(shown));
}

std::string registered_names(const LiveView& view) {
  constexpr std::size_t most = 12;
  std::string out;
  std::size_t count = 0;
  for (const auto& [name, came] : view.hosts()) {
    if (count++ == most) return out + ", …";
    out += (out.empty() ? "" : ", ") + html_escaped(name);
  }
  return out;
}

std::string live_strip(const LiveView& view) {
  const std::string names = registered_names(view);
  return fmt::format(R"(<p class="live card" role="status"><span class="state badge good" hidden="">● live</span>
<b class="progress">{}</b><span><b class="registered">{}</b> hosts registered</span><span class="names">{}</span>
<noscript><span>Reload to see more.</span></noscript></p>
)",
                     html_escaped(view.progress()), grouped(view.hosts().size()), names);
}

}  // namespace

std::string live_page(const LiveView& view, LiveView::Clock::time_point now) {
  const LiveView::Run* run = view.shown();
  const bool too_large = run != nullptr && run->document.matrix.hosts.size() > most_hosts_of_a_page;
  if (run != nullptr && !too_large) {
    return followed_page("Which networks connect", live_strip(view),
                         matrix_section(run->document, only_section, place_of_matrix(*run), run->total() - run->done));
  }
  const std::size_t hosts = view.hosts().size();
  const std::string heading = fmt::format("{} {} registered", grouped(hosts), hosts == 1 ? "host is" : "hosts are");
  return followed_page(heading, live_strip(view), hosts_alone(view, heading, now));
}

}  // namespace reports
