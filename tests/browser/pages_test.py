#!/usr/bin/python3
"""pages_test.py CHROMIUM PAGES GOLDEN: looks at every page in PAGES as a visitor would, in light, dark and on a phone.

Exit 77 with a reason when there is no browser, unless NATSCOPE_REQUIRE names "browser". NATSCOPE_UPDATE_GOLDEN=1 writes
the golden thumbnails anew; NATSCOPE_PICTURES=DIR keeps full pictures to look at.
"""
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import picture  # noqa: E402
from chromium import Chromium, require  # noqa: E402

PROGRAM, PAGES, GOLDEN = sys.argv[1:4]
PICTURES = os.environ.get("NATSCOPE_PICTURES")
VIEWS = {"light": {}, "dark": {"scheme": "dark"}, "phone": {"width": 390, "height": 844},
         "phone-dark": {"width": 390, "height": 844, "scheme": "dark"}, "print": {"width": 718, "media": "print"}}  # A4 between its margins
# The mean difference of a colour channel over a thumbnail: another font moves text, another design moves more.
TOLERANCE = 8.0
ALL = ("light", "dark", "phone")
GOLDEN_PAGES = {"three_hosts": ALL, "many_hosts_30": ALL, "crowd_300": ALL, "crowd_1000": ("light", "dark"),
                "port_restricted_cone": ALL, "symmetric": ALL, "thorough": ALL}
LARGE = {"crowd_1000"}  # looked at once
HEADINGS = {"three_hosts": "2 of 3 pairs connect directly", "port_restricted_cone": "Cone"}
MATRICES = {"three_hosts", "all_outcomes", "many_hosts_2", "many_hosts_6", "many_hosts_9", "many_hosts_30", "long_names", "crowd_300", "hostile_few",
            "hostile_many"}
# A tool is used as a person would: its value changed, its event heard.
USE = """var use = (name, value) => { const tool = document.querySelector('.' + name); tool.value = value;
    tool.dispatchEvent(new Event('input', {bubbles: true})); return document.querySelector('.says').textContent; };"""
COPY = """Object.defineProperty(navigator.clipboard, 'writeText', {value: async text => { window.copied = text; },
    configurable: true});
    document.querySelector('.copy').click(); window.copied"""
# A click in the picture where two hosts of these places meet.
CLICK = """(x, y) => { const canvas = document.querySelector('.pixels'), box = canvas.getBoundingClientRect();
    const spot = place => (place + .5) / %d;
    canvas.dispatchEvent(new MouseEvent('click', {bubbles: true, clientX: box.left + spot(x) * box.width,
        clientY: box.top + spot(y) * box.height})); }"""
# Words that stand in more than one line; after a hyphen one may go on in the next.
BROKEN = """[...document.querySelectorAll('%s')].flatMap(place => {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT), broken = [];
    while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[^\\s-]+-?/g)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, word.index);
        range.setEnd(texts.currentNode, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) broken.push(word[0]);
    }
    return broken; })"""
OPEN_ATTEMPTS = """document.querySelectorAll('.pairs details').forEach(item => item.open = true);
    new Promise(done => setTimeout(() => requestAnimationFrame(done), 100)).then(() => 0)"""


