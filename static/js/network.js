// The network of a region as SVG: laboratories on the left, firms on the right, a line for each recommended pair. Every
// group of those that are tied to each other is drawn by itself, the groups in columns as the width allows, so no name
// lies over another. Everything is in pixels.
"use strict";
const BESIDE = 390; // how wide a column of groups should be at least, where there are several
const BETWEEN = 24; // columns
const BELOW = 18; // a group from the one above it
const AWAY = 7; // a name from its dot
const words = document.createElement("canvas").getContext("2d");
const wide = (text) => words.measureText(text).width;
const shortened = (text, most) => {
  if (wide(text) <= most) return text;
  let end = text.length;
  while (end > 1 && wide(`${text.slice(0, end)}…`) > most) end -= 1;
  return `${text.slice(0, end).trim()}…`;
};
const FORM = /^(주식회사|\(주\)|㈜)\s*|\s*(주식회사|\(주\)|㈜)$/g;
// A name in lines of this width: an organisation and its unit below each other, each in two lines at most.
const linesOf = (name, most) =>
  name.split(" · ").flatMap((part) => {
    if (wide(part) <= most) return [part];
    const text = part.replace(FORM, "");
    let end = text.length;
    while (end > 0 && wide(text.slice(0, end)) > most) end = text.lastIndexOf(" ", end - 1);
    return end > 0 && end < text.length
      ? [text.slice(0, end), shortened(text.slice(end + 1), most)]
      : [shortened(text, most)];
  });
const drawn = (name, attributes, ...inside) => {
  const one = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  one.append(...inside);
  return one;
};

// Groups of nodes that are tied, the largest first. Each begins at an end of it, so that a chain comes in its order.
const groups = ({ nodes, edges }) => {
  const by = new Map(nodes.map((node) => [node.id, { ...node, beside: [] }]));
  for (const edge of edges) {
    const [firm, lab] = [by.get(edge.source), by.get(edge.target)];
    lab.isLab = true;
    firm.beside.push(lab);
    lab.beside.push(firm);
  }
  const seen = new Set();
  const found = [];
  for (const first of [...by.values()].sort((a, b) => a.degree - b.degree)) {
    if (seen.has(first)) continue;
    const group = new Set([first]);
    for (const one of group) one.beside.forEach((next) => group.add(next)); // a set grows as it is walked through
    group.forEach((one) => seen.add(one));
    const sides = [[...group].filter((one) => one.isLab), [...group].filter((one) => !one.isLab)];
    found.push({ sides, edges: edges.filter((edge) => group.has(by.get(edge.source))) });
  }
  return found.sort((a, b) => b.edges.length - a.edges.length);
};

// Both sides in an order in which few lines cross: each stands at the middle of those that it is tied to, then
// neighbours change places where fewer of their lines cross so.
const ordered = (sides) => {
  const place = (side) => side.forEach((node, n) => (node.rank = (n + 0.5) / side.length));
  sides.forEach(place);
  for (let time = 0; time < 12; time += 1) {
    const side = sides[time % 2 ? 0 : 1];
    const middle = new Map(side.map((one) => [one, one.beside.reduce((sum, o) => sum + o.rank, 0) / one.beside.length]));
    side.sort((a, b) => middle.get(a) - middle.get(b));
    place(side);
  }
  const crossed = (a, b) => {
    let sum = 0;
    for (const one of a.beside) for (const other of b.beside) sum += one.rank > other.rank;
    return sum;
  };
  for (let time = 0; time < 12; time += 1) {
    const side = sides[time % 2];
    for (let n = 1; n < side.length; n += 1) {
      const [a, b] = [side[n - 1], side[n]];
      if (crossed(b, a) < crossed(a, b)) [side[n - 1], side[n]] = [b, a];
    }
    place(side);
  }
};

