// The technology map on a canvas, in the colours of the page: thousands of points and the fields' names. It grows by
// the wheel or two fingers, moves by dragging, says whose a point is, and opens that organisation.
"use strict";
const MOST = 40; // times its size
const EDGE = 1.05; // the drawing reaches so far on each side of the middle; points lie within 1
const REACH = 8; // how far from a point the pointer may be, in pixels
const COLOURS = ["--dot-university", "--dot-need", "--dot-company", "--dot-asset"]; // as hub/profiles/tables.py numbers the kinds
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Where things are at this size: `k` times as large, moved by x and y pixels, never leaving the drawing's edges.
const viewOf = (width, height, was) => {
  // What was looked at stays in sight when the drawing gets another size.
  const view = was ? { k: was.view.k, x: (was.view.x * width) / was.width, y: (was.view.y * height) / was.height } : { k: 1, x: 0, y: 0 };
  const kept = (by, length) => Math.min(0, Math.max(by, length * (1 - view.k)));
  return {
    view,
    width,
    height,
    across: (x) => ((x / 1000 / EDGE + 1) / 2) * width * view.k + view.x,
    down: (y) => ((1 - y / 1000 / EDGE) / 2) * height * view.k + view.y,
    move(x, y) {
      view.x = kept(view.x + x, width);
      view.y = kept(view.y + y, height);
    },
    grow(by, x, y) {
      const k = Math.min(MOST, Math.max(1, view.k * by));
      const [left, top] = [x - ((x - view.x) * k) / view.k, y - ((y - view.y) * k) / view.k];
      view.k = k;
      view.x = kept(left, width);
      view.y = kept(top, height);
    },
  };
};

