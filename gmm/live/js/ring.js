// A ring on a picture, by which parameters are moved.

import { limit, number, shown } from "./numbers.js";
import { set, svg } from "./svg.js";

/** What a slider can be set to, nearest first: of two that are as good the one that changes less. */
export function choicesOf({ min, max, step }, from) {
  const steps = Array.from({ length: Math.floor((max - min) / step + 1e-9) + 1 }, (_, i) => +(min + i * step).toFixed(10));
  return [from, ...steps.sort((a, b) => Math.abs(a - from) - Math.abs(b - from))];
}

/** The values of the parameters, out of their choices, with which `where` is nearest to the target. */
export function nearest(where, target, start, sets, choices) {
  const at = { ...start };
  for (let round = 0; round < sets.length; round++) {
    sets.forEach((name, i) => {
      let least = Infinity, best;
      for (at[name] of choices[i]) {
        const [x, y] = where(at), way = Math.hypot(x - target[0], y - target[1]);
        if (way < least - 1e-6) [least, best] = [way, at[name]];
      }
      at[name] = best;
    });
  }
  return Object.fromEntries(sets.map((name) => [name, at[name]]));
}

/**
 * A ring that can be dragged, or moved by the arrow keys. Under a hand it goes to the place nearest to the
 * pointer that its parameters can bring it to, within their sliders: `sets` names them, the one along the axis first.
 */
export function handle(panel, layer) {
  const { figure } = panel, { bounds } = figure.spec, sets = layer.sets ?? (layer.map ? [layer.x, layer.y] : [layer.x]);
  const group = svg(panel.hands, "g", {
    class: `gmm-handle gmm-${layer.role}`,
    "data-param": typeof layer.x === "string" ? layer.x : sets[0],
    tabindex: 0,
    role: "slider",
    "aria-label": `Ring: ${sets.map((name) => bounds[name].label).join(" and ")}`,
    "aria-valuemin": bounds[sets[0]].min,
    "aria-valuemax": bounds[sets[0]].max,
  });
  svg(group, "circle", { class: "gmm-hit", r: layer.small ? 14 : 22 });
  svg(group, "circle", { class: "gmm-grip", r: layer.small ? 5 : 8 });
  // A ring of the start stands where the sliders say, wherever EM has come to.
  const own = (scope) => (layer.start ? scope.values : scope);
  const value = (values) => {
    const scope = layer.start ? figure.started(values) : values, x = number(figure.call, layer.x, scope);
    return [x, layer.map ? scope[layer.y] : number(figure.call, layer.y, { ...scope, [panel.spec.variable]: x })];
  };
  // Where the ring is, in the picture: at its edge for a value beyond it.
  const where = (scope) => {
    const [x, y] = value(scope);
    return [panel.px(limit(x, panel.domain)), panel.py(limit(y, panel.range))];
  };
  group.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    group.focus({ preventScroll: true });
    group.setPointerCapture(event.pointerId);
    figure.take();
    const down = figure.under(event), start = own(figure.scope()), here = where(start);
    const choices = sets.map((name) => choicesOf(bounds[name], start[name]));
    // Two ways at once, but not by accident: a few pixels beside the row or the column where it stood are none.
    const least = sets.length > 1 ? 3 : 0;
    group.onpointermove = (move) => {
      // Held at its rim, the ring keeps its distance from the pointer and does not jump.
      const ways = figure.under(move).map((place, i) => place - down[i]);
      const target = here.map((place, i) => place + (Math.abs(ways[i]) > least ? ways[i] : 0));
      figure.put(nearest(where, target, start, sets, choices));
    };
  });
  group.addEventListener("lostpointercapture", () => {
    group.onpointermove = null;
    figure.leave();
  });
  // `touch-action` does not keep Chromium from scrolling with a finger on a part of a picture.
  group.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  group.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const up = sets.length > 1 && /Up|Down/.test(event.key), name = sets[+up], scope = own(figure.scope());
    const by = way * bounds[name].step * (event.shiftKey ? 10 : 1), to = (move) => ({ ...scope, [name]: scope[name] + move });
    // Up is where the ring goes up: for the second of two that is where the first weight falls.
    figure.change(name, to(up && (value(to(by))[1] - value(to(-by))[1]) * way < 0 ? -by : by)[name]);
  });
  return (all) => {
    const scope = own(all);
    set(group, { transform: `translate(${where(scope)})` });
    const said = sets.map((name) => {
      const { label, digits, unit } = bounds[name];
      return [sets.length > 1 ? label : "", shown(scope[name], digits), unit].filter(Boolean).join(" ");
    });
    set(group, { "aria-valuenow": scope[sets[0]], "aria-valuetext": said.join(", ") });
  };
}
