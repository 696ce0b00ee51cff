"use strict";
// Sorts, filters, shows and copies what reports/html_tools.cpp writes; without it the page says the same.

async function start(root) {
  const find = name => root.querySelector("." + name);
  const {total, hosts, strategies, states} = JSON.parse(find("words").text);
  const packed = Uint8Array.from(atob(find("numbers").text), c => c.charCodeAt());
  const stream = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")));
  const bytes = new Uint8Array(await stream.arrayBuffer()), n = hosts.length, count = n * (n - 1) / 2;
  const at = (i, j) => i < j ? i * (2 * n - i - 1) / 2 + j - i - 1 : at(j, i);
  const number = (k, plane, size) => size ? bytes[plane * count + k] + 256 * number(k, plane + 1, size - 1) : 0;
  const details = k => [strategies[number(k, 1, 1)], number(k, 2, 2), number(k, 4, 2), number(k, 6, 3) / 10 || ""];
  const state = (i, j) => states[i == j ? 0 : bytes[at(i, j)]];
  const names = (i, j) => i < j ? [hosts[i].name, hosts[j].name] : names(j, i);
  const order = [...hosts.keys()], canvas = find("pixels"), card = find("pair-card");
  const sorts = {kind: (a, b) => a - b, name: (a, b) => hosts[a].name.localeCompare(hosts[b].name, "en", {numeric: true}),
                 share: (a, b) => hosts[b].connected - hosts[a].connected || a - b};
  let matches, cursor = [0, 0];
  const each = act => order.forEach((a, y) => {
    for (const b of order.slice(y + 1)) if (matches(a, b)) act(at(a, b), a, b);
  });

  const say = text => find("says").textContent = text;
  const tell = (i, j) => find("reading").textContent =
    `${names(i, j).join(" \u2013 ")}: ${state(i, j).outcome.words}; theory: ${state(i, j).theory.words}`;
  const open = (i, j) => {
    const {outcome, theory, differs, from} = state(i, j), [strategy, successes, trials, median] = details(at(i, j));
    const parts = {name: names(i, j).join(" \u2013 "), outcome: outcome.symbol + " " + outcome.words, theory: theory.words, differs,
      trials: successes + " of " + trials, strategy, time: median && median + " ms", from: from && names(i, j)[from - 1]};
    for (const [name, text] of Object.entries(parts)) {
      const place = card.querySelector("." + name);
      place.textContent = text;
      place.parentNode.hidden = !text;
    }
    find("outcome").className = "outcome badge " + outcome.tone;
    card.showPopover();
  };

  // The picture: above the diagonal what was observed, below it what theory predicts.
  const draw = () => {
    const style = getComputedStyle(root), image = new ImageData(n, n), pixels = new Uint32Array(image.data.buffer),
      inks = {}, ink = name => inks[name] ??=
      +("0xff" + style.getPropertyValue("--ink-" + name).trim().slice(1).match(/../g).reverse().join(""));
    order.forEach((i, y) => order.forEach((j, x) => {
      const {exists, differs, outcome, theory} = state(i, j);
      if (exists) pixels[y * n + x] = ink(!matches(i, j) ? "faint" : x < y ? theory.tone : differs ? "differs" : outcome.tone);
    }));
    canvas.width = canvas.height = n;
    canvas.getContext("2d").putImageData(image, 0, 0);
  };
  if (canvas) {
    const spot = ([x, y], act) => state(order[x] ?? 0, order[y] ?? 0).exists && act(order[x], order[y]);
    const under = ({offsetX, offsetY}) => [offsetX, offsetY].map(value => Math.floor(value * n / canvas.clientWidth));
    canvas.onpointermove = event => spot(under(event), tell);
    canvas.onclick = event => spot(under(event), open);
    canvas.onkeydown = event => {
      const move = {Enter: [0, 0], ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
      if (!move) return;
      event.preventDefault();
      cursor = cursor.map((value, axis) => Math.min(n - 1, Math.max(0, value + move[axis])));
      const [left, top, size] = [...cursor, 1].map(value => value * 100 / n + "%");
      Object.assign(find("cursor").style, {left, top, width: size, height: size});
      spot(cursor, event.key == "Enter" ? open : tell);
    };
    matchMedia("(prefers-color-scheme: dark)").onchange = draw;
    find("overlay").hidden = false;
  }

  const rows = [...root.querySelectorAll(".matrix tr")], cells = rows.map(row => [...row.cells]);
  const items = [...find("hosts").children], cards = [...find("pairs")?.children || []];
  const apply = () => {
    const query = find("query").value.toLowerCase(), only = find("only").value;
    const hit = hosts.map(({name, kind}) => (name + " " + kind).toLowerCase().includes(query));
    matches = (i, j) => (hit[i] || hit[j]) && state(i, j)[only];
    items.forEach((item, i) => item.hidden = !hit[i]);
    cells.forEach((row, y) => row.forEach((cell, x) =>
      cell.classList.toggle("dim", x && y && state(x - 1, y - 1).exists && !matches(x - 1, y - 1))));
    const visible = new Uint32Array(count);
    let shown = 0;
    each(k => visible[k] = ++shown);
    for (const card of cards) card.hidden = !visible[card.id.split("-p")[1]];
    say(shown.toLocaleString("en") + " of " + total);
    if (canvas) draw();
  };
  find("sort").oninput = () => {
    order.sort(sorts[find("sort").value]);
    rows.forEach((row, y) => row.append(...order.map(i => cells[y][i + 1])));
    rows[1]?.parentNode.append(...order.map(i => rows[i + 1]));
    find("hosts").append(...order.map(i => items[i]));
  };
  // Hears of the order too, once it is set.
  find("tools").oninput = apply;

  // Attempts and cards far below are a text until they are wanted (reports/html_pairs.cpp), or elements where the page was
  // read without a script, as one that is followed is; that one may have an order already.
  const html = text => text.children[0] ? text.innerHTML : text.textContent;
  const show = card => card?.querySelectorAll(":scope > noscript").forEach(text =>
    text.outerHTML = html(text).replace(/(<\/summary>)(.*)(<\/details>)/s, "$1<noscript>$2</noscript>$3"));
  const unfold = part => part.querySelectorAll("noscript").forEach(text => text.outerHTML = html(text));
  root.addEventListener("toggle", ({target}) => unfold(target), true);
  root.addEventListener("click", ({target}) => show(document.getElementById(target.closest("a")?.hash.slice(1))));
  addEventListener("beforeprint", () => unfold(root));

  find("copy").onclick = async () => {
    const safe = value => `"${(value + "").replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
    const lines = ["a,b,predicted,outcome,strategy,successes,trials,median_ms"];
    each((k, i, j) => lines.push([...names(i, j), state(i, j).theory.name, state(i, j).outcome.name, ...details(k)].map(safe).join()));
    await navigator.clipboard.writeText(lines.join("\n") + "\n");
    say(lines.length - 1 + " pairs copied");
  };
  find("tools").hidden = false;
  if (find("sort").value != "kind") find("sort").oninput();
  apply();
  // One by one, once the page stands: nothing waits for them.
  requestAnimationFrame(() => cards.forEach((card, i) => setTimeout(show, 99 + i, card)));
}

document.querySelectorAll(".matrix-view").forEach(start);
