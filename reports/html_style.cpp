#include "reports/html_style.h"

#include <fmt/core.h>

#include <algorithm>

#include "stun/crypto.h"

namespace reports {
namespace {

// Blue: works; amber: works with a caveat; dark red: does not. Contrast of text at least 4.5 to 1 in both schemes.
// A symbol stands beside every colour.
constexpr std::string_view style = R"css(
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --line: #e1e5ea; --text: #14181d; --muted: #59636f; --faint: #8a94a1;
  --good: #1a56c4; --good-tint: #e9f0fd; --good-line: #bcd2f8;
  --fair: #8a5200; --fair-tint: #fdf2dd; --fair-line: #f0d39a;
  --bad: #8c1818; --bad-tint: #fcebe9; --bad-line: #efc1bb;
  --idle: #59636f; --idle-tint: #eef0f3; --idle-line: #d5dae0;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1014; --card: #161a20; --line: #272d36; --text: #e9ecf0; --muted: #a0aab7; --faint: #75808e;
    --good: #8ab4ff; --good-tint: #15243d; --good-line: #2b4674;
    --fair: #f3bf6d; --fair-tint: #30240e; --fair-line: #5f481d;
    --bad: #ff9c93; --bad-tint: #381917; --bad-line: #6d302c;
    --idle: #a0aab7; --idle-tint: #1e242c; --idle-line: #353d48;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; scroll-padding-top: 1.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; text-rendering: optimizeLegibility;
}
main, .masthead, .colophon { max-width: 70rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
a { color: inherit; text-decoration-color: var(--faint); text-underline-offset: .18em; }
a:hover { text-decoration-color: currentColor; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--good); outline-offset: 2px; border-radius: .3rem; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--card); z-index: 1; }
.masthead { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; padding-top: 1.75rem; color: var(--muted); font-size: .875rem; }
.brand { display: inline-flex; align-items: center; gap: .55rem; font-weight: 650; color: var(--text); letter-spacing: -.01em; }
.brand svg { width: 1.35rem; height: 1.35rem; }
h1, h2, h3, h4 { line-height: 1.2; letter-spacing: -.015em; text-wrap: balance; margin: 0; overflow-wrap: anywhere; }
h1 { font-size: clamp(2rem, 1.2rem + 3.6vw, 3.4rem); letter-spacing: -.032em; line-height: 1.06; font-weight: 720; }
h2 { font-size: 1.4rem; margin: 3.5rem 0 1.1rem; }
h3 { font-size: 1.1rem; }
h4 { font-size: .8125rem; font-weight: 600; color: var(--muted); letter-spacing: 0; margin: 0 0 .5rem; }
p { margin: 0; max-width: 68ch; text-wrap: pretty; }
.hero { padding: 2.5rem 0 0; }
.lede { font-size: clamp(1.05rem, 1rem + .35vw, 1.25rem); margin-top: 1rem; max-width: 60ch; }
.verdict { display: block; font-size: .5em; font-weight: 600; letter-spacing: -.015em; color: var(--tone); margin-top: .25rem; }
.document + .document { margin-top: 5rem; border-top: 1px solid var(--line); }
.document-name { color: var(--muted); font-family: var(--mono); font-size: .875rem; padding-top: 2rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: clamp(1.1rem, 2.5vw, 1.6rem); min-width: 0; }
.card:target { border-color: var(--good); box-shadow: 0 0 0 3px var(--good-tint); }
.note { color: var(--muted); font-size: .9rem; margin-top: .9rem; }
.mono { font-family: var(--mono); font-size: .875em; overflow-wrap: anywhere; }
.good { --tone: var(--good); --tint: var(--good-tint); --edge: var(--good-line); }
.fair { --tone: var(--fair); --tint: var(--fair-tint); --edge: var(--fair-line); }
.bad { --tone: var(--bad); --tint: var(--bad-tint); --edge: var(--bad-line); }
.idle { --tone: var(--idle); --tint: var(--idle-tint); --edge: var(--idle-line); }
.badge { display: inline-flex; align-items: baseline; gap: .4em; padding: .12rem .6rem; border-radius: 99rem; border: 1px solid var(--edge); background: var(--tint); color: var(--tone); font-size: .8125rem; font-weight: 600; line-height: 1.5; }

