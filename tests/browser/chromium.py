"""A page in headless Chromium, driven through its debugging pipe (no driver package, no port).

with Chromium("/usr/bin/chromium") as browser:
    seen = browser.look("page.html", width=1280, scheme="dark")   # a dictionary, see look()
"""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

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
          heading: (document.querySelector('h1') || {}).innerText || '', scripts: document.scripts.length,
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

    def look(self, page, width=1280, height=800, scheme="light", media="", thumbnail=None, picture=None, target=""):
        """What a visitor sees: measured values, requests beyond the page itself, console lines, dialogs.

        thumbnail, picture: files for the page at a tenth of its size, and at its size.
        """
        self.events = []
        tab = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable", session)
        self.call("Emulation.setDeviceMetricsOverride", session, width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", session, media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events = []
        url = "file://" + os.path.abspath(page) + target
        started = time.monotonic()
        self.call("Page.navigate", session, url=url)
        self.wait_for("Page.loadEventFired", session)
        loaded = time.monotonic() - started
        result = self.call("Runtime.evaluate", session, expression=MEASURE, returnByValue=True)["result"]["value"]
        size = self.call("Page.getLayoutMetrics", session)["cssContentSize"]
        for file, scale in ((thumbnail, 0.1), (picture, 1)):
            if file:
                shot = self.call("Page.captureScreenshot", session, captureBeyondViewport=True, clip={
                    "x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": scale})
                with open(file, "wb") as out:
                    out.write(base64.b64decode(shot["data"]))
        requests = [event["params"]["request"]["url"] for event in self.events
                    if event.get("method") == "Network.requestWillBeSent"]
        result.update(
            loaded=loaded, height=size["height"],
            requests=[request for request in requests if request != url.split("#")[0] and not request.startswith("data:")],
            console=[event["params"] for event in self.events
                     if event.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")],
            dialogs=sum(event.get("method") == "Page.javascriptDialogOpening" for event in self.events))
        self.call("Target.closeTarget", targetId=tab)
        return result
