// The live figure: draws what SymPy printed, and redraws when a slider moves.
//
// The same module runs in JupyterLab (through anywidget) and in the rendered
// page (through page.js). It holds no mathematics of its own: every number
// comes from a function that the notebook sent along.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 68, right: 14, top: 16, bottom: 44 };

// --- numbers ---------------------------------------------------------------

/** Turn {name: {args, body}} into {name: scope => value}. */
export function compile(functions) {
  const compiled = {};
  for (const [name, { args, body }] of Object.entries(functions)) {
    const call = new Function(...args, body);
    compiled[name] = (scope) => call(...args.map((arg) => scope[arg]));
  }
  return compiled;
}

/** Values at 1, 2 or 5 times a power of ten: at most `most` of them from low to high. */
export function ticks(low, high, most) {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * (1 - 1e-9));
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return { values: found, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

export const shown = (value, digits) =>
  Number.isFinite(value) ? value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, "").replace("-", "−") : "–";

/**
 * EM on the data, half a step at a time: E, M, E, M, …
 *
 * Entry s of the path is what is known after s half steps: theta (the
 * parameters), gamma (the responsibilities, null before the first E-step) and
 * logL (the log-likelihood of theta). The path ends early where a component
 * has collapsed.
 */
export class Path {
  constructor(call, xs, K, theta) {
    Object.assign(this, { call, xs, K, steps: [{ theta, gamma: null, logL: this.#logL(call, xs, theta) }] });
  }

  #logL(call, xs, theta) {
    return call.logL({ xs, N: xs.length, ...theta });
  }

  at(s) {
    while (this.steps.length <= s) {
      const next = this.steps.length % 2 ? this.#eStep() : this.#mStep();
      if (!next) break;
      this.steps.push(next);
    }
    return this.steps[Math.min(s, this.steps.length - 1)];
  }

  #eStep() {
    const { theta, logL } = this.steps.at(-1);
    const names = Array.from({ length: this.K }, (_, k) => `gamma${k + 1}`);
    return { theta, logL, gamma: this.xs.map((x) => names.map((name) => this.call[name]({ x, ...theta }))) };
  }

  #mStep() {
    const { gamma } = this.steps.at(-1);
    const data = { xs: this.xs, N: this.xs.length, gammas: gamma };
    const theta = {}, mus = [];
    for (let k = 1; k <= this.K; k++) {
      theta[`pi${k}`] = this.call.weight({ ...data, k });
      mus.push((theta[`mu${k}`] = this.call.mean({ ...data, k })));
    }
    for (let k = 1; k <= this.K; k++) theta[`var${k}`] = this.call.variance({ ...data, mus, k });
    const spread = this.xs.reduce((most, x) => Math.max(most, Math.abs(x - this.xs[0])), 0);
    for (let k = 1; k <= this.K; k++) {
      if (!(theta[`var${k}`] > (1e-8 * spread) ** 2)) {
        this.collapsed = k;
        return null;
      }
    }
    return { theta, gamma, logL: this.#logL(this.call, this.xs, theta) };
  }
}

// --- drawing ---------------------------------------------------------------

function svg(parent, tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  set(node, attributes);
  parent?.append(node);
  return node;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

function html(parent, tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text !== undefined) node.textContent = text;
  parent?.append(node);
  return node;
}

const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(2)},${y.toFixed(2)}`).join("");

/** The mix of the components' colours in the shares gamma, as CSS. */
function mixed(gamma) {
  let colour = "var(--gmm-1)", total = gamma[0];
  for (let k = 1; k < gamma.length; k++) {
    total += gamma[k];
    const share = total > 0 ? (100 * gamma[k]) / total : 0;
    colour = `color-mix(in srgb, var(--gmm-${k + 1}) ${share.toFixed(1)}%, ${colour})`;
  }
  return colour;
}

/** One pair of axes and the layers on it. */
class Panel {
  constructor(figure, spec) {
    Object.assign(this, { figure, spec });
    this.root = svg(figure.svg, "g", { class: "gmm-panel" });
  }

  /** Lay the axes out in a box of the given place and size. */
  layout(top, width, height) {
    const { left, right, bottom } = MARGIN;
    Object.assign(this, { top: top + MARGIN.top, left, width: width - left - right });
    this.height = height - MARGIN.top - bottom;
    if (this.spec.square) this.width = this.height = Math.min(this.width, this.height);
    this.root.replaceChildren();
    const clip = `gmm-clip-${this.figure.id}-${this.figure.panels.indexOf(this)}`;
    const box = { x: this.left, y: this.top, width: this.width, height: this.height };
    svg(svg(this.root, "clipPath", { id: clip }), "rect", box);
    this.axes = svg(this.root, "g", { class: "gmm-axes", "aria-hidden": "true" });
    this.clipped = svg(this.root, "g", { "clip-path": `url(#${clip})` });
    this.free = svg(this.root, "g");
    this.painters = this.spec.layers.map((layer) => layers[layer.kind](this, layer));
    this.range = null;
  }

