#!/usr/bin/python3
"""pages_test.py CHROMIUM PAGES GOLDEN: looks at every page in PAGES as a visitor would, in light, dark and on a phone.

Exit 77 with a reason when there is no browser, unless NATSCOPE_REQUIRE names "browser". NATSCOPE_UPDATE_GOLDEN=1 writes
the golden thumbnails anew; NATSCOPE_PICTURES=DIR keeps full pictures to look at.
"""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import picture  # noqa: E402
from chromium import Chromium  # noqa: E402

PROGRAM, PAGES, GOLDEN = sys.argv[1:4]
PICTURES = os.environ.get("NATSCOPE_PICTURES")
VIEWS = {"light": {}, "dark": {"scheme": "dark"}, "phone": {"width": 390, "height": 844},
         "phone-dark": {"width": 390, "height": 844, "scheme": "dark"}, "print": {"width": 794, "media": "print"}}
# The mean difference of a colour channel over a thumbnail: another font moves text, another design moves more.
TOLERANCE = 8.0
GOLDEN_PAGES = {"three_hosts", "port_restricted_cone", "symmetric"}
HEADINGS = {"three_hosts": "2 of 3 pairs connect directly", "port_restricted_cone": "Cone"}


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Chromium(PROGRAM)
        cls.names = sorted(file[:-5] for file in os.listdir(PAGES) if file.endswith(".html"))

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()

    def look(self, name, view, **more):
        full = os.path.join(PICTURES, f"{name}-{view}.png") if PICTURES else None
        return self.browser.look(os.path.join(PAGES, name + ".html"), **VIEWS[view], picture=full, **more)

    def test_no_request_no_script_no_console_line(self):
        for name in self.names:
            with self.subTest(name):
                seen = self.look(name, "light")
                self.assertEqual(seen["requests"], [])
                self.assertEqual(seen["console"], [])
                self.assertEqual(seen["dialogs"], 0)
                self.assertEqual(seen["scripts"], 0)
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

    def test_pages_open_quickly(self):
        for name in ("three_hosts", "many_hosts_30"):  # a quarter of a second where nothing else runs
            best = min(self.look(name, "light")["loaded"] for _ in range(5))
            self.assertLess(best, 1.5, name)

    def test_thumbnails_are_as_they_were_looked_at(self):
        for name in GOLDEN_PAGES:
            for view in ("light", "dark", "phone"):
                with self.subTest(f"{name} {view}"):
                    file = f"{name}-{view}.png"
                    golden = os.path.join(GOLDEN, file)
                    if os.environ.get("NATSCOPE_UPDATE_GOLDEN"):
                        self.look(name, view, thumbnail=golden)
                    self.look(name, view, thumbnail=os.path.join(PAGES, file))
                    seen = picture.read(os.path.join(PAGES, file))
                    self.assertGreater(len(picture.colours(seen)), 50, "blank")
                    self.assertLess(picture.distance(seen, picture.read(golden)), TOLERANCE)


def skip(reason):
    print("browser: " + reason)
    sys.exit(1 if "browser" in os.environ.get("NATSCOPE_REQUIRE", "").split(",") else 77)


if __name__ == "__main__":
    if not os.access(PROGRAM, os.X_OK):
        skip("package chromium is missing")
    unittest.main(argv=sys.argv[:1], verbosity=2)
