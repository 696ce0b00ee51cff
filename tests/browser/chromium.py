"""A page in headless Chromium, driven through its debugging pipe (no driver package, no port).

with Chromium("/usr/bin/chromium") as browser:
    seen = browser.look("page.html", width=1280, scheme="dark")   # a dictionary, see look()
    with browser.open("page.html") as tab:
        tab.evaluate("document.title")
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


def require(program):
    """Ends the test as skipped where there is no such browser, or as failed where one is required."""
    if os.access(program, os.X_OK):
        return
    print("browser: package chromium is missing")
    sys.exit(1 if "browser" in os.environ.get("NATSCOPE_REQUIRE", "").split(",") else 77)


FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
         "--font-render-hinting=none", "--remote-debugging-pipe"]

# Contrast of text with what is behind it (WCAG 2.1), of the first 3,000 elements; the worst one is returned.
MEASURE = """(() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > .99) return c; } return [255, 255, 255, 1]; };
  let worst = {ratio: 21};
  for (const e of [...document.body.querySelectorAll('*')].slice(0, 3000)) {
    if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    if (!e.getClientRects().length || e.closest('[aria-hidden]')) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst.ratio) worst = {ratio, text: e.textContent.trim().slice(0, 40)};
  }
  return {worst, overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          heading: (document.querySelector('h1') || {}).innerText || '', scripts: [...document.scripts].filter(script => !script.type).length,
          background: getComputedStyle(document.body).backgroundColor, marked: window.marked === true,
          focusable: document.querySelectorAll('a[href], summary, [tabindex="0"]').length};
})()"""


class Chromium:
    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="natscope-chromium-")
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def place_pipe():  # the browser reads from 3 and writes to 4
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self.process = subprocess.Popen([program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
                                        preexec_fn=place_pipe, close_fds=False, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.last_id = 0
        self.buffer = b""
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.write_end)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.read_end)
        shutil.rmtree(self.profile, ignore_errors=True)

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.read_end, 1 << 16)
            if not chunk:
                raise RuntimeError("the browser went away")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.last_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer, session)

    def note(self, event, session):
        self.events.append(event)
        if event.get("method") == "Page.javascriptDialogOpening":  # else the page would wait for ever
            self.last_id += 1
            os.write(self.write_end, json.dumps({"id": self.last_id, "method": "Page.handleJavaScriptDialog",
                                                 "params": {"accept": False}, "sessionId": session}).encode() + b"\0")

    def wait_for(self, method, session):
        while not any(event.get("method") == method for event in self.events):
            self.note(self.receive(), session)

    def open(self, page, width=1280, height=800, scheme="light", media="", target="", script=True):
        """A tab with the page in it, a file or what http... names, loaded; to be closed."""
        return Tab(self, page, width, height, scheme, media, target, script)

    def look(self, page, thumbnail=None, picture=None, **view):
        """What a visitor sees: measured values, requests beyond the page itself, console lines, dialogs.

        thumbnail, picture: files for the page at a tenth of its size, and at its size.
        """
        with self.open(page, **view) as tab:
            tab.wait_until_ready()
            result = tab.evaluate(MEASURE)
            for file, scale in ((thumbnail, 0.1), (picture, 1)):
                if file:
                    tab.photograph(file, scale)
            result.update(tab.traces(), loaded=tab.loaded)
            return result


class Tab:
    def __init__(self, browser, page, width, height, scheme, media, target, script):
        self.browser = browser
        self.tab = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.tab, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        if not script:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        browser.events = []
        self.url = page if page.startswith("http") else "file://" + os.path.abspath(page) + target
        started = time.monotonic()
        self.call("Page.navigate", url=self.url)
        browser.wait_for("Page.loadEventFired", self.session)
        self.loaded = time.monotonic() - started

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.call("Target.closeTarget", targetId=self.tab)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait_until_ready(self):
        """Until the page's script has done its part; milliseconds since navigation began, 0 where it has none."""
        return self.evaluate("""new Promise(done => { const look = () => {
            const waiting = [...document.querySelectorAll('.tools')].some(tools => tools.hidden);
            if (waiting && document.scripts.length) setTimeout(look, 2);
            else requestAnimationFrame(() => setTimeout(() => done(waiting ? 0 : performance.now()))); }; look(); })""")

    def photograph(self, file, scale=1):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": scale})
        with open(file, "wb") as out:
            out.write(base64.b64decode(shot["data"]))

    def traces(self):
        """Requests beyond the page itself, console lines and dialogs so far."""
        events = self.browser.events
        requests = [event["params"]["request"]["url"] for event in events
                    if event.get("method") == "Network.requestWillBeSent"]
        return {"requests": [request for request in requests
                             if request != self.url.split("#")[0] and not request.startswith("data:")],
                "console": [event["params"] for event in events if event.get("method") in (
                    "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")],
                "dialogs": sum(event.get("method") == "Page.javascriptDialogOpening" for event in events)}