  px(x) {
    const [a, b] = this.domain;
    return this.left + (this.width * (x - a)) / (b - a);
  }

  py(y) {
    const [a, b] = this.range;
    return this.top + this.height - (this.height * (y - a)) / (b - a);
  }

  /** The value on the horizontal axis (or the vertical one) under a pointer. */
  under(event, vertical) {
    const box = this.figure.svg.getBoundingClientRect();
    const share = vertical
      ? (box.top + this.top + this.height - event.clientY) / this.height
      : (event.clientX - box.left - this.left) / this.width;
    const [a, b] = vertical ? this.range : this.domain;
    return a + Math.min(1, Math.max(0, share)) * (b - a);
  }

  draw(scope) {
    const range = this.#range(scope);
    this.domain = this.spec.trace ? [0, Math.max(10, scope.trace.length - 1)] : this.spec.x;
    const drawn = [...range, ...this.domain].join();
    this.range = range;
    if (drawn !== this.drawn || !this.axes.hasChildNodes()) this.#drawAxes();
    this.drawn = drawn;
    this.painters.forEach((paint) => paint(scope));
  }

  /** The vertical range: as given, or up to the next round number above the curves. */
  #range(scope) {
    let [low, high] = this.spec.trace ? [Math.min(...scope.trace), Math.max(...scope.trace)] : this.spec.y;
    if (this.spec.trace) {
      const room = Math.max(20, high - low) * 0.1;
      return [low - room, high + room];
    }
    if (high === null) {
      const peak = Math.max(0, ...this.spec.layers.map((layer) => this.#peak(layer, scope)));
      const power = 10 ** Math.floor(Math.log10(peak));
      high = [1, 2, 4, 6, 8, 10].map((m) => m * power).find((h) => h >= peak * 1.05) ?? 20 * power;
    }
    return [low, high];
  }

  #peak(layer, scope) {
    if (layer.kind === "bricks") return layer.height * (Math.max(...layer.row) + 1);
    if (layer.kind !== "curve") return 0;
    return Math.max(...this.points(layer, scope, 120).map(([, y]) => y).filter(Number.isFinite));
  }

  /** Points (x, y) of a curve layer across the axis. */
  points(layer, scope, steps = 300) {
    const [a, b] = this.spec.x, name = this.spec.variable, call = this.figure.call[layer.fn];
    return Array.from({ length: steps + 1 }, (_, i) => {
      const x = a + ((b - a) * i) / steps;
      return [x, call({ ...scope, [name]: x })];
    });
  }

