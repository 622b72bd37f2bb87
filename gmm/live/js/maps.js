// Layers of a map, whose axes are two parameters.

import { brief, limit, number, part } from "./numbers.js";
import { path, set, svg } from "./svg.js";

export const maps = {
  /** Level lines of a surface, computed in the notebook. */
  contours(panel, layer) {
    const lines = layer.lines.map(() => svg(panel.clipped, "path", { class: "gmm-contour" }));
    return () =>
      lines.forEach((line, i) => {
        set(line, { d: path(layer.lines[i].map(([x, y]) => [panel.px(x), panel.py(y)])) });
        line.style.opacity = 0.25 + (0.7 * layer.heights[i]) ** 1.5;
      });
  },

  /** Where a step, taken again and again, leads from a place: `next` makes two parameters anew from all. */
  orbit(panel, { of, next, steps, height, label, role }) {
    const { call } = panel.figure, above = role.endsWith("1");
    const line = svg(panel.clipped, "path", { class: `gmm-curve gmm-${role}` }), dots = svg(panel.clipped, "g");
    const text = svg(panel.free, "text", { class: `gmm-mark gmm-over gmm-${role}`, "text-anchor": "middle" });
    return (scope) => {
      const at = { ...scope }, places = [of.map((name) => at[name])];
      for (let s = number(call, steps, scope); s > 0; s--) {
        const place = next.map((name) => call[name](at));
        if (!place.every(Number.isFinite)) break;
        places.push(place);
        of.forEach((name, i) => (at[name] = place[i]));
      }
      const [x, y] = places.at(-1).map((value, i) => limit(value, [panel.domain, panel.range][i]));
      set(line, { d: path(places.map(([x, y]) => [panel.px(x), panel.py(y)])) });
      dots.replaceChildren();
      for (const [x, y] of places.slice(1)) svg(dots, "circle", { class: `gmm-dot gmm-${role}`, cx: panel.px(x), cy: panel.py(y), r: 3 });
      text.textContent = `${label} ${brief(call[height](at))}`;
      set(text, { x: panel.px(x), y: panel.py(y) + (above ? -10 : 20) });
    };
  },

  /** Cells of a map, each in the colour of what it leads to, computed in the notebook: a digit of a row names the role. */
  tint(panel, { x, y, rows, roles }) {
    const areas = roles.map((role) => svg(panel.clipped, "path", { class: `gmm-area gmm-${role}` }));
    return (_, moved) => {
      if (!moved) return;
      const drawn = roles.map(() => "");
      rows.forEach((row, j) => [...row].forEach((digit, i) => {
        const [a, b] = [i, i + 1].map((k) => panel.px(part(...x, k / row.length)).toFixed(1));
        const [c, d] = [j, j + 1].map((k) => panel.py(part(...y, k / rows.length)).toFixed(1));
        drawn[digit] += `M${a},${c}H${b}V${d}H${a}Z`;
      }));
      areas.forEach((area, k) => set(area, { d: drawn[k] }));
    };
  },
};
