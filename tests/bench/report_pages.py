#!/usr/bin/env python3
"""How fast a matrix becomes a page, and how fast that page opens in Debian's Chromium.

    report_pages.py NATREPORT WRITE_CROWD BROWSER_TESTS [--json FILE]

Bars: pages of 3, 30, 300 and 1,000 hosts are painted and interactive within 0.5, 0.5, 1.5 and 4 s; a pair's card opens
within 100 ms; 300 hosts take less than 2 MB, 1,000 hosts less than 20 MB; natreport makes the page of 1,000 hosts
(499,500 pairs) out of its JSON within 10 s and 1 GiB. Exit 1 beyond a bar, 77 without a browser.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

CHROMIUM = "/usr/bin/chromium"
OPEN_SECONDS = {3: 0.5, 30: 0.5, 300: 1.5, 1000: 4.0}
CARD_MS = 100
MEGABYTES = {300: 2, 1000: 20}
RENDER_SECONDS, RENDER_MIB = 10, 1024
RUNS = 3

# The click that opens a pair, and the time until its card has been painted.
CARD = """new Promise(done => {
  const canvas = document.querySelector('.pixels'), link = document.querySelector('a.cell'), started = performance.now();
  if (canvas) {
    const box = canvas.getBoundingClientRect();
    canvas.dispatchEvent(new MouseEvent('click', {bubbles: true, clientX: box.left + box.width * .7, clientY: box.top + box.height * .2}));
  } else link.click();
  const shown = () => canvas ? document.querySelector('.pair-card:popover-open') : document.querySelector(link.hash + ':target');
  const look = () => shown() ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - started))) : setTimeout(look, 1);
  look();
})"""
PAINT = """new Promise(done => new PerformanceObserver(list => list.getEntriesByName('first-contentful-paint').forEach(
  entry => done(entry.startTime))).observe({type: 'paint', buffered: true}))"""


def rendered(natreport, document, page):
    """Seconds and MiB of one natreport."""
    started = time.monotonic()
    process = subprocess.Popen([natreport, "html", document, "-o", page])
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("natreport failed")
    return time.monotonic() - started, used.ru_maxrss / 1024


def opened(browser, page):
    with browser.open(page) as tab:
        interactive = tab.wait_until_ready()
        figures = {"paint_s": tab.evaluate(PAINT) / 1000, "interactive_s": interactive / 1000, "card_ms": tab.evaluate(CARD)}
        traces = tab.traces()
        if traces["requests"] or traces["console"]:
            sys.exit(f"the page asked or complained: {traces}")
        return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("natreport")
    parser.add_argument("write_crowd")
    parser.add_argument("browser_tests")
    parser.add_argument("--json")
    options = parser.parse_args()
    if not os.access(CHROMIUM, os.X_OK):
        print("package chromium is missing")
        return 77
    sys.path.insert(0, options.browser_tests)
    from chromium import Chromium
    result, failed = {}, []

    def bar(name, value, limit):
        print(f"{name}: {value:.2f}, {value / limit:.2f} of the limit")
        if value > limit:
            failed.append(name)

    with tempfile.TemporaryDirectory() as folder, Chromium(CHROMIUM) as browser:
        for hosts, seconds in OPEN_SECONDS.items():
            document, page = os.path.join(folder, f"{hosts}.json"), os.path.join(folder, f"{hosts}.html")
            subprocess.run([options.write_crowd, str(hosts), document], check=True)
            render_s, render_mib = rendered(options.natreport, document, page)
            runs = [opened(browser, page) for _ in range(RUNS)]
            figures = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            figures.update(render_s=render_s, render_mib=render_mib, megabytes=os.path.getsize(page) / 1e6,
                           json_megabytes=os.path.getsize(document) / 1e6)
            result[hosts] = figures
            bar(f"{hosts} hosts, first paint (s)", figures["paint_s"], seconds)
            bar(f"{hosts} hosts, interactive (s)", figures["interactive_s"], seconds)
            bar(f"{hosts} hosts, a card (ms)", figures["card_ms"], CARD_MS)
            if hosts in MEGABYTES:
                bar(f"{hosts} hosts, page (MB)", figures["megabytes"], MEGABYTES[hosts])
        bar("1000 hosts, rendering (s)", result[1000]["render_s"], RENDER_SECONDS)
        bar("1000 hosts, rendering (MiB)", result[1000]["render_mib"], RENDER_MIB)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"report_pages": result}, out, indent=2)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