const paintPoints = (pen, data, place, { width, height, small }) => {
  const some = data.here.includes(1);
  const colours = COLOURS.map(colour);
  for (const here of [0, 1]) {
    const radius = here ? 5 : small ? 1.5 : 2.5;
    pen.globalAlpha = some && !here ? 0.18 : 0.75;
    let kind = -1;
    for (let n = 0; n < data.x.length; n += 1) {
      if (data.here[n] !== here) continue;
      const [x, y] = [place.across(data.x[n]), place.down(data.y[n])];
      if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
      if (data.kind[n] !== kind) pen.fillStyle = colours[(kind = data.kind[n])];
      pen.beginPath(); // each by itself: where points lie close, it is darker
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  pen.globalAlpha = 1;
};

// The names, those of the largest fields first; one that would lie over another comes when there is room.
const paintNames = (pen, data, place, { width, height, small, font }) => {
  const high = small ? 11 : 14;
  Object.assign(pen, { font: `700 ${high}px ${font}`, textAlign: "center", textBaseline: "middle", lineJoin: "round" });
  Object.assign(pen, { fillStyle: colour("--text"), strokeStyle: colour("--card"), lineWidth: 4 });
  const taken = [];
  for (const [across, down, field] of data.labels) {
    const whole = data.fields[field].split(/[(,]/)[0].trim();
    const name = small && whole.length > 14 ? `${whole.slice(0, 13).trim()}…` : whole;
    const half = pen.measureText(name).width / 2 + 4;
    const [x, y] = [place.across(across), place.down(down)];
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const middle = Math.min(width - half, Math.max(half, x));
    if (taken.some((one) => Math.abs(one.x - middle) < one.half + half && Math.abs(one.y - y) < high + 4)) continue;
    taken.push({ x: middle, y, half });
    pen.strokeText(name, middle, y);
    pen.fillText(name, middle, y);
  }
};

const nearest = (data, place, x, y) => {
  let [best, least] = [-1, REACH ** 2];
  for (let n = 0; n < data.x.length; n += 1) {
    const far = (place.across(data.x[n]) - x) ** 2 + (place.down(data.y[n]) - y) ** 2;
    if (far < least) [best, least] = [n, far];
  }
  return best;
};

// Pointers: one drags, two make larger or smaller, and what neither dragged nor grew was a click.
const steered = (canvas, { place, changed, looked, chosen }) => {
  const down = new Map();
  let still = true;
  const spot = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.onwheel = (event) => {
    if (event.deltaY > 0 && place().view.k === 1) return; // nothing to make smaller: the page moves on
    event.preventDefault();
    place().grow(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), ...spot(event));
    changed();
  };
  canvas.onpointerdown = (event) => {
    still = !down.size;
    down.set(event.pointerId, spot(event));
  };
  canvas.onpointermove = (event) => {
    const [x, y] = spot(event);
    const was = down.get(event.pointerId);
    if (!was) return looked(x, y);
    const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    if (!other && Math.hypot(x - was[0], y - was[1]) < 4 && still) return; // a hand is never quite still
    if (still) canvas.setPointerCapture(event.pointerId);
    still = false;
    if (other) {
      const far = (at) => Math.max(1, Math.hypot(at[0] - other[0], at[1] - other[1]));
      place().grow(far([x, y]) / far(was), (x + other[0]) / 2, (y + other[1]) / 2);
      place().move((x - was[0]) / 2, (y - was[1]) / 2);
    } else place().move(x - was[0], y - was[1]);
    down.set(event.pointerId, [x, y]);
    changed();
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    if (down.delete(event.pointerId) && still && event.type === "pointerup" && !event.button) chosen(...spot(event), event.pointerType === "touch");
  };
  canvas.onpointerleave = (event) => event.pointerType === "touch" || looked(-2 * REACH, -2 * REACH); // a finger always leaves
};

painters.techmap = (figure, data) => {
  if (!data.x.length) return null;
  const room = figure.querySelector(".chart-canvas");
  const canvas = document.createElement("canvas");
  const tip = document.createElement("p");
  tip.className = "chart-tip";
  tip.hidden = true;
  room.replaceChildren(canvas, tip);
  const pen = canvas.getContext("2d");
  const whose = (n) => data.profiles[data.whose[n]];
  let place;
  let asked = 0;
  const size = () => ({ width: room.clientWidth, height: room.clientHeight });
  const paint = () => {
    asked = 0;
    const form = { ...size(), small: room.clientWidth < 700, font: getComputedStyle(room).fontFamily };
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, form.width, form.height);
    paintPoints(pen, data, place, form);
    paintNames(pen, data, place, form);
    canvas.classList.toggle("grown", place.view.k > 1);
  };
  let shown = -1; // the point whose word stands there
  const looked = (x, y) => {
    const n = nearest(data, place, x, y);
    tip.hidden = n < 0;
    shown = n;
    canvas.classList.toggle("over", n >= 0 && Boolean(whose(n)));
    if (n < 0) return;
    tip.textContent = [whose(n)?.[1], data.fields[data.field[n]]].filter(Boolean).join("\n");
    const { width, height } = size();
    tip.style.left = `${Math.max(0, Math.min(x + 12, width - tip.offsetWidth))}px`;
    tip.style.top = `${y + 16 + tip.offsetHeight > height ? y - 12 - tip.offsetHeight : y + 16}px`;
  };
  const chosen = (x, y, touched) => {
    const n = nearest(data, place, x, y);
    if (touched && n !== shown) return looked(x, y); // a finger has no way to look first
    if (n >= 0 && whose(n)) location.assign(data.profile.replace("0", whose(n)[0]));
  };
  const changed = () => {
    tip.hidden = true;
    shown = -1;
    asked ||= requestAnimationFrame(paint);
  };
  steered(canvas, { place: () => place, changed, looked, chosen });
  const fit = () => {
    const { width, height } = size();
    [canvas.width, canvas.height] = [width * devicePixelRatio, height * devicePixelRatio];
    place = viewOf(width, height, place);
    paint();
  };
  fit();
  return fit;
};