  #drawAxes() {
    const { axes, left, top, width, height } = this, bottom = top + height;
    axes.replaceChildren();
    svg(axes, "path", { class: "gmm-axis", d: `M${left},${top}V${bottom}H${left + width}` });
    const across = ticks(...this.domain, Math.max(3, Math.floor(width / 70)));
    for (const x of across.values) {
      svg(axes, "path", { class: "gmm-axis", d: `M${this.px(x)},${bottom}v5` });
      svg(axes, "text", { x: this.px(x), y: bottom + 18, "text-anchor": "middle" }).textContent = shown(x, across.digits);
    }
    const up = ticks(...this.range, Math.max(2, Math.floor(height / 40)));
    for (const y of up.values) {
      svg(axes, "path", { class: "gmm-axis", d: `M${left},${this.py(y)}h-5` });
      svg(axes, "text", { x: left - 8, y: this.py(y) + 4, "text-anchor": "end" }).textContent = shown(y, up.digits);
    }
    svg(axes, "text", { class: "gmm-label", x: left + width / 2, y: bottom + 37, "text-anchor": "middle" }).textContent =
      this.spec.xlabel;
    const middle = top + height / 2;
    svg(axes, "text", { class: "gmm-label", transform: `translate(14,${middle})rotate(-90)`, "text-anchor": "middle" })
      .textContent = this.spec.ylabel;
  }
}

const number = (figure, value, scope) =>
  typeof value === "number" ? value : value in figure.call ? figure.call[value](scope) : scope[value];

/** Each kind of layer: (panel, layer) => (scope => void), which brings it up to date. */
const layers = {
  curve(panel, layer) {
    const area = layer.fill && svg(panel.clipped, "path", { class: `gmm-area gmm-${layer.role}` });
    const line = svg(panel.clipped, "path", { class: `gmm-curve gmm-${layer.role}` });
    return (scope) => {
      const points = panel.points(layer, scope).filter(([, y]) => Number.isFinite(y));
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
      const [a, b] = [layer.from, layer.to].map((end) => number(panel.figure, end, scope));
      const call = panel.figure.call[layer.fn], base = panel.py(0);
      const points = Array.from({ length: 61 }, (_, i) => {
        const x = a + ((b - a) * i) / 60;
        return [panel.px(x), panel.py(call({ ...scope, [panel.spec.variable]: x }))];
      });
      set(area, { d: `${path(points)}L${panel.px(b)},${base}L${panel.px(a)},${base}Z` });
    };
  },

  /** The histogram, a brick for each observation, coloured by its responsibilities. */
  bricks(panel, layer) {
    const bricks = layer.left.map(() => svg(panel.clipped, "rect", { class: "gmm-brick" }));
    const names = layer.gamma;
    return (scope) => {
      const w = panel.px(panel.spec.x[0] + layer.width) - panel.left;
      const h = panel.top + panel.height - panel.py(layer.height);
      bricks.forEach((brick, i) => {
        const x = panel.px(layer.left[i]).toFixed(2), y = (panel.py(layer.height * (layer.row[i] + 1))).toFixed(2);
        const inset = Math.min(0.5, h / 8);
        set(brick, { x, y, width: Math.max(0.5, w - inset).toFixed(2), height: Math.max(0.4, h - inset).toFixed(2) });
        const point = { ...scope, x: layer.x[i] };
        const gamma = scope.gamma ? scope.gamma[i] : names && !scope.stepping ? names.map((n) => panel.figure.call[n](point)) : null;
        brick.style.fill = gamma ? mixed(gamma) : "";
      });
    };
  },

  /** Points on a line, as large as their share. */
  points(panel, layer) {
    const dots = layer.x.map(() => svg(panel.clipped, "circle", { class: `gmm-point gmm-${layer.role}` }));
    return (scope) =>
      dots.forEach((dot, i) => {
        const share = layer.share ? number(panel.figure, layer.share[i], scope) : 1;
        set(dot, { cx: panel.px(layer.x[i]), cy: panel.py(number(panel.figure, layer.y, scope)), r: 3 + 9 * Math.sqrt(share) });
      });
  },

  vline(panel, layer) {
    const line = svg(panel.clipped, "path", { class: `gmm-vline gmm-${layer.role}` });
    const text = layer.label && svg(panel.free, "text", { class: `gmm-mark gmm-${layer.role}`, "text-anchor": "middle" });
    return (scope) => {
      const at = number(panel.figure, layer.x, scope), x = panel.px(at);
      const inside = at >= panel.domain[0] && at <= panel.domain[1];
      set(line, { d: inside ? `M${x},${panel.top}V${panel.top + panel.height}` : "" });
      if (text) {
        text.textContent = inside ? layer.label : "";
        set(text, { x, y: panel.top - 3 });
      }
    };
  },

  hline(panel, layer) {
    const line = svg(panel.clipped, "path", { class: `gmm-vline gmm-${layer.role}` });
    return (scope) => {
      const y = panel.py(number(panel.figure, layer.y, scope));
      set(line, { d: `M${panel.left},${y}H${panel.left + panel.width}` });
    };
  },

  dot(panel, layer) {
    const dot = svg(panel.clipped, "circle", { class: `gmm-dot gmm-${layer.role}`, r: 5 });
    return (scope) => {
      const x = number(panel.figure, layer.x, scope);
      const y = number(panel.figure, layer.y, { ...scope, [panel.spec.variable]: x });
      set(dot, Number.isFinite(y) ? { cx: panel.px(x), cy: panel.py(y), opacity: 1 } : { opacity: 0 });
    };
  },

  /** A dot that can be dragged: it sets one parameter, or two on a map. */
  handle(panel, layer) {
    const group = svg(panel.free, "g", { class: `gmm-handle gmm-${layer.role}`, "data-param": layer.x });
    svg(group, "circle", { class: "gmm-hit", r: 22 });
    svg(group, "circle", { class: "gmm-grip", r: 8 });
    const follow = (event) => {
      panel.figure.change(layer.x, panel.under(event, false));
      if (layer.map) panel.figure.change(layer.y, panel.under(event, true));
    };
    group.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      group.setPointerCapture(event.pointerId);
      group.onpointermove = follow;
    });
    group.addEventListener("lostpointercapture", () => (group.onpointermove = null));
    return (scope) => {
      const x = scope[layer.x];
      const y = layer.map ? scope[layer.y] : number(panel.figure, layer.y, { ...scope, [panel.spec.variable]: x });
      const [low, high] = panel.range;
      set(group, { transform: `translate(${panel.px(x)},${panel.py(Math.min(high, Math.max(low, y)))})` });
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
      points.forEach(([cx, cy]) => svg(dots, "circle", { class: "gmm-dot gmm-mixture", cx, cy, r: 3.5 }));
    };
  },
};

