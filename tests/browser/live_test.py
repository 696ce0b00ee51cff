#!/usr/bin/python3
"""live_test.py CHROMIUM NATPUNCH: a visitor looks on while a rendezvous plays a matrix.

Exit 77 with a reason when there is no browser, unless NATSCOPE_REQUIRE names "browser". NATSCOPE_PICTURES=DIR keeps
pictures to look at.
"""
import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../traversal")]
CHROMIUM, NATPUNCH = sys.argv[1:3]
sys.argv[1] = NATPUNCH  # as web_test wants it
from chromium import Chromium, MEASURE, require  # noqa: E402
from web_test import Rendezvous, wait_for  # noqa: E402

PICTURES = os.environ.get("NATSCOPE_PICTURES")
HOSTS = "abcdef"
PAIRS = 15
TEXT = "document.querySelector('%s')?.textContent ?? ''"


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Chromium(CHROMIUM)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()

    def photograph(self, tab, name):
        if PICTURES:
            tab.photograph(os.path.join(PICTURES, f"live-{name}.png"))

    def test_the_page_follows(self):
        with Rendezvous() as rendezvous:
            origin = f"http://127.0.0.1:{rendezvous.port}/"
            with self.browser.open(origin, width=390, height=844) as tab:
                self.assertEqual(tab.evaluate(TEXT % "h1"), "0 hosts are registered")
                self.photograph(tab, "before")
                rendezvous.add_peers(HOSTS)
                wait_for(lambda: tab.evaluate(TEXT % "h1") == "6 hosts are registered")
                self.assertEqual(tab.evaluate(TEXT % ".live .state"), "● live")
                self.photograph(tab, "hosts")
                self.assertEqual(rendezvous.order('{"trials": 2, "hold_ms": 400}')[0], 202)
                headings, progress = set(), set()
                wait_for(lambda: tab.evaluate("document.querySelector('.query')"
                                              "?.dispatchEvent(new Event('input', {bubbles: true}))"))
                tab.evaluate("document.querySelector('.query').value = 'a'; document.querySelector('.query').focus()")
                end = time.monotonic() + 40
                while time.monotonic() < end and f"All {PAIRS} pairs connect directly" not in headings:
                    headings.add(tab.evaluate(TEXT % "h1"))
                    progress.add(tab.evaluate(TEXT % ".live .progress"))
                    if len(headings) == 3:
                        self.photograph(tab, "filling")
                    time.sleep(0.1)
                self.assertIn(f"All {PAIRS} pairs connect directly", headings)
                self.assertIn(f"{PAIRS} of {PAIRS} pairs", progress)
                self.assertGreater(len(progress), 3, progress)
                self.assertGreater(len(headings), 3, headings)
                wait_for(lambda: tab.evaluate(TEXT % ".says") == f"{len(HOSTS) - 1} of {PAIRS} pairs")
                self.assertEqual(tab.evaluate("document.activeElement.className"), "query", "the focus is lost")
                self.assertTrue(tab.evaluate("document.querySelector('.live .state').getClientRects().length > 0"))
                seen = tab.evaluate(MEASURE)
                self.assertLessEqual(seen["overflow"], 0, "the page scrolls sideways")
                self.assertGreaterEqual(seen["worst"]["ratio"], 4.5, seen["worst"])
                traces = tab.traces()
                self.assertEqual(traces["console"], [])
                self.assertEqual([url for url in traces["requests"] if not url.startswith(origin)], [])
                self.photograph(tab, "done")

    def test_without_script_it_is_the_run_so_far(self):
        with Rendezvous() as rendezvous:
            rendezvous.add_peers("ab")
            wait_for(lambda: all(f'"{name}"' in rendezvous.get("/api/v1/hosts") for name in "ab"))
            self.assertEqual(rendezvous.order('{"hold_ms": 0}')[0], 202)
            wait_for(lambda: "The pair connects directly" in rendezvous.get("/"))
            with self.browser.open(f"http://127.0.0.1:{rendezvous.port}/", script=False) as tab:
                text = tab.evaluate("document.body.innerText")
                for words in ("The pair connects directly", "1 of 1 pairs", "Reload to see more", "Pair by pair"):
                    self.assertIn(words, text)

    def test_a_lost_connection_is_said(self):
        with Rendezvous() as rendezvous:
            with self.browser.open(f"http://127.0.0.1:{rendezvous.port}/") as tab:
                wait_for(lambda: tab.evaluate(TEXT % ".live .state") == "● live")
                rendezvous.process.terminate()
                wait_for(lambda: "connection lost" in tab.evaluate(TEXT % ".live .state"))


if __name__ == "__main__":
    require(CHROMIUM)
    unittest.main(argv=sys.argv[:1], verbosity=2)
