// Drawing a plot on a map without tiles: tap the corners, drag them, or stand there and press.
// What is drawn goes as GeoJSON into the form's own field and is kept until it was sent.

import { areaM2, crossings, meanFix, metresPerDegree, raiNganWah, ring } from "./outline.js";

const CLOSE_M_PER_PX = 1.6, NEAR_PX = 24, MOVED_PX = 8, GPS_SECONDS = 12, GPS_GOOD_M = 20;
const KEEP = "market.drawn";
const SVG = "http://www.w3.org/2000/svg";

const box = document.querySelector("[data-draw]");
const words = JSON.parse(box.dataset.words);
const lon0 = Number(box.dataset.lon), lat0 = Number(box.dataset.lat);
const [perLon, perLat] = metresPerDegree(lat0);
const field = document.querySelector(box.dataset.into);
const land = box.querySelector(".draw-land svg"), lines = box.querySelector(".draw-lines");
const said = box.querySelector("[data-said]"), fixSaid = box.querySelector("[data-fix]");
const button = Object.fromEntries(
  [...box.querySelectorAll("[data-do]")].map((one) => [one.dataset.do, one]));

let corners = [], past = [], chosen = -1, errs = [], drawn = false;
let view = { x: Number(box.dataset.x), y: Number(box.dataset.y), scale: 1 };
let gps = null;

// --- places: degrees, metres east and south of the middle, pixels of the screen

const toMetres = ([lon, lat]) => [(lon - lon0) * perLon, (lat0 - lat) * perLat];
const toDegrees = ([x, y]) => [lon0 + x / perLon, lat0 - y / perLat];
const size = () => [lines.clientWidth, lines.clientHeight];
const toScreen = ([x, y]) => {
  const [wide, high] = size();
  return [(x - view.x) / view.scale + wide / 2, (y - view.y) / view.scale + high / 2];
};
const fromScreen = ([x, y]) => {
  const [wide, high] = size();
  return [(x - wide / 2) * view.scale + view.x, (y - high / 2) * view.scale + view.y];
};
const apart = ([x1, y1], [x2, y2]) => Math.hypot(x1 - x2, y1 - y2);
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
const number = (value) => Number(value.toFixed(2)).toLocaleString("en-US");

// --- what is shown

function draw() {
  const [wide, high] = size();
  land.setAttribute("viewBox", [
    view.x - (wide / 2) * view.scale, view.y - (high / 2) * view.scale,
    wide * view.scale, high * view.scale].join(" "));
  box.classList.toggle("draw-near", view.scale < 4);
  const at = corners.map(toScreen);
  const crossed = corners.length > 3 ? crossings(corners) : [];
  const bad = new Set(crossed.flat());
  lines.replaceChildren(
    ...grid(wide, high), ...accuracy(), ...sides(at, bad), ...middles(at), ...dots(at, bad),
    ...scaleBar(high), mark("path", { class: "aim", d: aim(wide / 2, high / 2) }));
  say(crossed);
  keep();
}

function mark(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text) made.textContent = text;
  return made;
}

const aim = (x, y) => `M${x - 12} ${y}h24M${x} ${y - 12}v24`;

/** A round length that about a quarter of the map's width shows. */
function step() {
  const most = (size()[0] / 4) * view.scale, power = 10 ** Math.floor(Math.log10(most));
  return power * [5, 2, 1].find((times) => times * power <= most);
}

function grid(wide, high) {
  if (view.scale > CLOSE_M_PER_PX) return [];
  const every = step(), [left, top] = fromScreen([0, 0]), [right, bottom] = fromScreen([wide, high]);
  let path = "";
  for (let x = Math.ceil(left / every) * every; x < right; x += every) {
    path += `M${toScreen([x, 0])[0].toFixed(1)} 0V${high}`;
  }
  for (let y = Math.ceil(top / every) * every; y < bottom; y += every) {
    path += `M0 ${toScreen([0, y])[1].toFixed(1)}H${wide}`;
  }
  return [mark("path", { class: "grid", d: path })];
}

