// What is drawn one after the other before the reader's eyes: values, samples, and their intervals.

import { number } from "./numbers.js";
import { set, svg } from "./svg.js";

export const drops = {
  /** Values that are drawn one after the other: at an odd step the next has its label, and on the way to the even one it falls. */
  drops(panel, layer) {
    const pile = [1, 2].map((k) => svg(panel.clipped, "path", { class: `gmm-area gmm-pile gmm-component${k}` }));
    const falling = svg(panel.clipped, "circle", { r: 6 }), { width, height } = layer;
    return (scope) => {
      const s = number(panel.figure.call, layer.steps, scope), n = Math.floor(s / 2), part = s - 2 * n, rows = {}, drawn = ["", ""];
      const drop = (i) => {
        const k = +(layer.labels[i] >= scope.pi1), x = layer.means[k] + layer.sigmas[k] * layer.values[i], bin = Math.floor(x / width);
        return { k, x, bin, row: rows[bin] ?? 0 };
      };
      const wide = panel.px(width) - panel.px(0) - 0.5, high = panel.py(0) - panel.py(height);
      for (let i = 0; i < n; i++) {
        const { k, bin, row } = drop(i);
        rows[bin] = row + 1;
        drawn[k] += `M${panel.px(bin * width).toFixed(2)},${panel.py((row + 1) * height).toFixed(2)}h${wide.toFixed(2)}v${high.toFixed(2)}h-${wide.toFixed(2)}z`;
      }
      pile.forEach((path, k) => set(path, { d: drawn[k] }));
      if (n >= layer.labels.length || !part) return set(falling, { visibility: "hidden" });
      const { k, x, row } = drop(n), down = Math.max(0, part - 1);
      set(falling, {
        visibility: "visible",
        class: `gmm-dot gmm-component${k + 1}`,
        cx: panel.px(layer.means[k] + down * (x - layer.means[k])),
        cy: panel.top + 12 + down * (panel.py(row * height) - panel.top - 12),
      });
    };
  },

  /** Intervals drawn so far, the latest on top: those that hold the truth in one colour, those that do not in another. */
  intervals(panel, { low, high, truth, upto }) {
    const lines = low.map(() => svg(panel.clipped, "path"));
    return (scope) => {
      const at = number(panel.figure.call, truth, scope), last = number(panel.figure.call, upto, scope);
      lines.forEach((line, i) => {
        const hit = low[i] <= at && at <= high[i], y = panel.py(i + 1);
        set(line, { class: `gmm-interval gmm-${hit ? "data" : "component2"}${i + 1 === last ? " gmm-latest" : ""}` });
        set(line, { d: `M${panel.px(low[i])},${y}H${panel.px(high[i])}`, visibility: i < last ? "visible" : "hidden" });
      });
    };
  },

  /** A button in the picture that raises a parameter by one step, and begins again after the last. */
  button(panel, { of, label }) {
    const { figure } = panel, { min, max, step } = figure.spec.bounds[of];
    const group = svg(panel.hands, "g", { class: "gmm-press", tabindex: 0, role: "button", "aria-label": label });
    const box = { x: panel.left + panel.width - 132, y: panel.top + 4, width: 128, height: 32, rx: 6 };
    svg(group, "rect", box);
    svg(group, "text", { x: box.x + 64, y: box.y + 21, "text-anchor": "middle" }).textContent = label;
    const press = () => {
      const now = figure.model.get(of);
      figure.change(of, now >= max ? min : now + step);
    };
    group.addEventListener("click", press);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press();
    });
    return () => {};
  },
};