.story { display: grid; gap: 1.25rem; margin-top: 2.25rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 56rem) { .story { grid-template-columns: minmax(0, 1.22fr) minmax(0, 1fr); } }
.map { display: flex; align-items: center; justify-content: center; }
.map svg { width: 100%; max-width: 34rem; height: auto; display: block; }
.tiles { display: grid; gap: 1.25rem; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.tiles:only-child { grid-column: 1 / -1; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr)); }
.tile { display: flex; flex-direction: column; gap: .2rem; padding: 1.1rem 1.25rem; }
.tile .figure { font-size: clamp(1.9rem, 1.4rem + 1.6vw, 2.6rem); font-weight: 700; letter-spacing: -.03em; line-height: 1.1; color: var(--tone, var(--text)); }
.tile .figure small { font-size: .5em; font-weight: 550; color: var(--muted); letter-spacing: -.01em; }
.tile .what { font-size: .9rem; color: var(--muted); line-height: 1.35; }
.tile svg { width: 100%; height: .4rem; margin-top: auto; display: block; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; color: var(--muted); font-size: .9rem; padding-bottom: .9rem; text-wrap: pretty; }
th, td { text-align: left; vertical-align: top; padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-weight: 600; font-size: .8125rem; vertical-align: bottom; }
tbody tr:last-child > * { border-bottom: 0; }
td.mono { white-space: normal; overflow-wrap: normal; min-width: 9rem; }
.mark { color: var(--tone); font-weight: 700; }
td.number, th.number { text-align: right; white-space: nowrap; }
tr:target > * { background: var(--good-tint); }
.bleed { margin: 0 -.5rem; }
.matrix { border-collapse: separate; border-spacing: .5rem; table-layout: fixed; }
.matrix caption { padding: 0 .5rem .5rem; }
.matrix th, .matrix td { border: 0; padding: 0; vertical-align: middle; }
.matrix thead th { padding: 0 .25rem .25rem; text-align: center; }
.matrix .corner { width: 9.5rem; }
.matrix tbody th { font-weight: 400; padding-right: .5rem; }
.matrix .host { display: block; font-weight: 650; font-size: 1rem; color: var(--text); overflow-wrap: anywhere; line-height: 1.3; }
.matrix .kind { display: block; font-weight: 400; font-size: .8125rem; color: var(--muted); line-height: 1.35; }
.cell { display: flex; flex-direction: column; gap: .1rem; min-height: 6.4rem; height: 100%; justify-content: center; padding: .75rem .9rem; border-radius: .8rem; border: 1px solid var(--edge); background: var(--tint); color: var(--tone); text-decoration: none; line-height: 1.35; }
.cell:hover { border-color: var(--tone); }
.cell .observed { font-weight: 680; display: flex; gap: .45em; align-items: baseline; }
.cell .time { font-weight: 400; font-size: .875rem; }
.cell .theory { font-size: .8125rem; color: var(--muted); border-top: 1px solid var(--edge); margin-top: .35rem; padding-top: .35rem; }
.cell.differs { border: 2px dashed var(--fair); }
.cell.differs .theory { color: var(--fair); font-weight: 650; }
.self { text-align: center; color: var(--muted); }
.beside { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; }
.beside > * { max-width: 100%; }
.beside .legend { width: 0; min-width: 100%; }
.matrix.dense { table-layout: auto; width: auto; border-spacing: 2px; font-size: .8125rem; }
.matrix.dense .corner { width: auto; }
.matrix.dense .cell { min-height: 0; width: 2rem; height: 2rem; padding: 0; align-items: center; border-radius: .35rem; }
.matrix.dense .host { font-size: .8125rem; max-width: 12rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.matrix.dense thead .host { writing-mode: vertical-rl; max-height: 10rem; margin: 0 auto; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; list-style: none; margin: 1.1rem 0 0; padding: 0; font-size: .875rem; color: var(--muted); }
.legend b { color: var(--tone); }

.hosts { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19.5rem), 1fr)); }
.hosts > .card { display: flex; flex-direction: column; }
.hosts > .card > details { margin-top: auto; }
.hosts > .card > .advice { margin-bottom: 1rem; }
.hosts > .card:has(details[open]) { grid-column: 1 / -1; }
.lead { font-weight: 620; display: flex; flex-wrap: wrap; gap: .1rem .6rem; align-items: baseline; }
.lead .mono { color: var(--muted); font-weight: 400; }
.title { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; justify-content: space-between; margin-bottom: .75rem; }
.route { color: var(--muted); font-size: .875rem; margin-top: .5rem; }
dl { margin: 1.1rem 0 0; display: grid; gap: .9rem; }
dl > div { border-top: 1px solid var(--line); padding-top: .8rem; }
dt { font-size: .8125rem; color: var(--muted); font-weight: 600; }
dd { margin: 0; }
dd .value { font-weight: 620; }
dd .sense { display: block; font-size: .9rem; }
dd .proof { display: block; font-size: .8125rem; color: var(--muted); margin-top: .2rem; }
.advice { margin: .9rem 0 0; padding: 0; list-style: none; display: grid; gap: .45rem; font-size: .9375rem; }
.advice li { padding-left: 1.3rem; position: relative; }
.advice li::before { content: "→"; position: absolute; left: 0; color: var(--faint); }
details { margin-top: 1rem; border-top: 1px solid var(--line); padding-top: .8rem; }
summary { cursor: pointer; font-weight: 600; font-size: .9rem; color: var(--muted); }
summary:hover { color: var(--text); }
details[open] > summary { margin-bottom: .9rem; }
.drawings { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.drawing svg { width: 100%; max-width: 36rem; height: auto; display: block; }
figure { margin: 0; }
figcaption { font-size: .9rem; color: var(--muted); margin-top: .6rem; }
.pairs { display: grid; gap: 1.25rem; }
.pairs > :nth-child(n+12) { content-visibility: auto; contain-intrinsic-size: auto 10.5rem; }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 1.8rem; font-size: .9rem; color: var(--muted); }
.facts b { color: var(--text); font-weight: 600; }
.why { margin-top: .7rem; }
.colophon { color: var(--muted); font-size: .8125rem; padding-top: 3.5rem; padding-bottom: 3rem; }