function scaleBar(high) {
  const metres = step(), px = metres / view.scale, y = high - 14;
  const told = metres < 1000 ? fill(words.metres, { n: number(metres) })
    : fill(words.kilometres, { n: number(metres / 1000) });
  return [
    mark("path", { class: "rule", d: `M12 ${y - 5}v5h${px}v-5` }),
    mark("text", { class: "metres", x: 12 + px / 2, y: y - 8 }, told)];
}

function sides(at, bad) {
  if (at.length < 2) return [];
  const shape = mark("polygon", { class: bad.size ? "plot bad" : "plot", points: at.join(" ") });
  const told = at.flatMap((here, n) => {
    const next = (n + 1) % at.length;
    if (at.length === 2 && n === 1) return [];
    const middle = [(here[0] + at[next][0]) / 2, (here[1] + at[next][1]) / 2];
    const parts = [];
    if (bad.has(n)) parts.push(mark("path", { class: "wrong", d: `M${here}L${at[next]}` }));
    if (apart(here, at[next]) > 56) {
      const metres = number(Math.round(apart(corners[n], corners[next])));
      parts.push(mark("text", { class: "metres", x: middle[0], y: middle[1] - 10 },
        fill(words.metres, { n: metres })));
    }
    return parts;
  });
  return [shape, ...told];
}

const between = (at) => at.length < 3 ? [] : at.map((here, n) => {
  const next = at[(n + 1) % at.length];
  return apart(here, next) > 72 ? [(here[0] + next[0]) / 2, (here[1] + next[1]) / 2] : null;
});
const middles = (at) => between(at).filter(Boolean).map(
  ([x, y]) => mark("circle", { class: "middle", cx: x, cy: y, r: 6 }));

function dots(at, bad) {
  return at.map(([x, y], n) => mark("circle", {
    class: `corner${n === chosen ? " chosen" : ""}${bad.has(n) ? " wrong" : ""}`,
    cx: x, cy: y, r: n === chosen ? 14 : 10 }));
}

function accuracy() {
  if (!gps || !gps.last) return [];
  const [x, y] = toScreen(toMetres([gps.last.lon, gps.last.lat]));
  return [mark("circle", { class: "fix", cx: x, cy: y, r: Math.max(gps.last.metres / view.scale, 6) })];
}

// --- what is said

function say(crossed) {
  said.className = `draw-said${crossed.length ? " bad" : ""}`;
  button.undo.querySelector("span").textContent = chosen < 0 ? words.undo : words.remove;
  button.undo.disabled = !corners.length && !past.length;
  if (view.scale > CLOSE_M_PER_PX && !corners.length) told(words.nearer);
  else if (chosen >= 0) told(words.chosen);
  else if (crossed.length) told(words.crossed);
  else if (corners.length < 3) told([words.first, words.second, words.third][corners.length]);
  else told(areaSaid());
}

function areaSaid() {
  const m2 = areaM2(ring(corners.map(toDegrees)));
  const parts = raiNganWah(m2), names = [words.rai, words.ngan, words.wah];
  const area = parts.map((part, n) => (part ? `${number(part)} ${names[n]}` : "")).filter(Boolean);
  const round = corners.reduce(
    (sum, here, n) => sum + apart(here, corners[(n + 1) % corners.length]), 0);
  const err = errs.length ? (round * Math.max(...errs)) / 2 : 0;
  const exact = fill(words.square, { n: number(m2) });
  const range = err ? ` ${fill(words.range, { n: number(Math.round(err)) })}` : "";
  box.dataset.m2 = m2;
  return `${area.join(" ") || `0 ${words.rai}`} (${exact}${range})`;
}

const told = (text) => { if (said.textContent !== text) said.textContent = text; };

// --- what is kept: in the form, and in this tab until it was sent

/** Only what a hand has changed: a GeoJSON that was pasted stays as it is. */
function keep() {
  if (drawn && corners.length >= 3) {
    field.value = JSON.stringify({ type: "Polygon", coordinates: [ring(corners.map(toDegrees))] });
  } else if (drawn) {
    field.value = "";
  }
  if (drawn) store({ corners: corners.map(toDegrees), errs });
}