const networkIn = (width, data, line) => {
  const columns = Math.max(1, Math.floor((width + BETWEEN) / BESIDE));
  const column = (width - BETWEEN * (columns - 1)) / columns;
  const across = Math.min(110, Math.max(52, column * 0.2)); // how long a level line is
  const radius = (node) => 4 + Math.min(node.degree, 6);
  const room = column - across - 2 * (10 + AWAY);
  const found = groups(data);
  const firms = found.flatMap(({ sides }) => sides[1]);
  const firmMost = Math.min(room * 0.45, Math.max(...firms.map((firm) => wide(firm.name))));
  const dots = [room - firmMost + 10 + AWAY, room - firmMost + 10 + AWAY + across]; // across, in a column
  for (const group of found) {
    ordered(group.sides);
    const most = [room - firmMost, firmMost];
    const high = group.sides.map((side, right) => {
      for (const node of side) {
        node.lines = linesOf(node.name, most[right]);
        node.high = Math.max(2 * radius(node), line * node.lines.length) + 6;
      }
      return side.reduce((sum, node) => sum + node.high, 0);
    });
    group.high = Math.max(...high);
    group.sides.forEach((side, right) => {
      const spare = (group.high - high[right]) / side.length;
      let y = 0;
      for (const node of side) {
        Object.assign(node, { x: dots[right], y: y + (node.high + spare) / 2, radius: radius(node) });
        y += node.high + spare;
      }
    });
  }
  const filled = Array(columns).fill(0);
  for (const group of found) {
    const at = filled.indexOf(Math.min(...filled));
    for (const node of group.sides.flat()) {
      node.x += at * (column + BETWEEN);
      node.y += filled[at];
    }
    filled[at] += group.high + BELOW;
  }
  return { nodes: found.flatMap(({ sides }) => sides.flat()), height: Math.max(...filled) - BELOW };
};

const named = (node, line) => {
  const x = node.x + (node.isLab ? -1 : 1) * (node.radius + AWAY);
  const first = node.y - ((node.lines.length - 1) * line) / 2;
  const lines = node.lines.map((text, n) => drawn("text", { x, y: first + n * line }, text));
  const inside = [drawn("title", {}, node.name), drawn("circle", { cx: node.x, cy: node.y, r: node.radius }), ...lines];
  const kind = { class: `${node.kind}${node.isLab ? " lab" : ""}` };
  // The list below leads there by keys.
  return node.address ? drawn("a", { ...kind, href: node.address, tabindex: -1 }, ...inside) : drawn("g", kind, ...inside);
};

painters.network = (figure, data) => {
  if (!data.edges.length) return null; // they went between the page and this
  const canvas = figure.querySelector(".chart-canvas");
  const paint = () => {
    const style = getComputedStyle(canvas);
    words.font = `${style.fontSize} ${style.fontFamily}`;
    const width = canvas.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const line = 1.25 * parseFloat(style.fontSize);
    const { nodes, height } = networkIn(width, data, line);
    const by = new Map(nodes.map((node) => [node.id, node]));
    const shown = new Map(nodes.map((node) => [node, named(node, line)]));
    const ties = data.edges.map((edge) => {
      const [firm, lab] = [by.get(edge.source), by.get(edge.target)];
      const tie = drawn(
        "line",
        { x1: lab.x, y1: lab.y, x2: firm.x, y2: firm.y, "stroke-width": 0.5 + edge.strength / 40 },
        drawn("title", {}, `${lab.name} – ${firm.name} ${edge.strength}`),
      );
      return { firm, lab, tie };
    });
    const svg = drawn("svg", { width, height, focusable: "false" }, ...ties.map(({ tie }) => tie), ...shown.values());
    for (const [node, one] of shown) {
      const near = [one, ...node.beside.map((other) => shown.get(other))];
      near.push(...ties.filter(({ firm, lab }) => firm === node || lab === node).map(({ tie }) => tie));
      const mark = (on) => () => {
        svg.classList.toggle("looking", on);
        for (const part of near) part.classList.toggle("near", on);
      };
      one.addEventListener("pointerenter", mark(true));
      one.addEventListener("pointerleave", mark(false));
    }
    canvas.replaceChildren(svg);
  };
  paint();
  return paint;
};