svg text { font-family: inherit; fill: var(--text); }
svg .name { font-size: 16px; font-weight: 680; }
svg .small { font-size: 12px; fill: var(--muted); }
svg .tiny { font-size: 11px; fill: var(--muted); }
svg .port { font-size: 12px; font-family: var(--mono); }
svg .chip { fill: var(--card); stroke: var(--line); stroke-width: 1.5; }
svg .box { fill: var(--tint, var(--idle-tint)); stroke: var(--edge, var(--idle-line)); stroke-width: 1.25; }
svg .edge { fill: none; stroke: var(--tone); stroke-width: 3; stroke-linecap: round; }
svg .failed { stroke-dasharray: 1 8; }
svg .detour { stroke-dasharray: 12 7; }
svg .wire { fill: none; stroke: var(--tone); stroke-width: 1.75; stroke-linecap: round; }
svg .stopped { stroke-dasharray: 2 5; }
svg .head { fill: var(--tone); }
svg .tag { fill: var(--tint); stroke: var(--edge); }
svg .toned { fill: var(--tone); font-weight: 650; font-size: 13px; }
svg .wall { fill: var(--idle-tint); stroke: var(--idle-line); }
svg .track { fill: var(--idle-tint); }
svg .share { fill: var(--tone); }
svg a:hover .tag { stroke: var(--tone); }

@media (max-width: 40rem) {
  h2 { margin-top: 2.75rem; }
  .tile { padding: .9rem 1rem; }
  .map { padding: .5rem; }
  .map svg .small { font-size: 13px; }
  .tiles, .story, .hosts { gap: .8rem; }
  .matrix { border-spacing: .3rem; font-size: .8125rem; }
  .matrix:not(.dense) .corner { width: 4.75rem; }
  .matrix:not(.dense) .cell { min-height: 5.6rem; padding: .5rem; align-items: flex-start; }
  .cell .observed { flex-direction: column; gap: 0; }
  .matrix .kind, .cell .theory, .cell .time { font-size: .75rem; }
}
@media print {
  :root { --page: #fff; }
  body { font-size: 10pt; }
  .skip { display: none; }
  .card { break-inside: auto; }
  .tile, tr, figure, .title, dl > div { break-inside: avoid; }
  .hosts { grid-template-columns: minmax(0, 1fr); }
  .scroll:not(:has(.dense)) { overflow: visible; }
  .matrix.dense { font-size: 6pt; border-spacing: 1px; }
  .matrix.dense .cell { width: 1.05rem; height: 1.05rem; }
  table { font-size: 8pt; }
  th, td { padding: .25rem .35rem .25rem 0; overflow-wrap: anywhere; }
  td.mono { min-width: 0; overflow-wrap: anywhere; }
  td .badge { font-size: 7pt; padding: 0 .3rem; }
  h2 { break-after: avoid; margin-top: 2rem; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
)css";

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 4648 section 4: three bytes are four digits; a short last group is padded with '='.
std::string base64(net::BytesView bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = (group << 8) | (j < here ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j) out += j <= here ? base64_digits[(group >> (18 - 6 * j)) & 0x3F] : '=';
  }
  return out;
}

}  // namespace

std::string_view style_sheet() { return style; }

std::string security_policy() {
  return fmt::format("default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
                     base64(stun::sha256(net::as_bytes(style))));
}

}  // namespace reports