function store(what) {
  try { sessionStorage.setItem(KEEP, JSON.stringify(what)); } catch { /* a private window */ }
}

function stored() {
  try { return JSON.parse(sessionStorage.getItem(KEEP)) ?? {}; } catch { return {}; }
}

function typed() {
  try {
    const of = JSON.parse(field.value);
    return of.type === "Polygon" ? of.coordinates[0].slice(0, -1) : [];
  } catch { return []; }
}

function restore(places, how = []) {
  corners = places.map(toMetres);
  errs = how;
  if (corners.length) show(corners);
}

function show(points) {
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y), [wide, high] = size();
  view = {
    x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2,
    scale: Math.max((Math.max(...xs) - Math.min(...xs)) / wide,
      (Math.max(...ys) - Math.min(...ys)) / high, 0.3) * 1.5,
  };
}

// --- what is done

function change(next, select = -1) {
  past.push(corners);
  drawn = true;
  corners = next;
  chosen = select;
  draw();
}

function tap(at) {
  const screen = corners.map(toScreen);
  const corner = screen.findIndex((one) => apart(one, at) < NEAR_PX);
  const middle = between(screen).findIndex((one) => one && apart(one, at) < NEAR_PX);
  const place = fromScreen(at);
  if (corner >= 0) {
    chosen = chosen === corner ? -1 : corner;
    draw();
  } else if (view.scale > CLOSE_M_PER_PX) {
    zoom(0.25, at);
  } else if (chosen >= 0) {
    change(corners.map((one, n) => (n === chosen ? place : one)));
  } else if (middle >= 0) {
    change([...corners.slice(0, middle + 1), place, ...corners.slice(middle + 1)], middle + 1);
  } else {
    change([...corners, place]);
  }
}

function undo() {
  if (chosen >= 0) return change(corners.filter((_, n) => n !== chosen));
  drawn = true;
  corners = past.length ? past.pop() : corners.slice(0, -1);
  draw();
}

/** The place under `at` stays where it is. */
function zoom(times, at = size().map((px) => px / 2)) {
  const before = fromScreen(at);
  view.scale = Math.min(Math.max(view.scale * times, 0.05), 150);
  const after = fromScreen(at);
  view.x += before[0] - after[0];
  view.y += before[1] - after[1];
  draw();
}

// --- fingers

const fingers = new Map();
let held = null;

const where = (event) => {
  const frame = lines.getBoundingClientRect();
  return [event.clientX - frame.left, event.clientY - frame.top];
};

lines.addEventListener("pointerdown", (event) => {
  lines.setPointerCapture(event.pointerId);
  const at = where(event);
  fingers.set(event.pointerId, at);
  const corner = corners.map(toScreen).findIndex((one) => apart(one, at) < NEAR_PX);
  held = fingers.size === 1 ? { at, corner, before: corners, moved: false } : null;
});

lines.addEventListener("pointermove", (event) => {
  const last = fingers.get(event.pointerId), at = where(event);
  if (!last) return;
  if (fingers.size === 2) pinch(event.pointerId, last, at);
  else if (held && (held.moved || apart(held.at, at) > MOVED_PX)) {
    held.moved = true;
    if (held.corner >= 0) {
      corners = corners.map((one, n) => (n === held.corner ? fromScreen(at) : one));
    } else { view.x -= (at[0] - last[0]) * view.scale; view.y -= (at[1] - last[1]) * view.scale; }
    draw();
  } else return;
  fingers.set(event.pointerId, at);
});

function pinch(moving, last, at) {
  const other = [...fingers].find(([id]) => id !== moving)[1];
  zoom(apart(other, last) / Math.max(apart(other, at), 1), other);
}

function lifted(event) {
  const at = fingers.get(event.pointerId);
  fingers.delete(event.pointerId);
  if (!held || !at) return;
  if (held.moved && held.corner >= 0) { past.push(held.before); drawn = true; draw(); }
  else if (!held.moved && event.type === "pointerup") tap(held.at);
  held = null;
}
lines.addEventListener("pointerup", lifted);
lines.addEventListener("pointercancel", lifted);
lines.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return; // the page scrolls
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.25 : 0.8, where(event));
}, { passive: false });

