// What a panel may hold: each kind of layer has the name that gmm/live/still.py has for it.

import { limit, number } from "./numbers.js";
import { handle } from "./ring.js";
import { path, set, svg } from "./svg.js";
import { bricks } from "./wall.js";

/** Each kind of layer: (panel, layer) => (scope, moved) => void, which brings it up to date; moved says that the axes have. */
export const layers = {
  bricks,
  handle,

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
        const r = layer.share ? 3 + 9 * Math.sqrt(number(panel.figure.call, layer.share[i], scope)) : 5;
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

  dot(panel, layer) {
    const dot = svg(panel.clipped, "circle", { class: `gmm-dot gmm-${layer.role}`, r: 5 });
    return (scope) => {
      const x = number(panel.figure.call, layer.x, scope);
      const y = number(panel.figure.call, layer.y, { ...scope, [panel.spec.variable]: x });
      set(dot, Number.isFinite(y) ? { cx: panel.px(x), cy: panel.py(y), opacity: 1 } : { opacity: 0 });
      panel.cut(x, y, layer.role);
    };
  },

  /** Level lines of a surface, computed in the notebook. */
  contours(panel, layer) {
    const lines = layer.lines.map(() => svg(panel.clipped, "path", { class: "gmm-contour" }));
    return () =>
      lines.forEach((line, i) => {
        set(line, { d: path(layer.lines[i].map(([x, y]) => [panel.px(x), panel.py(y)])) });
        line.style.opacity = 0.25 + (0.7 * layer.heights[i]) ** 1.5;
      });
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
