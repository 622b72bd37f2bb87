// A sample that is drawn before the reader's eyes.

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
};
