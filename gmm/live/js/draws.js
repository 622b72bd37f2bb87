// Samples and their intervals, drawn one after the other by a button in the picture.

import { number } from "./numbers.js";
import { set, svg } from "./svg.js";

export const draws = {
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
