// Follows a run, where a page is served by the rendezvous itself (reports/live_page.h): an event is a reason to look at
// the page anew, though never more often than a quarter of the time. What the reader has set or opened stays so.

function follow(live) {
  let looking = false, missed = false;
  const says = name => live.querySelector("." + name);
  const key = (details, root) => details.closest("[id]")?.id + " " + [...root.querySelectorAll("details")].indexOf(details);
  const opened = root => [...root.querySelectorAll("details")].filter(details => details.open).map(details => key(details, root));
  const swap = async fresh => {
    const old = document.querySelector("main"), tools = ["query", "only", "sort"], was = new Set(opened(old));
    const focused = old.contains(document.activeElement) ? document.activeElement.className : "";
    for (const name of tools) {
      const [from, to] = [old, fresh].map(root => root.querySelector("." + name));
      if (from && to) to.value = from.value;
    }
    fresh.querySelectorAll(".tools").forEach(tools => tools.hidden = false);
    fresh.querySelectorAll("details").forEach(details => details.open ||= was.has(key(details, fresh)));
    const strip = fresh.querySelector(".live");
    for (const name of ["progress", "registered", "names"]) says(name).textContent = strip.querySelector("." + name).textContent;
    strip.replaceWith(live);
    old.replaceWith(fresh);
    await Promise.all([...fresh.querySelectorAll(".matrix-view")].map(start));
    if (tools.includes(focused)) fresh.querySelector("." + focused)?.focus();
  };
  const look = async () => {
    if (looking || document.querySelector(":popover-open")) return missed = true;
    looking = true;
    missed = false;
    const began = performance.now();
    try {
      const page = await (await fetch(location.pathname)).text();
      await swap(new DOMParser().parseFromString(page, "text/html").querySelector("main"));
    } catch {
      missed = true;
    }
    setTimeout(() => { looking = false; if (missed) look(); }, Math.max(500, 3 * (performance.now() - began)));
  };
  const events = new EventSource("/api/v1/events");
  const state = (words, tone) => Object.assign(says("state"), {textContent: words, className: "state badge " + tone, hidden: false});
  events.onopen = () => state("\u25cf live", "good");
  events.onerror = () => state("\u25cb connection lost, trying again", "fair");
  let first = true;
  for (const name of ["state", "registered", "left", "matrix", "pair"]) events.addEventListener(name, event => {
    const {progress, registered} = JSON.parse(event.data);
    if (progress) says("progress").textContent = progress;
    if (registered != null) says("registered").textContent = registered.toLocaleString("en");
    if (!first || name != "state") look();
    first = false;
  });
  setInterval(() => { if (missed) look(); }, 1000);
}

document.querySelectorAll(".live").forEach(follow);
