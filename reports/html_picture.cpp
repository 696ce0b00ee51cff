// The pairwise matrix of many hosts as a picture, a pixel a pair: above the diagonal what was observed, black where
// theory said otherwise, below it what theory predicts. The script puts a canvas in its place, which sorts and
// answers.

#include <fmt/core.h>

#include <array>
#include <vector>

#include "reports/html_data.h"
#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

// User units.
constexpr double picture_side = 1040;
constexpr double picture_margin = 156;  // for the names of kinds
constexpr double picture_area = picture_side - picture_margin;
constexpr double least_label_room = 13;

// A picture cannot follow the colours of the page, so it is on white.
enum class Paint : std::uint8_t { Paper, Good, Fair, Bad, Idle, Differs };
constexpr std::array<Rgb, 6> picture_palette = {
    {{255, 255, 255}, {44, 102, 211}, {227, 167, 59}, {140, 24, 24}, {213, 218, 224}, {20, 24, 29}}};

Paint paint_of(std::string_view tone) {
  if (tone == "good") return Paint::Good;
  if (tone == "fair") return Paint::Fair;
  return tone == "bad" ? Paint::Bad : Paint::Idle;
}

Paint observed_paint(const traversal::PairOutcome& pair) {
  return agreement(pair) == Agreement::Disagrees ? Paint::Differs : paint_of(look(pair.outcome).tone);
}

std::vector<std::uint8_t> pixels_of(const PlacedMatrix& placed) {
  const std::size_t side = placed.size();
  std::vector<std::uint8_t> out(side * side, static_cast<std::uint8_t>(Paint::Paper));
  for (std::size_t row = 0; row < side; ++row) {
    for (std::size_t column = row + 1; column < side; ++column) {
      const traversal::PairOutcome* pair = placed.pair(row, column);
      if (pair == nullptr) continue;
      out[row * side + column] = static_cast<std::uint8_t>(observed_paint(*pair));
      out[column * side + row] = static_cast<std::uint8_t>(paint_of(look(pair->predicted).tone));
    }
  }
  return out;
}

// Where a kind begins and ends, its name left of its rows and above its columns, and lines between it and the next.
std::string kind_marks(const std::string& kind, double begin, double end) {
  const double middle = (begin + end) / 2;
  std::string out = fmt::format(R"(<path class="rule" d="M{0:.1f} {1:.1f}H{2:.1f}M{1:.1f} {0:.1f}V{2:.1f}"/>)",
                                picture_margin, end, picture_side);
  if (end - begin < least_label_room) return out;
  constexpr auto label = R"(<text class="small" text-anchor="{}" x="{:.1f}" y="{:.1f}"{}>{}</text>)";
  const std::string turned =
      fmt::format(R"svg( transform="rotate(-90,{:.1f},{:.1f})")svg", middle + 4, picture_margin - 8);
  out += fmt::format(label, "end", picture_margin - 8, middle + 4, "", html_escaped(kind));
  return out + fmt::format(label, "start", middle + 4, picture_margin - 8, turned, html_escaped(kind));
}

std::string all_marks(const PlacedMatrix& placed) {
  const double step = picture_area / static_cast<double>(placed.size());
  const KindTable table = kind_table(placed);
  std::string out;
  std::size_t place = 0;
  for (std::size_t i = 0; i < table.kinds.size(); ++i) {
    const double begin = picture_margin + step * static_cast<double>(place);
    place += table.hosts[i];
    out += kind_marks(table.kinds[i], begin, picture_margin + step * static_cast<double>(place));
  }
  return out;
}

constexpr std::string_view picture_legend = R"(<ul class="legend" aria-label="Legend">
<li class="good"><b>Blue</b> direct</li>
<li class="fair"><b>Amber</b> two paths or one way; predicted: one port to guess</li>
<li class="bad"><b>Dark red</b> did not connect; predicted: two ports to guess, or impossible</li>
<li class="idle"><b>Grey</b> not run, lost, or not predicted</li>
<li><b>Black</b> (white on a dark page) not as theory predicts</li>
</ul>
)";

// The script fills it in for a pair. A popover: a modal dialog would have the browser look at the whole page anew.
std::string pair_dialog(const MatrixView& view) {
  return fmt::format(R"(<div popover="auto" role="dialog" class="card pair-card" id="{0}-card" aria-label="A pair">
<div class="title"><h3 class="name"></h3><span><span class="outcome"></span></span><span><span class="differs badge fair"></span></span></div>
<p class="facts"><span>theory: <b class="theory"></b></span><span>trials: <b class="trials"></b></span><span>strategy: <b class="strategy"></b></span><span>median time to connect: <b class="time"></b></span><span>heard only from: <b class="from"></b></span></p>
<p class="note">Its attempts, one by one, are in {1}.</p>
<button type="button" popovertarget="{0}-card" popovertargetaction="hide" autofocus="">Close</button>
</div>
)",
                     view.anchor.id, view.file_words());
}

// Of a canvas the script draws and sorts, over the picture that stands without it.
constexpr std::string_view overlay =
    R"(<div class="overlay" hidden=""><canvas class="pixels" tabindex="0" role="application" aria-roledescription="matrix" aria-label="Every pair of hosts: arrow keys move, Enter opens a pair"></canvas><i class="cursor"></i></div>)";

}  // namespace

std::string matrix_picture(const MatrixView& view) {
  const PlacedMatrix& placed = view.placed;
  const std::string png = base64(palette_png(placed.size(), pixels_of(placed), picture_palette));
  constexpr auto form = R"(<div class="card"><figure class="picture{0}"><div class="stage">
<svg viewBox="0 0 {1} {1}" role="img" aria-label="Every pair of {2} hosts, from the most open NAT to the least; the table by kind says the same in numbers"><image x="{3}" y="{3}" width="{4}" height="{4}" preserveAspectRatio="none" href="data:image/png;base64,{5}"/><g class="marks">{6}</g></svg>
{7}</div>
<figcaption>Above the diagonal what was observed, below it what theory predicts, from the most open NAT to the least.</figcaption></figure>
<p class="reading note" aria-live="polite">Point at a pair, or move there with the arrow keys.</p>
{8}</div>
{9})";
  const bool crisp = static_cast<double>(placed.size()) < picture_area;
  return fmt::format(form, crisp ? " crisp" : "", picture_side, grouped(placed.size()), picture_margin, picture_area,
                     png, all_marks(placed), overlay, picture_legend, pair_dialog(view));
}

}  // namespace reports