let figures = 0;

class Figure {
  constructor(model, el) {
    Object.assign(this, { model, el, id: ++figures, call: compile(model.get("functions")) });
    this.spec = model.get("spec");
    this.params = this.spec.params;
    el.classList.add("gmm-figure");
    el.dataset.figure = model.get("name");
    this.#legend();
    this.svg = svg(el, "svg", { role: "img", "aria-label": this.spec.alt });
    this.panels = this.spec.panels.map((panel) => new Panel(this, panel));
    if (this.spec.stepping) this.#steppers();
    this.readout = html(el, "div", "gmm-readout");
    this.readout.setAttribute("aria-live", "polite");
    this.lines = this.spec.readouts.map(() => html(this.readout, "div", "gmm-readout-line"));
    this.redraw = () => this.draw();
    this.params.forEach((name) => model.on(`change:${name}`, this.redraw));
    this.observer = new ResizeObserver(() => this.layout());
    this.observer.observe(el);
    this.layout();
    // For tests and for the curious: what the page computes, by name.
    el.gmm = { call: this.call, scope: () => this.scope(), spec: this.spec };
  }

  remove() {
    this.observer.disconnect();
    this.params.forEach((name) => this.model.off(`change:${name}`, this.redraw));
  }

  /** Set a parameter within the bounds of its slider. */
  change(name, value) {
    const { min, max, step } = this.spec.bounds[name];
    const rounded = min + Math.round((Math.min(max, Math.max(min, value)) - min) / step) * step;
    this.model.set(name, Math.min(max, Number(rounded.toFixed(10))));
    this.model.save_changes();
  }

