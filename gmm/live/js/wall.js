// The data as a wall: a brick for each observation, which can be pointed at.

import { mix, set, svg } from "./svg.js";

/**
 * What makes the bricks of a wall to be pointed at: by a mouse the one below it, by a finger the nearest, and by
 * the arrow keys from one to the next, up and down in order and to the sides by columns.
 */
function reach(panel, { x, left, row, width, height }, point) {
  const order = x.map((_, i) => i).sort((i, j) => left[i] - left[j] || row[i] - row[j]);
  const least = (cost) => order.reduce((best, i) => (cost(i) < cost(best) ? i : best));
  const pad = svg(panel.hands, "rect", {
    ...panel.box,
    class: "gmm-pad",
    tabindex: 0,
    role: "slider",
    "aria-label": "Observations, one brick each: walk with the arrow keys",
    "aria-valuemin": 1,
    "aria-valuemax": x.length,
    "aria-valuenow": order[0] + 1,
  });
  let now = order[0];
  const go = (i) => point((now = i));
  pad.onpointermove = (event) => {
    if (event.pointerType === "touch") return;
    const [at, y] = panel.at(panel.figure.under(event));
    const i = left.findIndex((edge, i) => edge <= at && at < edge + width && row[i] === Math.floor(y / height));
    i < 0 ? point(i) : go(i);
  };
  pad.onpointerleave = (event) => event.pointerType === "touch" || point(-1);
  pad.onclick = (event) => {
    const [a, b] = panel.figure.under(event);
    go(least((i) => Math.hypot(panel.px(left[i] + width / 2) - a, panel.py((row[i] + 0.5) * height) - b)));
  };
  pad.onfocus = () => pad.matches(":focus-visible") && go(now);
  pad.onkeydown = ({ key }) => {
    const place = order.indexOf(now), last = order.length - 1;
    const beside = (way) => least((i) => {
      const far = way * (left[i] - left[now]);
      return far > 0 ? (far / width) * x.length + Math.abs(row[i] - row[now]) : i === now ? 1e9 : Infinity;
    });
    const to = {
      ArrowUp: () => order[Math.min(last, place + 1)],
      ArrowDown: () => order[Math.max(0, place - 1)],
      ArrowRight: () => beside(1),
      ArrowLeft: () => beside(-1),
      Home: () => order[0],
      End: () => order[last],
    }[key];
    if (to) go(to());
    return !to;
  };
  return pad;
}

/**
 * The histogram, a brick for each observation, coloured by its responsibilities. All bricks of a
 * colour are one path: thousands of elements would take the browser longer than a frame.
 */
export function bricks(panel, layer) {
  const wall = svg(panel.clipped, "g"), mark = svg(panel.clipped, "g"), walls = new Map();
  const names = layer.gamma ?? [];
  let bricks = [], pointed = -1;
  const pad = panel.figure.spec.pointed && reach(panel, layer, (i) => i !== pointed && point((pointed = i)));
  const point = (i, scope = panel.figure.scope()) => {
    mark.replaceChildren();
    if (i < 0) return;
    const said = panel.figure.point(panel, mark, { ...scope, x: layer.x[i], n: i + 1 });
    svg(mark, "path", { class: "gmm-chosen", d: bricks[i] });
    set(pad, { "aria-valuenow": i + 1, "aria-valuetext": said });
  };
  const place = () => {
    const w = panel.px(panel.spec.x[0] + layer.width) - panel.left;
    const h = panel.top + panel.height - panel.py(layer.height);
    const inset = Math.min(0.5, h / 8);
    const [wide, high] = [Math.max(0.5, w - inset), Math.max(0.4, h - inset)].map((size) => size.toFixed(2));
    bricks = layer.left.map((left, i) => {
      const corner = [panel.px(left), panel.py(layer.height * (layer.row[i] + 1))].map((place) => place.toFixed(2));
      return `M${corner}h${wide}v${high}h-${wide}z`;
    });
  };
  return (scope, moved) => {
    if (moved) place();
    const at = { ...scope }, drawn = new Map();
    bricks.forEach((brick, i) => {
      at.x = layer.x[i];
      const gamma = names.map((name) => panel.figure.call[name](at));
      const shares = scope.shares?.[i] ?? [gamma.length ? 0 : 1, ...gamma];
      const key = shares.map((share) => Math.round(100 * share)).join();
      drawn.set(key, (drawn.get(key) ?? "") + brick);
    });
    for (const [key, node] of walls) if (!drawn.has(key) && walls.delete(key)) node.remove();
    for (const [key, d] of drawn) {
      if (!walls.has(key)) walls.set(key, svg(wall, "path", { class: "gmm-brick", style: `fill: ${mix(key.split(","))}` }));
      if (walls.get(key).getAttribute("d") !== d) set(walls.get(key), { d });
    }
    if (pointed >= 0) point(pointed, scope);
  };
}
