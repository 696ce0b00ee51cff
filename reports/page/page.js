"use strict";
// Sorts, filters, shows and copies what reports/html_tools.cpp writes; without it the page says the same.

async function start(root) {
  const find = name => root.querySelector("." + name);
  const {id, total, kinds, hosts, strategies, outcomes, predictions} = JSON.parse(find("words").text);
  const packed = Uint8Array.from(atob(find("numbers").text), c => c.charCodeAt());
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer()), n = hosts.length, count = n * (n - 1) / 2;
  const at = (i, j) => i < j ? i * (2 * n - i - 1) / 2 + j - i - 1 : at(j, i);
  const number = (k, plane, size) => size ? bytes[plane * count + k] + 256 * number(k, plane + 1, size - 1) : 0;
  const states = [...Array(256).keys()].map(s => ({
    outcome: outcomes[s & 7], theory: predictions[s >> 3 & 7], differs: s & 64, from: (s & 7) == 2 && 1 + (s >> 7),
    exists: (s & 7) < 7, connected: (s & 7) < 2, apart: (s & 6) == 2, idle: (s & 6) == 4}));
  const state = (i, j) => states[i == j ? 7 : bytes[at(i, j)]];
  const details = k => [strategies[number(k, 1, 1)], number(k, 2, 2), number(k, 4, 2), number(k, 6, 3) / 10 || ""];
  const order = hosts.map((_, i) => i), canvas = find("pixels"), card = find("pair-card");
  const sorts = {kind: (a, b) => a - b, name: (a, b) => hosts[a][0].localeCompare(hosts[b][0], "en", {numeric: true}),
                 share: (a, b) => hosts[b][2] - hosts[a][2] || a - b};
  let matches, cursor = [0, 0];
  const each = act => order.forEach((a, y) => {
    for (const b of order.slice(y + 1)) if (matches(a, b)) act(at(a, b), Math.min(a, b), Math.max(a, b));
  });

  const words = (i, j) => hosts[Math.min(i, j)][0] + " – " + hosts[Math.max(i, j)][0];
  const tell = (i, j) => find("reading").textContent = `${words(i, j)}: ${state(i, j).outcome[1]}; theory: ${state(i, j).theory[1]}`;
  const open = (i, j) => {
    const {outcome, theory, differs, from} = state(i, j), [strategy, successes, trials, median] = details(at(i, j));
    const parts = {name: words(i, j), outcome: outcome[0] + " " + outcome[1], theory: theory[1], strategy,
      agreed: differs ? "≠ theory said otherwise" : "", trials: successes + " of " + trials, time: median && median + " ms",
      from: from ? hosts[from > 1 ? Math.max(i, j) : Math.min(i, j)][0] : ""};
    for (const [name, text] of Object.entries(parts)) {
      const place = card.querySelector("." + name);
      place.textContent = text;
      place.parentNode.hidden = !text;
    }
    card.querySelector(".outcome").className = "outcome badge " + outcome[2];
    card.showModal();
  };

  // The picture: above the diagonal what was observed, below it what theory predicts.
  const draw = () => {
    const style = getComputedStyle(root), image = new ImageData(n, n), pixels = new Uint32Array(image.data.buffer);
    const ink = name => Number("0xff" + style.getPropertyValue("--" + name).trim().slice(1).match(/../g).reverse().join(""));
    const inks = Object.fromEntries(["good", "fair", "bad", "idle", "faint", "differs"].map(name => [name, ink("ink-" + name)]));
    order.forEach((i, y) => order.forEach((j, x) => {
      const {exists, differs, outcome, theory} = state(i, j);
      if (exists) pixels[y * n + x] = inks[!matches(i, j) ? "faint" : x < y ? theory[2] : differs ? "differs" : outcome[2]];
    }));
    canvas.width = canvas.height = n;
    canvas.getContext("2d").putImageData(image, 0, 0);
    find("picture").classList.toggle("sorted", find("sort").value != "kind");
  };
  if (canvas) {
    const spot = ([x, y], act) => state(order[x] ?? 0, order[y] ?? 0).exists && act(order[x], order[y]);
    const under = ({offsetX, offsetY}) => [offsetX, offsetY].map(value => Math.floor(value * n / canvas.clientWidth));
    const moves = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
    canvas.onpointermove = event => spot(under(event), tell);
    canvas.onclick = event => spot(under(event), open);
    canvas.onkeydown = event => {
      if (event.key == "Enter") spot(cursor, open);
      if (!moves[event.key]) return;
      event.preventDefault();
      cursor = cursor.map((value, axis) => Math.min(n - 1, Math.max(0, value + moves[event.key][axis])));
      const [left, top, size] = [...cursor, 1].map(value => value * 100 / n + "%");
      Object.assign(find("cursor").style, {left, top, width: size, height: size});
      spot(cursor, tell);
    };
    card.querySelector("button").onclick = () => card.close();
    matchMedia("(prefers-color-scheme: dark)").onchange = draw;
    find("overlay").hidden = false;
  }

  const rows = [...root.querySelectorAll(".matrix tr")], cells = rows.map(row => [...row.cells]);
  const items = [...find("hosts").children];
  const apply = () => {
    const wanted = find("query").value.toLowerCase(), only = find("only").value;
    const hit = hosts.map(([name, kind]) => (name + " " + kinds[kind]).toLowerCase().includes(wanted));
    matches = (i, j) => (hit[i] || hit[j]) && state(i, j)[only];
    const before = String(order), moved = String(order.sort(sorts[find("sort").value])) != before;
    if (moved) {
      rows.forEach((row, y) => row.append(...order.map(i => cells[y][i + 1])));
      if (rows.length) rows[1].parentNode.append(...order.map(i => rows[i + 1]));
      find("hosts").append(...order.map(i => items[i]));
    }
    cells.forEach((row, y) => row.forEach((cell, x) =>
      cell.classList.toggle("dim", x && y && state(x - 1, y - 1).exists && !matches(x - 1, y - 1))));
    items.forEach((item, i) => item.hidden = !hit[i]);
    const shown = [], cards = [...find("pairs")?.children || []];
    each(k => shown.push(k));
    const places = new Map(cards.length ? shown.map((k, place) => [id + "-p" + k, place]) : []);
    for (const card of cards) card.hidden = !places.has(card.id);
    if (moved) find("pairs")?.append(...cards.sort((a, b) => places.get(a.id) - places.get(b.id)));
    find("says").textContent = shown.length.toLocaleString("en") + " of " + total.toLocaleString("en") + " pairs";
    if (canvas) draw();
  };
  find("tools").oninput = apply;

  find("copy").onclick = async () => {
    const safe = value => '"' + String(value).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""') + '"';
    const lines = ["a,b,predicted,outcome,strategy,successes,trials,median_ms"];
    each((k, i, j) => lines.push([hosts[i][0], hosts[j][0], state(i, j).theory[3], state(i, j).outcome[3], ...details(k)].map(safe).join()));
    await navigator.clipboard.writeText(lines.join("\n") + "\n");
    find("says").textContent = lines.length - 1 + " pairs copied";
  };
  find("tools").hidden = false;
  apply();
}

document.querySelectorAll(".matrix-view").forEach(start);