  /** All that a function may ask for: the sliders, the data, and what EM has made of them. */
  scope() {
    const values = Object.fromEntries(this.params.map((name) => [name, this.model.get(name)]));
    const scope = { ...values, xs: this.spec.data, N: this.spec.data?.length };
    if (!this.spec.stepping) return scope;
    const theta = Object.fromEntries(this.spec.stepping.theta.map((name) => [name, this.#start(name, scope)]));
    const key = JSON.stringify(theta);
    if (key !== this.key) this.path = new Path(this.call, this.spec.data, this.spec.stepping.K, theta);
    this.key = key;
    const now = this.path.at(values.step), reached = Math.min(values.step, this.path.steps.length - 1);
    const trace = this.path.steps.filter((_, s) => s % 2 === 0 && s <= reached).map((entry) => entry.logL);
    return { ...scope, ...now.theta, gamma: now.gamma, trace, reached, iteration: trace.length - 1, stepping: true };
  }

  #start(name, scope) {
    return number(this, this.spec.stepping.start?.[name] ?? name, scope);
  }

  layout() {
    const width = Math.max(260, Math.min(this.el.clientWidth || 640, 820));
    if (width === this.width) return;
    this.width = width;
    const unit = Math.max(190, Math.min(300, width * 0.46));
    let top = 0;
    for (const panel of this.panels) {
      const height = panel.spec.square ? Math.min(width, 440) : Math.round(unit * panel.spec.height);
      panel.layout(top, width, height);
      top += height;
    }
    set(this.svg, { viewBox: `0 0 ${width} ${top}`, width, height: top });
    this.draw();
  }

  draw() {
    const scope = this.scope();
    this.panels.forEach((panel) => panel.draw(scope));
    this.spec.readouts.forEach((template, i) => (this.lines[i].textContent = this.#filled(template, scope)));
    if (this.spec.stepping) this.#tell(scope);
  }

  /** Fill {name:digits} in a sentence with the value of that function or parameter. */
  #filled(template, scope) {
    return template.replace(/\{(\w+)(?::(\d+))?\}/g, (_, name, digits) =>
      shown(number(this, name, scope), Number(digits ?? 3)));
  }

  #legend() {
    const entries = this.spec.panels.flatMap((panel) => panel.layers).filter((layer) => layer.legend);
    if (!entries.length) return;
    const list = html(this.el, "ul", "gmm-legend");
    for (const layer of entries) {
      const item = html(list, "li", `gmm-key gmm-${layer.role} gmm-key-${layer.kind}`);
      html(item, "span", "gmm-swatch").setAttribute("aria-hidden", "true");
      item.append(layer.legend);
    }
  }

  #steppers() {
    const bar = html(this.el, "div", "gmm-steppers");
    const move = (by) => () => this.change("step", this.model.get("step") + by);
    const button = (text, by) => {
      const node = html(bar, "button", "gmm-button", text);
      node.type = "button";
      node.onclick = by === null ? () => this.change("step", 0) : move(by);
      return node;
    };
    this.buttons = { start: button("Start again", null), back: button("Back", -1), next: button("E-step", 1) };
    this.status = html(this.el, "p", "gmm-status");
    this.status.setAttribute("aria-live", "polite");
  }

  #tell({ step, reached, iteration }) {
    const { start, back, next } = this.buttons;
    start.disabled = back.disabled = step === 0;
    next.textContent = reached % 2 ? "M-step: move the curves" : "E-step: colour the data";
    next.disabled = step >= this.spec.bounds.step.max || reached < step;
    const said =
      step === 0
        ? "The starting values. The E-step comes next."
        : reached % 2
          ? `E-step ${iteration + 1} done: each observation has its responsibilities.`
          : `M-step ${iteration} done: each curve is the mean and variance of its share.`;
    this.status.textContent =
      reached < step ? `Component ${this.path.collapsed} has collapsed onto one value: EM stops here. Choose another start.` : said;
  }
}

export default {
  render({ model, el }) {
    const figure = new Figure(model, el);
    return () => figure.remove();
  },
};