def shown(tab, only):
    return int(tab.evaluate(USE + f"use('only', '{only}')").split()[0].replace(",", ""))


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Chromium(PROGRAM)
        cls.seen = {}
        cls.names = sorted({file[:-5] for file in os.listdir(PAGES) if file.endswith(".html")} - LARGE)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()

    def look(self, name, view):
        """What a visitor sees; each page is looked at once a view, and photographed where there is a golden picture."""
        if (name, view) not in self.seen:
            file = f"{name}-{view}.png"
            thumbnail = os.path.join(PAGES, file) if view in GOLDEN_PAGES.get(name, ()) else None
            full = os.path.join(PICTURES, file) if PICTURES else None
            self.seen[name, view] = self.browser.look(os.path.join(PAGES, name + ".html"), **VIEWS[view],
                                                      thumbnail=thumbnail, picture=full)
        return self.seen[name, view]

    def test_no_request_no_foreign_script_no_console_line(self):
        for name in self.names:
            with self.subTest(name):
                seen = self.look(name, "light")
                self.assertEqual(seen["requests"], [])
                self.assertEqual(seen["console"], [])
                self.assertEqual(seen["dialogs"], 0)
                self.assertEqual(seen["scripts"], 1 if name in MATRICES else 0)
                self.assertFalse(seen["marked"])

    def test_text_is_readable_and_nothing_overflows(self):
        for name in self.names:
            for view in VIEWS:
                with self.subTest(f"{name} {view}"):
                    seen = self.look(name, view)
                    self.assertGreaterEqual(seen["worst"]["ratio"], 4.5, seen["worst"])
                    self.assertLessEqual(seen["overflow"], 0, "the page scrolls sideways")
                    self.assertGreater(seen["focusable"], 0)

    def test_light_and_dark_differ(self):
        light, dark = self.look("three_hosts", "light"), self.look("three_hosts", "dark")
        self.assertNotEqual(light["background"], dark["background"])

    def test_headings(self):
        for name, heading in HEADINGS.items():
            self.assertIn(heading, self.look(name, "light")["heading"])

    def open(self, name, **view):
        return self.browser.open(os.path.join(PAGES, name + ".html"), **view)

    def test_filter_shows_the_pairs_that_match(self):
        for name, total in (("all_outcomes", 5), ("many_hosts_30", 435), ("crowd_300", 44850)):
            with self.subTest(name), self.open(name) as tab:
                tab.wait_until_ready()
                self.assertEqual(tab.evaluate(USE + "use('query', '')"), f"{total:,} of {total:,} pairs")
                connected = shown(tab, "connected")
                apart = shown(tab, "apart")
                idle = shown(tab, "idle")
                self.assertEqual(connected + apart + idle, total)
                self.assertGreater(apart, 0)
                self.assertEqual(tab.evaluate(USE + "use('query', 'no such host')"), f"0 of {total:,} pairs")

    def test_a_host_is_found_by_its_name(self):
        with self.open("many_hosts_30") as tab:
            tab.wait_until_ready()
            self.assertEqual(tab.evaluate(USE + "use('query', 'host-007')"), "29 of 435 pairs")
            shown = "[...document.querySelectorAll('%s')].filter(item => !item.hidden).length"
            self.assertEqual(tab.evaluate(shown % ".hosts > *"), 1)
            self.assertEqual(tab.evaluate(shown % ".pairs > *"), 29)
            self.assertEqual(tab.evaluate("document.querySelectorAll('td:not(.dim) > .cell').length"), 58)

    def test_sorting_moves_rows_columns_and_cards_alike(self):
        names = "[...document.querySelectorAll('%s')].map(item => item.textContent.trim()).join()"
        with self.open("many_hosts_9") as tab:
            tab.wait_until_ready()
            tab.evaluate(USE + "use('sort', 'name')")
            rows = tab.evaluate(names % ".matrix tbody .host")
            self.assertEqual(rows, ",".join(f"host-{i:03}" for i in range(1, 10)))
            self.assertEqual(rows, tab.evaluate(names % ".matrix thead .host"))
            self.assertEqual(rows, tab.evaluate(names % ".hosts h3"))
            own = "[...document.querySelectorAll('.matrix tbody tr')].every((row, i) => row.cells[i + 1].matches('.self'))"
            self.assertTrue(tab.evaluate(own))

    def test_copied_lines_are_the_pairs_shown(self):
        with self.open("three_hosts") as tab:
            tab.wait_until_ready()
            lines = tab.evaluate(COPY).split("\n")
            self.assertEqual(lines[0], "a,b,predicted,outcome,strategy,successes,trials,median_ms")
            self.assertEqual(lines[1], '"a","b","direct","direct","simultaneous-open","3","3","44.2"')
            self.assertEqual(lines[3], '"b","c","needs-1-port","failed","simultaneous-open","0","3",""')
            tab.evaluate(USE + "use('only', 'apart')")
            self.assertEqual(len(tab.evaluate(COPY).strip().split("\n")), 2)
        with self.open("hostile_few") as tab:
            tab.wait_until_ready()
            self.assertNotIn('\n"=', tab.evaluate(COPY))

    def test_a_cell_leads_to_its_pair(self):
        with self.open("many_hosts_30") as tab:
            tab.wait_until_ready()
            seen = tab.evaluate("""(() => { const cell = document.querySelectorAll('.cell')[40]; cell.click();
                const card = document.querySelector(cell.hash), box = card.getBoundingClientRect();
                return [cell.title.split(':')[0], card.querySelector('h3').textContent,
                        box.top >= 0 && box.top < innerHeight]; })()""")
            self.assertEqual(seen, [seen[0], seen[0], True])

    def test_cards_far_below_come_by_themselves(self):
        closed = "document.querySelectorAll('.pairs > * > noscript').length"
        with self.open("many_hosts_30") as tab:
            wait = f"new Promise(done => {{ const look = () => {closed} ? setTimeout(look, 20) : done(0); look(); }})"
            tab.evaluate(wait)
            last = "document.querySelector('.pairs > :last-child %s')"
            self.assertIn("host-", tab.evaluate(last % "h3" + ".textContent"))
            tab.evaluate(last % "details" + ".open = true; new Promise(done => setTimeout(done, 100)).then(() => 0)")
            self.assertEqual(tab.evaluate(last % "tbody" + ".rows.length > 0"), True)

    def test_printed_every_attempt_is_there(self):
        for name, script in (("three_hosts", True), ("three_hosts", False), ("many_hosts_9", True)):
            with self.subTest(f"{name}, script {script}"), self.open(name, **VIEWS["print"], script=script) as tab:
                if script:
                    tab.wait_until_ready()
                tab.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)  # says beforeprint, as a person's print does
                heights = tab.evaluate("[...document.querySelectorAll('.pairs details')].map(item => item.offsetHeight)")
                self.assertEqual(len(heights), {"three_hosts": 3, "many_hosts_9": 36}[name])
                self.assertGreater(min(heights), 200, "an attempt's table and timeline take more")

    def test_printed_words_are_whole(self):
        for name in ("three_hosts", "many_hosts_6", "many_hosts_9", "port_restricted_cone", "thorough"):
            with self.subTest(name), self.open(name, **VIEWS["print"]) as tab:
                tab.wait_until_ready()
                tab.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)
                self.assertGreater(tab.evaluate("document.querySelectorAll('td').length"), 20)
                self.assertEqual(tab.evaluate(BROKEN % "th, td"), [])
                wide = "[...document.querySelectorAll('table')].filter(table => table.offsetWidth > table.parentNode.clientWidth + 1)"
                self.assertEqual(tab.evaluate(wide + ".length"), 0, "a table is cut")

    def test_on_a_small_screen_no_cell_is_too_small_for_its_words(self):
        small = """[...document.querySelectorAll('.matrix .cell, .matrix:not(.dense) :is(.host, .kind)')]
            .filter(item => item.scrollWidth > item.clientWidth + 1).map(item => item.textContent)"""
        # Where each of these begins and ends beside its box, after this was scrolled to its end.
        beside = """[...document.querySelectorAll('%s')].map(item => { const box = item.closest('.scroll'); box.scrollLeft = 9999;
            const [inner, outer] = [item, box].map(one => one.getBoundingClientRect());
            return [Math.round(inner.left - outer.left), inner.right <= outer.right + 1]; })"""
        for name in ("three_hosts", "long_names", "many_hosts_6", "many_hosts_9"):
            for width in (390, 720):
                with self.subTest(f"{name} {width}"), self.open(name, width=width, height=844) as tab:
                    tab.wait_until_ready()
                    self.assertEqual(tab.evaluate(small), [])
                    self.assertEqual(tab.evaluate(BROKEN % ".cell"), [])
                    for left, inside in tab.evaluate(beside % ".matrix tbody th, caption"):
                        self.assertTrue(-1 <= left <= 8 and inside, "names and captions stay in sight")

    def test_on_a_phone_attempts_are_read_without_scrolling(self):
        with self.open("three_hosts", **VIEWS["phone"]) as tab:
            tab.wait_until_ready()
            tab.evaluate(OPEN_ATTEMPTS)
            self.assertEqual(tab.evaluate(BROKEN % ".timeline li, .attempts td"), [])
            cells = tab.evaluate("[...document.querySelectorAll('.attempts td')].map(cell => cell.getBoundingClientRect().right)")
            self.assertEqual(len(cells), 9 * 6)
            self.assertLess(max(cells), 390)

    def test_names_stay_in_their_boxes(self):
        outside = """[...document.querySelectorAll('.map a:has(.chip)')].filter(host => {
            const [name, box] = ['.name', '.chip'].map(part => host.querySelector(part).getBoundingClientRect());
            return name.left < box.left || name.right > box.right; }).length"""
        for view in ("light", "phone"):
            with self.subTest(view), self.open("long_names", **VIEWS[view]) as tab:
                self.assertEqual(tab.evaluate("document.querySelectorAll('.map .chip').length"), 5)
                self.assertEqual(tab.evaluate(outside), 0)

    def test_the_timeline_has_a_lane_for_each_host(self):
        with self.open("three_hosts") as tab:
            tab.wait_until_ready()
            self.assertEqual(tab.evaluate("document.querySelectorAll('.timeline').length"), 0)
            tab.evaluate(OPEN_ATTEMPTS)
            lanes = tab.evaluate("""[...document.querySelectorAll('.timeline')].map(list => {
                const box = item => { const range = document.createRange(); range.selectNodeContents(item.lastChild);
                    return range.getBoundingClientRect(); };
                const left = name => [...new Set([...list.querySelectorAll('li.' + name)].map(item => Math.round(box(item).left)))];
                const right = [...list.querySelectorAll('b')].map(item => { const range = document.createRange();
                    range.selectNodeContents(item); return Math.round(range.getBoundingClientRect().right); });
                return [left('a'), left('b'), left('both'), [...new Set(right)].length]; })""")
            self.assertEqual(len(lanes), 3)
            for a, b, both, times in lanes:
                self.assertEqual((len(a), len(b), len(both)), (1, 1, 1))
                self.assertEqual(a, both)
                self.assertGreater(b[0], a[0] + 100)
                self.assertLessEqual(times, 2, "times stand in one column")

    def test_a_closed_card_is_gone(self):
        with self.open("crowd_300") as tab:
            tab.wait_until_ready()
            tab.evaluate(f"({CLICK % 300})(20, 10)")
            card = "document.querySelector('.pair-card')"
            self.assertTrue(tab.evaluate(card + ".matches(':popover-open')"))
            self.assertFalse(tab.evaluate(f"{card}.querySelector('button').click(), {card}.matches(':popover-open')"))
            self.assertEqual(tab.traces()["console"], [])

    def test_a_click_in_the_picture_opens_the_pair(self):
        with self.open("crowd_300") as tab:
            tab.wait_until_ready()
            tab.evaluate(f"({CLICK % 300})(20, 10)")
            text = tab.evaluate("document.querySelector('.pair-card:popover-open').innerText")
            hosts = tab.evaluate("JSON.parse(document.querySelector('.words').text).hosts")
            self.assertIn(f"{hosts[10]['name']} – {hosts[20]['name']}", text)
            self.assertIn("theory:", text)
            self.assertIn("are in the JSON document", text)

    def test_the_keyboard_opens_a_pair_too(self):
        with self.open("crowd_300") as tab:
            tab.wait_until_ready()
            press = "document.querySelector('.pixels').dispatchEvent(new KeyboardEvent('keydown', {key: '%s'}))"
            tab.evaluate(press % "ArrowRight")
            reading = tab.evaluate("document.querySelector('.reading').textContent")
            tab.evaluate(press % "Enter")
            self.assertTrue(tab.evaluate("document.querySelector('.pair-card').matches(':popover-open')"))
            self.assertTrue(reading.startswith(tab.evaluate("document.querySelector('.pair-card h3').textContent")))

    def test_without_script_everything_is_there_to_read(self):
        for name, says in (("three_hosts", ["2 of 3", "Pair by pair", "simultaneous-open"]),
                           ("many_hosts_30", ["host-030", "3 of 3 succeeded", "What each did"]),
                           ("crowd_300", ["By kind of NAT", "host-0300", "Above the diagonal"])):
            with self.subTest(name), self.open(name, script=False) as tab:
                # Cards out of sight are laid out when they come into it, and innerText has only what is.
                text = tab.evaluate("document.body.innerText + (document.querySelector('.pairs')?.textContent ?? '')")
                for words in says:
                    self.assertIn(words, text)
                self.assertNotIn("Copy as CSV", text)
                lists = tab.evaluate("document.querySelectorAll('.pairs .timeline').length")
                self.assertEqual(lists, {"three_hosts": 3, "many_hosts_30": 435}.get(name, 0))

    def test_names_are_shown_as_they_were_sent(self):
        for name in ("hostile_few", "hostile_many"):
            with self.subTest(name), self.open(name) as tab:
                tab.wait_until_ready()
                words = tab.evaluate("JSON.parse(document.querySelector('.words').text).hosts.map(host => host.name)")
                shown = tab.evaluate("[...document.querySelectorAll('.hosts h3, .line b')].map(at => at.textContent)")
                self.assertEqual(words, shown)
                self.assertIn("<script>alert(1)</script>", words)

    def test_thumbnails_are_as_they_were_looked_at(self):
        for name, views in GOLDEN_PAGES.items():
            for view in views:
                with self.subTest(f"{name} {view}"):
                    file = f"{name}-{view}.png"
                    golden = os.path.join(GOLDEN, file)
                    looked = self.look(name, view)
                    self.assertEqual((looked["requests"], looked["console"]), ([], []))
                    if os.environ.get("NATSCOPE_UPDATE_GOLDEN"):
                        shutil.copyfile(os.path.join(PAGES, file), golden)
                    seen = picture.read(os.path.join(PAGES, file))
                    self.assertGreater(len(picture.colours(seen)), 50, "blank")
                    self.assertLess(picture.distance(seen, picture.read(golden)), TOLERANCE)


if __name__ == "__main__":
    require(PROGRAM)
    unittest.main(argv=sys.argv[:1], verbosity=2)
