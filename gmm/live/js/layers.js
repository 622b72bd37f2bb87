// What a panel may hold: each kind of layer has the name that gmm/live/still.py has for it.

import { filled, limit, number, size, zeros } from "./numbers.js";
import { drops, maps } from "./parts.js";
import { handle } from "./ring.js";
import { path, set, svg } from "./svg.js";
import { bricks } from "./wall.js";

/** Each kind of layer: (panel, layer) => (scope, moved) => void, which brings it up to date; moved says that the axes have. */
export const layers = {
  bricks,
  handle,
  ...maps,
  ...drops,

  curve(panel, layer) {
    const area = layer.fill && svg(panel.clipped, "path", { class: `gmm-area gmm-${layer.role}` });
    const line = svg(panel.clipped, "path", { class: `gmm-curve gmm-${layer.role}` });
    return (scope) => {
      if (layer.start) set(line, { visibility: scope.iteration ? "visible" : "hidden" }); // EM is still there
      const points = panel.points(layer, scope).filter(([, y]) => Number.isFinite(y));
      if (points.length && !layer.start) panel.cut(...points.reduce((most, point) => (point[1] > most[1] ? point : most)), layer.role);
      const drawn = path(points.map(([x, y]) => [panel.px(x), panel.py(y)]));
      set(line, { d: drawn });
      if (area) {
        const [a, b] = panel.domain.map((x) => panel.px(x)), base = panel.py(0);
        set(area, { d: `${drawn}L${b},${base}L${a},${base}Z` });
      }
    };
  },

  /** Vertical strips under a curve, from and to given places. */
  shade(panel, layer) {
    const area = svg(panel.clipped, "path", { class: `gmm-area gmm-${layer.role}` });
    return (scope) => {
      const [a, b] = [layer.from, layer.to].map((end) => number(panel.figure.call, end, scope));
      const call = panel.figure.call[layer.fn], base = panel.py(0);
      const points = Array.from({ length: 61 }, (_, i) => {
        const x = a + ((b - a) * i) / 60;
        return [panel.px(x), panel.py(call({ ...scope, [panel.spec.variable]: x }))];
      });
      set(area, { d: `${path(points)}L${panel.px(b)},${base}L${panel.px(a)},${base}Z` });
    };
  },

  /** Points on a line, as large as their shares where they have some. */
  points(panel, layer) {
    const dots = layer.x.map(() => svg(panel.clipped, "circle", { class: `gmm-point gmm-${layer.role}` }));
    return (scope) =>
      dots.forEach((dot, i) => {
        const r = layer.share ? size(number(panel.figure.call, layer.share[i], scope)) : 5;
        set(dot, { cx: panel.px(layer.x[i]), cy: panel.py(number(panel.figure.call, layer.y, scope)), r });
      });
  },

  vline(panel, layer) {
    const line = svg(panel.clipped, "path", { class: `gmm-vline gmm-${layer.role}` });
    const text = layer.label && svg(panel.free, "text", { class: `gmm-mark gmm-${layer.role}`, "text-anchor": "middle" });
    return (scope) => {
      const at = number(panel.figure.call, layer.x, scope), [low, high] = panel.domain;
      const x = panel.px(limit(at, panel.domain));
      set(line, { d: at < low || at > high ? "" : `M${x},${panel.top}V${panel.top + panel.height}` });
      if (text) {
        text.textContent = at < low ? `← ${layer.label}` : at > high ? `${layer.label} →` : layer.label;
        set(text, { x, y: panel.top - 3 });
      }
    };
  },

  hline(panel, layer) {
    const line = svg(panel.clipped, "path", { class: `gmm-vline gmm-${layer.role}` });
    return (scope) => {
      const y = panel.py(number(panel.figure.call, layer.y, scope));
      set(line, { d: `M${panel.left},${y}H${panel.left + panel.width}` });
    };
  },

  /** A bar between two heights, with what it measures. */
  bar(panel, layer) {
    const bar = svg(panel.clipped, "path", { class: `gmm-bar ${layer.wide ? "gmm-wide" : ""} gmm-${layer.role}` });
    const text = svg(panel.free, "text", { class: `gmm-mark gmm-cut gmm-${layer.role}` });
    return (scope) => {
      const at = panel.px(number(panel.figure.call, layer.x, scope));
      const ends = layer.between.map((end) => panel.py(limit(number(panel.figure.call, end, scope), panel.range)));
      set(bar, { d: `M${at},${ends[0]}V${ends[1]}` });
      text.textContent = filled(layer.text ?? "", panel.figure.call, scope);
      set(text, { x: at + 8, y: (ends[0] + ends[1]) / 2 + 4 });
    };
  },

  /** Words in the picture, with values as in the readouts. */
  text(panel, layer) {
    const text = svg(panel.free, "text", { class: `gmm-mark gmm-${layer.role}`, "text-anchor": "middle" });
    return (scope) => {
      const [x, y] = [layer.x, layer.y].map((end) => number(panel.figure.call, end, scope));
      text.textContent = filled(layer.text, panel.figure.call, scope);
      set(text, { x: panel.px(limit(x, panel.domain)), y: panel.py(limit(y, panel.range)) });
    };
  },

  /** Dots where a function changes its sign. */
  zeros(panel, layer) {
    const dots = svg(panel.clipped, "g"), { call } = panel.figure;
    return (scope) => {
      dots.replaceChildren();
      for (const x of zeros(panel.points(layer, scope))) {
        const y = number(call, layer.y, { ...scope, [panel.spec.variable]: x });
        svg(dots, "circle", { class: `gmm-dot gmm-${layer.role}`, r: 5, cx: panel.px(x), cy: panel.py(y) });
      }
    };
  },

  /** The space between this picture and the one above, from a part of that one's axis to a part of this one's. */
  band(panel, layer) {
    const [upper] = panel.figure.panels, area = svg(panel.free, "path", { class: `gmm-area gmm-${layer.role}` });
    return (scope) => {
      const ends = (at, names) => names.map((end) => at.px(limit(number(panel.figure.call, end, scope), at.domain)));
      const [a, b] = ends(upper, layer.above), [c, d] = ends(panel, layer.below), y = upper.top + upper.height;
      set(area, { d: `M${a},${y}L${c},${panel.top}V${panel.top + panel.height}H${d}V${panel.top}L${b},${y}Z` });
    };
  },

  dot(panel, layer) {
    const dot = svg(panel.clipped, "circle", { class: `gmm-dot gmm-${layer.role}` });
    return (scope) => {
      const x = number(panel.figure.call, layer.x, scope);
      const y = number(panel.figure.call, layer.y, { ...scope, [panel.spec.variable]: x });
      const r = layer.share ? size(number(panel.figure.call, layer.share, scope)) : 5;
      set(dot, Number.isFinite(y) ? { cx: panel.px(x), cy: panel.py(y), r, opacity: 1 } : { opacity: 0 });
      panel.cut(x, y, layer.role);
    };
  },

  /** A circle around the middle. */
  disc(panel, { r, role }) {
    const circle = svg(panel.clipped, "circle", { class: `gmm-bar gmm-disc gmm-${role}`, cx: panel.px(0), cy: panel.py(0) });
    return (scope) => set(circle, { r: panel.px(number(panel.figure.call, r, scope)) - panel.px(0) });
  },

  /** The log-likelihood after each iteration so far. */
  trace(panel) {
    const line = svg(panel.clipped, "path", { class: "gmm-curve gmm-mixture" });
    const dots = svg(panel.free, "g");
    return (scope) => {
      const points = scope.trace.map((y, i) => [panel.px(i), panel.py(y)]);
      set(line, { d: path(points) });
      dots.replaceChildren();
      points.forEach(([cx, cy], i) => {
        const y = scope.trace[i];
        panel.cut(i, y, "mixture");
        if (y === limit(y, panel.range)) svg(dots, "circle", { class: "gmm-dot gmm-mixture", cx, cy, r: 3.5 });
      });
    };
  },
};
