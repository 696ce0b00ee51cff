#!/usr/bin/python3
"""opening_test.py CHROMIUM PAGES: pages of a few and of some hosts open without delay, with nothing going on beside.

A loose bar, for every day; the bars themselves are tests/bench/report_pages.py's. Exit 77 with a reason when there is no
browser, unless NATSCOPE_REQUIRE names "browser".
"""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Chromium, require  # noqa: E402

PROGRAM, PAGES = sys.argv[1:3]
SECONDS = 1.5
TRIES = 5


class Opening(unittest.TestCase):
    def test_pages_open_quickly(self):
        with Chromium(PROGRAM) as browser:
            for name in ("three_hosts", "many_hosts_30"):
                page = os.path.join(PAGES, name + ".html")
                with self.subTest(name):
                    self.assertLess(min(self.opened(browser, page) for _ in range(TRIES)), SECONDS)

    def opened(self, browser, page):
        with browser.open(page) as tab:
            return tab.wait_until_ready() / 1000


if __name__ == "__main__":
    require(PROGRAM)
    unittest.main(argv=sys.argv[:1], verbosity=2)