// --- keys: arrows move the map, Enter is a tap in its middle

lines.addEventListener("keydown", (event) => {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const middle = size().map((px) => px / 2);
  if (way) {
    view.x += way[0] * 24 * view.scale;
    view.y += way[1] * 24 * view.scale;
    draw();
  } else if (event.key === "Enter") tap(middle);
  else if (event.key === "+" || event.key === "=") zoom(0.5);
  else if (event.key === "-") zoom(2);
  else if (event.key === "Backspace" || event.key === "Delete") undo();
  else return;
  event.preventDefault();
});

// --- standing at the corner

function here() {
  if (gps) return markFix();
  if (!navigator.geolocation) { fixSaid.textContent = words.refused; return undefined; }
  gps = { fixes: [], all: [], last: null, end: setTimeout(markFix, GPS_SECONDS * 1000) };
  gps.watch = navigator.geolocation.watchPosition(fixed, lost, {
    enableHighAccuracy: true, maximumAge: 0, timeout: 30000 });
  button.here.querySelector("span").textContent = words.take;
  fixSaid.textContent = words.waiting;
  return undefined;
}

function fixed({ coords }) {
  if (!gps) return;
  const fix = { lon: coords.longitude, lat: coords.latitude, metres: coords.accuracy };
  const first = !gps.last;
  gps.last = fix;
  gps.all.push(fix);
  if (fix.metres <= GPS_GOOD_M) gps.fixes.push(fix);
  fixSaid.className = fix.metres > 10 ? "draw-fix warn" : "draw-fix";
  fixSaid.textContent = fill(fix.metres > 10 ? words.poor : words.good, { n: Math.round(fix.metres) });
  const [x, y] = toMetres([fix.lon, fix.lat]);
  if (first) view = { x, y, scale: Math.min(view.scale, 0.8) };
  draw();
}

function lost(why) {
  if (why.code === why.PERMISSION_DENIED) { ended(); fixSaid.textContent = words.refused; }
  else fixSaid.textContent = words.weak;
}

function ended() {
  clearTimeout(gps.end);
  navigator.geolocation.clearWatch(gps.watch);
  gps = null;
  button.here.querySelector("span").textContent = words.here;
}

/** Poor fixes are taken too when there are no better ones; how far they may err is said. */
function markFix() {
  const { fixes, all } = gps;
  ended();
  if (!all.length) { fixSaid.textContent = words.weak; return; }
  const mean = meanFix(fixes.length ? fixes : all);
  errs.push(mean.metres);
  fixSaid.textContent = fill(words.marked, { n: Math.round(mean.metres) });
  change([...corners, toMetres([mean.lon, mean.lat])]);
}

// --- begin

button.in.addEventListener("click", () => zoom(0.5));
button.out.addEventListener("click", () => zoom(2));
button.undo.addEventListener("click", undo);
button.here.addEventListener("click", here);
button.again.addEventListener("click", () => {
  button.again.hidden = true;
  drawn = true;
  restore(stored().corners, stored().errs);
  draw();
});
field.addEventListener("input", () => { past.push(corners); restore(typed()); draw(); });
field.form.addEventListener("submit", () => store({ ...stored(), sent: true }));

box.hidden = false;
for (const plain of document.querySelectorAll("[data-plain]")) { // the other way, while not in use
  plain.open = Boolean(plain.querySelector(".why") || plain.querySelector("input").value);
}
view.scale = Number(box.dataset.wide) / size()[0];
const before = stored();
if (before.corners?.length && (!before.sent || (box.dataset.refused && !typed().length))) {
  drawn = true; // newer than what the form holds
  restore(before.corners, before.errs);
} else if (typed().length) restore(typed(), before.errs);
else button.again.hidden = !before.corners?.length;
new ResizeObserver(draw).observe(lines);
draw();
