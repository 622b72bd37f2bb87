// The live figure: draws what SymPy printed, and redraws when a slider moves.
//
// The same module runs in JupyterLab (through anywidget) and in the rendered
// page (through page.js). It holds no mathematics of its own: every number
// comes from a function that the notebook sent along. What draws nodes, texts
// and ticks stands before it, from drawing.js.

const MARGIN = { left: 68, right: 14, top: 16, bottom: 44 };
const SQUARE = MARGIN.left + MARGIN.right - MARGIN.top - MARGIN.bottom; // by so much it is wider than high
// The heights of pictures (book/page/page.css keeps the same room): a figure with its sliders fits a small screen.
const HEIGHT = { one: [220, 280], beside: 280, below: [268, 330], map: 230, aboveMap: 160 };
const ROOM = 600; // from this width on things stand side by side

// --- numbers ---------------------------------------------------------------

/** A function that SymPy printed: a page has it in a file, a notebook as its text. */
const made = ({ args, body, call }) => call ?? new Function(...args, body);

/** Turn {name: printed function} into {name: scope => value}. */
export function compile(functions) {
  const compiled = {};
  for (const [name, printed] of Object.entries(functions)) {
    const call = made(printed), { args } = printed;
    compiled[name] = (scope) => call(...args.map((arg) => scope[arg]));
  }
  return compiled;
}

/** A value as 1.2·10⁻⁹ or 1.2·10⁹. */
function power(value) {
  const [factor, exponent] = value.toExponential(1).split("e");
  return `${factor}·10${exponent.replace("+", "").replace(/./g, (digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)])}`;
}

/** A value in three digits, or so. */
function brief(value) {
  const size = Math.abs(value);
  if (size >= 1e5 || (size && size < 1e-3)) return power(value);
  return shown(value, Math.max(0, 2 - Math.floor(Math.log10(size || 1))));
}

const STILL = 1e-6; // EM has converged when an M-step moves no weight, and no mean or σ in units of σ, by more

/**
 * EM on the data, half a step at a time: E, M, E, M, …
 *
 * Entry s of the path is what is known after s half steps: theta (the
 * parameters), gamma (the responsibilities, null before the first E-step) and
 * logL (the log-likelihood of theta). The path ends early where a component
 * has collapsed. `converged` is the first iteration that moved nothing.
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

  /** The log-likelihoods from the first M-step to the last: the start lies far below, and would make them look flat. */
  span(s) {
    this.at(s);
    const all = this.steps.filter((_, i) => i % 2 === 0).map(({ logL }) => logL);
    const low = all[1] ?? all[0], high = all.at(-1), room = Math.max(1, high - low) / 10;
    return [low - 2.5 * room, high + room]; // below there is room for the mark of the start
  }

  #eStep() {
    const { theta, logL } = this.steps.at(-1);
    const names = Array.from({ length: this.K }, (_, k) => `gamma${k + 1}`);
    return { theta, logL, gamma: this.xs.map((x) => names.map((name) => this.call[name]({ x, ...theta }))) };
  }

  #mStep() {
    const { gamma, theta: before } = this.steps.at(-1);
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
    const moves = mus.flatMap((_, i) => {
      const [from, to] = [before, theta].map((at) => ["pi", "mu", "var"].map((name) => at[`${name}${i + 1}`]));
      const sigma = Math.sqrt(to[2]);
      return [to[0] - from[0], (to[1] - from[1]) / sigma, 1 - Math.sqrt(from[2]) / sigma];
    });
    // Where two components are one, EM rests on a saddle: nothing moves, and yet it is no end.
    const saddle = mus.some((mu, i) => {
      const [here, first] = [theta[`var${i + 1}`], theta.var1];
      return i > 0 && Math.abs(mu - mus[0]) / Math.sqrt(first) + Math.abs(Math.log(here / first)) / 2 < STILL;
    });
    if (!saddle && moves.every((move) => Math.abs(move) <= STILL)) this.converged ??= this.steps.length / 2;
    return { theta, gamma, logL: this.#logL(this.call, this.xs, theta) };
  }
}

// --- drawing ---------------------------------------------------------------

/** The mix of the data's colour and the components', each with its share, as CSS. */
function mix(shares) {
  let colour = "var(--gmm-data)", total = +shares[0];
  for (let k = 1; k < shares.length; k++) {
    total += +shares[k];
    const share = total > 0 ? (100 * shares[k]) / total : 0;
    if (share) colour = `color-mix(in srgb, var(--gmm-${k}) ${share.toFixed(0)}%, ${colour})`;
  }
  return colour;
}

/** What lies at the share t of the way from one scope of EM to another. */
function between(from, to, t) {
  const seen = Object.entries(to).map(([name, b]) => [name, typeof b === "number" ? part(from[name], b, t) : b]);
  const shares = to.shares.map((row, i) => row.map((b, k) => part(from.shares[i][k], b, t)));
  return { ...Object.fromEntries(seen), shares };
}

const part = (a, b, t) => a + t * (b - a);
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Call with a share that grows to 1 in a quarter of a second, or with 1 at once; return what stops it. */
function glide(gently, show) {
  const begin = performance.now();
  let frame;
  const next = () => {
    const t = gently ? Math.min(1, (performance.now() - begin) / 250) : 1;
    show(t);
    if (t < 1) frame = requestAnimationFrame(next);
  };
  next();
  return () => cancelAnimationFrame(frame);
}

let usual = 0; // the width of the first figure of a page, most likely that of the others

const limit = (value, [low, high]) => Math.min(high, Math.max(low, value));

/** One pair of axes and the layers on it. */
class Panel {
  constructor(figure, spec) {
    Object.assign(this, { figure, spec, domain: spec.x, range: spec.y });
    this.root = svg(figure.picture, "g", { class: "gmm-panel", "aria-hidden": "true" });
    this.hands = svg(figure.hands, "g"); // what a hand may take stands apart, for a picture has no parts that can be reached
  }

  /** Lay the axes out in a box of the given place and size. */
  layout([begin, top, width, height]) {
    const { left, right, bottom } = MARGIN;
    Object.assign(this, { top: top + MARGIN.top, left: begin + left, width: width - left - right });
    this.height = height - MARGIN.top - bottom;
    if (this.spec.square) this.width = this.height = Math.min(this.width, this.height);
    this.root.replaceChildren();
    this.hands.replaceChildren();
    this.axes = svg(this.root, "g", { class: "gmm-axes" });
    // A picture in the picture clips at its edges. A clipPath would need an id, and in
    // JupyterLab each figure and each view of it runs a copy of this module: none could count them.
    this.box = { x: this.left, y: this.top, width: this.width, height: this.height };
    this.clipped = svg(this.root, "svg", { ...this.box, viewBox: Object.values(this.box).join(" ") });
    this.free = svg(this.root, "g");
    this.cuts = svg(this.root, "g");
    this.painters = this.spec.layers.map((layer) => layers[layer.kind](this, layer));
    this.drawn = null;
  }

  px(x) {
    const [a, b] = this.domain;
    return this.left + (this.width * (x - a)) / (b - a);
  }

  py(y) {
    const [a, b] = this.range;
    // SVG's numbers are single: what is far above the picture stays within them.
    return Math.max(-1e5, this.top + this.height - (this.height * (y - a)) / (b - a));
  }

  /** The values on the two axes at a place in the picture. */
  at([px, py]) {
    const [[a, b], [low, high]] = [this.domain, this.range];
    return [a + ((px - this.left) / this.width) * (b - a), low + ((this.top + this.height - py) / this.height) * (high - low)];
  }

  draw(scope) {
    const drawn = [...this.range, ...this.domain].join(), moved = drawn !== this.drawn;
    if (moved) this.#drawAxes();
    this.drawn = drawn;
    this.cuts.replaceChildren();
    this.painters.forEach((paint) => paint(scope, moved));
  }

  /** A mark, where y lies beyond the picture, at the edge that cuts it: a caret and the value. */
  cut(x, y, role) {
    const [low, high] = this.range, room = 1e-9 * (high - low), sign = y > high + room ? "▲" : y < low - room ? "▼" : "";
    if (!sign) return;
    const place = this.px(x), right = place + 90 < this.left + this.width, text = right ? `${sign} ${brief(y)}` : `${brief(y)} ${sign}`;
    const near = [...this.cuts.children].filter((other) => other.textContent.includes(sign) && Math.abs(other.place - place) < 90);
    if (near.some((other) => other.textContent === text)) return;
    const away = 15 * near.length;
    const mark = svg(this.cuts, "text", {
      class: `gmm-mark gmm-cut gmm-${role}`,
      x: right ? place - 6 : place + 6,
      y: sign === "▲" ? this.top + 22 + away : this.top + this.height - 6 - away, // a ring at the edge hides no number
      "text-anchor": right ? "start" : "end",
    });
    Object.assign(mark, { textContent: text, place });
  }

  /** Points (x, y) of a curve layer across the axis. */
  points(layer, scope, steps = 300) {
    const [a, b] = this.spec.x, name = this.spec.variable, call = this.figure.call[layer.fn];
    const places = Array.from({ length: steps + 1 }, (_, i) => a + ((b - a) * i) / steps);
    // A bell narrower than a step would fall between two of them.
    for (const bell of layer.near ?? []) {
      const [mean, variance] = bell.map((part) => number(this.figure, part, scope));
      for (let t = -5; t <= 5; t += 0.5) places.push(mean + t * Math.sqrt(variance));
    }
    const inside = places.filter((x, i) => i <= steps || (a < x && x < b)).sort((p, q) => p - q);
    const at = Object.create(layer.start ? { ...scope, ...scope.start } : scope);
    return inside.map((x) => [(at[name] = x), call(at)]);
  }

  #drawAxes() {
    const { axes, left, top, width, height } = this, bottom = top + height;
    axes.replaceChildren();
    svg(axes, "path", { class: "gmm-axis", d: `M${left},${top}V${bottom}H${left + width}` });
    const across = ticks(...this.domain, Math.max(4, Math.floor(width / 50)));
    for (const x of across.values) {
      svg(axes, "path", { class: "gmm-axis", d: `M${this.px(x)},${bottom}v5` });
      svg(axes, "text", { x: this.px(x), y: bottom + 18, "text-anchor": "middle" }).textContent = shown(x, across.digits);
    }
    const up = ticks(...this.range, Math.max(3, Math.floor(height / 32)));
    for (const y of up.values) {
      svg(axes, "path", { class: "gmm-axis", d: `M${left},${this.py(y)}h-5` });
      svg(axes, "text", { x: left - 8, y: this.py(y) + 4, "text-anchor": "end" }).textContent = shown(y, up.digits);
    }
    svg(axes, "text", { class: "gmm-label", x: left + width / 2, y: bottom + 37, "text-anchor": "middle" }).textContent =
      this.spec.xlabel;
    const middle = top + height / 2;
    svg(axes, "text", { class: "gmm-label", transform: `translate(${left - MARGIN.left + 12},${middle})rotate(-90)`, "text-anchor": "middle" })
      .textContent = this.spec.ylabel;
  }
}

const number = (figure, value, scope) =>
  typeof value === "number" ? value : value in figure.call ? figure.call[value](scope) : scope[value];

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

/** Each kind of layer: (panel, layer) => (scope, moved) => void, which brings it up to date; moved says that the axes have. */
const layers = {
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
      const [a, b] = [layer.from, layer.to].map((end) => number(panel.figure, end, scope));
      const call = panel.figure.call[layer.fn], base = panel.py(0);
      const points = Array.from({ length: 61 }, (_, i) => {
        const x = a + ((b - a) * i) / 60;
        return [panel.px(x), panel.py(call({ ...scope, [panel.spec.variable]: x }))];
      });
      set(area, { d: `${path(points)}L${panel.px(b)},${base}L${panel.px(a)},${base}Z` });
    };
  },

  /**
   * The histogram, a brick for each observation, coloured by its responsibilities. All bricks of a
   * colour are one path: thousands of elements would take the browser longer than a frame.
   */
  bricks(panel, layer) {
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
  },

  /** Points on a line, as large as their shares where they have some. */
  points(panel, layer) {
    const dots = layer.x.map(() => svg(panel.clipped, "circle", { class: `gmm-point gmm-${layer.role}` }));
    return (scope) =>
      dots.forEach((dot, i) => {
        const r = layer.share ? 3 + 9 * Math.sqrt(number(panel.figure, layer.share[i], scope)) : 5;
        set(dot, { cx: panel.px(layer.x[i]), cy: panel.py(number(panel.figure, layer.y, scope)), r });
      });
  },

  vline(panel, layer) {
    const line = svg(panel.clipped, "path", { class: `gmm-vline gmm-${layer.role}` });
    const text = layer.label && svg(panel.free, "text", { class: `gmm-mark gmm-${layer.role}`, "text-anchor": "middle" });
    return (scope) => {
      const at = number(panel.figure, layer.x, scope), [low, high] = panel.domain;
      const x = panel.px(Math.min(high, Math.max(low, at)));
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
      panel.cut(x, y, layer.role);
    };
  },

  /**
   * A ring that can be dragged, or moved by the arrow keys. Under a hand it goes to the place nearest to the
   * pointer that its parameters can bring it to, within their sliders: `sets` names them, the one along the axis first.
   */
  handle(panel, layer) {
    const { figure } = panel, { bounds } = figure.spec, sets = layer.sets ?? (layer.map ? [layer.x, layer.y] : [layer.x]);
    const group = svg(panel.hands, "g", {
      class: `gmm-handle gmm-${layer.role}`,
      "data-param": layer.x,
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
      const scope = layer.start ? figure.started(values) : values, x = number(figure, layer.x, scope);
      return [x, layer.map ? scope[layer.y] : number(figure, layer.y, { ...scope, [panel.spec.variable]: x })];
    };
    // Where the ring is, in the picture: at its edge for a value beyond it.
    const where = (scope) => {
      const [x, y] = value(scope);
      return [panel.px(limit(x, panel.domain)), panel.py(limit(y, panel.range))];
    };
    // Held at its rim, the ring keeps its distance from the pointer and does not jump.
    const nearest = (target, start, choices) => {
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
    };
    group.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      group.focus({ preventScroll: true });
      group.setPointerCapture(event.pointerId);
      figure.take();
      const down = figure.under(event), start = own(figure.scope()), here = where(start);
      // What a slider can be set to, nearest first: of two that are as good the one that changes less.
      const choices = sets.map((name) => {
        const { min, max, step } = bounds[name], from = start[name];
        const steps = Array.from({ length: Math.floor((max - min) / step + 1e-9) + 1 }, (_, i) => +(min + i * step).toFixed(10));
        return [from, ...steps.sort((a, b) => Math.abs(a - from) - Math.abs(b - from))];
      });
      // Two ways at once, but not by accident: a few pixels beside the row or the column where it stood are none.
      const least = sets.length > 1 ? 3 : 0;
      group.onpointermove = (move) => {
        const ways = figure.under(move).map((place, i) => place - down[i]);
        const target = here.map((place, i) => place + (Math.abs(ways[i]) > least ? ways[i] : 0));
        figure.put(nearest(target, start, choices));
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

class Figure {
  constructor(model, el) {
    Object.assign(this, { model, el, call: compile(model.get("functions")), spec: model.get("spec") });
    this.params = this.spec.params;
    this.heard = [];
    el.classList.add("gmm-figure");
    el.dataset.figure = model.get("name");
    const formula = html(el, "p", "gmm-formula");
    this.formula = this.spec.formula.map(([role, text]) => [html(formula, "span", `gmm-${role}`), text]);
    this.#legend();
    this.svg = svg(el, "svg", { role: "presentation" });
    this.picture = svg(this.svg, "g", { role: "img", "aria-label": this.spec.alt });
    this.hands = svg(this.svg, "g");
    this.panels = this.spec.panels.map((panel) => new Panel(this, panel));
    if (this.spec.stepping) this.#steppers();
    if (this.spec.pointed) this.#pointing();
    const readout = html(el, "div", "gmm-readout");
    this.lines = this.spec.readouts.map(() => html(readout, "div", "gmm-readout-line"));
    this.spoken = html(el, "div", "gmm-spoken");
    this.spoken.setAttribute("aria-live", "polite");
    this.redraw = () => {
      if (this.quiet || this.#leads()) return;
      const moves = this.spec.stepping && this.step !== model.get("step") && this.#gently();
      this.draw(moves);
      this.#speak();
    };
    this.params.forEach((name) => this.listen(`change:${name}`, this.redraw));
    this.observer = new ResizeObserver(([{ contentRect }]) => this.layout(contentRect.width));
    this.observer.observe(el);
    // To ask each element for its width would make the browser lay out the page for each figure anew.
    this.layout((usual ||= el.clientWidth));
    set(this.picture, { "aria-label": this.#state() });
    // For tests and for the curious: what the page computes, by name, and what it shows of it.
    const { call, spec, panels } = this;
    el.gmm = { call, spec, panels, scope: () => this.scope(), started: (values) => this.started(values), seen: () => this.seen };
  }

  remove() {
    [this.timer, this.settling, this.playing].forEach(clearTimeout);
    [this.moving, this.scaling].forEach((stop) => stop?.());
    this.observer.disconnect();
    this.heard.forEach(([event, call]) => this.model.off(event, call));
  }

  /** Listen to the model for as long as the figure is there. */
  listen(event, call) {
    this.model.on(event, call);
    this.heard.push([event, call]);
  }

  /** Where a pointer is, in the picture's own units. */
  under(event) {
    const box = this.svg.getBoundingClientRect(), scale = this.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  /** Say to a screen reader what stands below the picture, once the reader's hand is at rest. */
  #speak() {
    const say = (text, after, next) => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.spoken.textContent = text();
        next?.();
      }, after);
    };
    const now = () => {
      set(this.picture, { "aria-label": this.#state() });
      return this.news ?? this.#told();
    };
    say(now, 800, () => say(() => "", 5000)); // silent again: the same text stands there to be read
  }

  #told() {
    return [this.status, ...this.lines].map((node) => node?.textContent).filter(Boolean).join(" ");
  }

  /** What the picture shows, and its state in numbers: the name that it has for who does not see it. */
  #state() {
    const { alt, stepping, bounds } = this.spec, formula = this.formula.map(([node]) => node.textContent).join("");
    const sliders = this.params.map((name) => `${bounds[name].label} ${shown(this.model.get(name), bounds[name].digits)}`);
    return `${alt} ${stepping ? "" : `${formula || sliders.join(", ")}. `}${this.#told()}`;
  }

  /** Set several parameters at once. */
  put(values) {
    if (Object.entries(values).every(([name, value]) => this.model.get(name) === value)) return;
    this.quiet = true;
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.quiet = false;
    this.model.save_changes();
    this.redraw();
  }

  /** Set a parameter within the bounds of its slider. */
  change(name, value) {
    const { min, max, step } = this.spec.bounds[name];
    const rounded = min + Math.round((Math.min(max, Math.max(min, value)) - min) / step) * step;
    this.model.set(name, Math.min(max, Number(rounded.toFixed(10))));
    this.model.save_changes();
  }

  /** Where the sliders are. */
  values() {
    return Object.fromEntries(this.params.map((name) => [name, this.model.get(name)]));
  }

  /** What a function may ask for where EM starts from these values. */
  started(values) {
    return { ...values, ...this.#start(values) };
  }

  /** All that a function may ask for: the sliders, the data, and what EM has made of them. */
  scope() {
    const values = this.values();
    const scope = { ...values, xs: this.spec.data, N: this.spec.data?.length };
    if (!this.spec.stepping) return scope;
    const start = this.#start(scope), key = JSON.stringify(start);
    if (key !== this.key) this.path = new Path(this.call, this.spec.data, this.spec.stepping.K, start);
    this.key = key;
    const now = this.path.at(values.step), reached = Math.min(values.step, this.path.steps.length - 1);
    const trace = this.path.steps.filter((_, s) => s % 2 === 0 && s <= reached).map((entry) => entry.logL);
    // The share of grey in each observation's colour, and those of the components.
    const shares = scope.xs.map((_, n) => (now.gamma ? [0, ...now.gamma[n]] : [1, 0, 0]));
    return { ...scope, values, ...now.theta, start, gamma: now.gamma, shares, trace, reached, iteration: trace.length - 1 };
  }

  /** Where EM starts, by the sliders. */
  #start(scope) {
    const { theta, start } = this.spec.stepping;
    return Object.fromEntries(theta.map((name) => [name, number(this, start?.[name] ?? name, scope)]));
  }

  /** Whether another step is due than the one asked for: the first, for another start, or a later one as playing goes on. */
  #leads() {
    if (!this.spec.stepping) return false;
    const { model } = this, step = model.get("step"), from = this.step;
    let to = step;
    if (step === from && step && JSON.stringify(this.#start(this.values())) !== this.key) {
      this.#pause();
      to = 0;
    } else if (step === from + 1 && model.get("playing") && !this.pressed) {
      to = from + (from < 8 ? 1 : from < 24 ? 2 : 4); // first one sees each half step, and then where it leads
      this.path.at(to);
      to = Math.max(step, Math.min(to, this.spec.bounds.step.max, 2 * (this.path.converged ?? Infinity)));
    }
    if (to !== step) this.change("step", to);
    return to !== step;
  }

  /** A hand is on a ring, and no axis moves under it. */
  take() {
    this.held = true;
    this.scaling?.();
  }

  leave() {
    this.held = false;
    if (this.path) this.#settle();
  }

  /** Let the axis of the log-likelihood follow another start, once no hand is down. */
  #settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.held || document.querySelector("input:active")) return this.#settle();
      const to = this.path.span(this.spec.bounds.step.max);
      for (const panel of this.panels.filter(({ spec }) => spec.trace)) {
        const from = panel.range;
        this.scaling?.();
        this.scaling = glide(!calm(), (t) => {
          panel.range = from.map((a, i) => part(a, to[i], t));
          panel.draw(this.seen);
        });
      }
    }, 300);
  }

  layout(room) {
    const width = Math.max(260, Math.min(room || 640, 820));
    if (width === this.width) return;
    this.width = width;
    const boxes = this.#boxes(width), bottom = Math.max(...boxes.map(([, top, , height]) => top + height));
    this.panels.forEach((panel, i) => panel.layout(boxes[i]));
    set(this.svg, { viewBox: `0 0 ${width} ${bottom}`, width, height: bottom });
    this.draw();
  }

  /** Where the panels stand, as left, top, width and height: two that share no axis side by side where there is room. */
  #boxes(width) {
    const specs = this.panels.map(({ spec }) => spec), [{ x }] = specs;
    if (specs.length === 1) {
      const [least, most] = HEIGHT.one;
      return [[0, 0, width, Math.max(least, Math.min(most, Math.round(width * 0.46)))]];
    }
    if (width >= ROOM && specs.some((spec) => spec.x.join() !== x.join())) {
      const wide = specs.map(({ square }) => (square ? HEIGHT.beside + SQUARE : 0));
      const rest = (width - wide[0] - wide[1]) / wide.filter((w) => !w).length;
      return specs.map((_, i) => [i ? wide[0] || rest : 0, 0, wide[i] || rest, HEIGHT.beside]);
    }
    const units = specs.reduce((sum, { square, height }) => sum + (square ? 0 : height), 0);
    const unit = (specs.some(({ square }) => square) ? HEIGHT.aboveMap : HEIGHT.below[+(width >= ROOM)]) / units;
    let below = 0;
    return specs.map(({ square, height }) => {
      const top = below, high = square ? HEIGHT.map : Math.round(unit * height);
      below += high;
      return [0, top, width, high];
    });
  }

  draw(gently) {
    const scope = this.scope();
    this.step = scope.step;
    if (this.key !== (this.settled ??= this.key)) this.#settle();
    this.settled = this.key;
    this.moving?.();
    const from = gently && this.seen;
    this.moving = glide(from, (t) => {
      this.seen = t < 1 ? between(from, scope, t) : scope;
      this.panels.forEach((panel) => panel.draw(this.seen));
    });
    for (const [node, template] of this.formula) node.textContent = this.#filled(template, scope);
    this.spec.readouts.forEach((template, i) => (this.lines[i].textContent = this.#filled(template, scope)));
    if (this.spec.stepping) this.#tell(scope);
    this.el.dispatchEvent(new Event("gmm-drawn", { bubbles: true })); // for who waits for a state
  }

  /** Whether EM takes this step by a button or by itself, not under a slider, and may be seen to move. */
  #gently() {
    const itself = this.model.get("playing") && !document.querySelector("input:active");
    return (this.pressed || itself) && !calm();
  }

  /** Fill {name:digits} in a sentence with the value of that function or parameter; digits that end with e keep a small one from being 0. */
  #filled(template, scope) {
    return template.replace(/\{(\w+)(?::(\d+)(e?))?\}/g, (_, name, digits = 3, small) => {
      const value = number(this, name, scope);
      return (small && value && Math.abs(value) < 10 ** -digits ? power : shown)(value, Number(digits));
    });
  }

  #legend() {
    const entries = this.spec.panels.flatMap((panel) => panel.layers).filter((layer) => layer.legend);
    if (!entries.length) return;
    const list = html(this.el, "ul", "gmm-legend");
    for (const { role, kind, legend } of entries) entry(list, `gmm-key gmm-${role} gmm-key-${kind}`, legend);
  }

  /** What is said of the observation that the reader points at: a sentence, and its responsibilities as a bar. */
  #pointing() {
    const line = html(this.el, "div", "gmm-pointed");
    this.sentence = html(line, "span", "gmm-sentence", "Point at a brick to see its responsibilities.");
    const bar = html(line, "span", "gmm-shares");
    bar.setAttribute("aria-hidden", "true");
    this.shares = [1, 2].map((k) => html(bar, "span", `gmm-share gmm-component${k}`));
  }

  /** Link an observation to its place on the curves, its sentence and its bar; return the sentence. */
  point(panel, mark, scope) {
    const cx = panel.px(scope.x);
    svg(mark, "path", { class: "gmm-vline gmm-mixture", d: `M${cx},${panel.top}V${panel.top + panel.height}` });
    for (const { kind, fn, role, start } of panel.spec.layers) {
      if (kind !== "curve" || start) continue;
      svg(mark, "circle", { class: `gmm-dot gmm-${role}`, cx, cy: panel.py(this.call[fn](scope)), r: 5 });
    }
    this.shares.forEach((share, k) => (share.style.flexGrow = this.call[`gamma${k + 1}`](scope)));
    return (this.sentence.textContent = this.#filled(this.spec.pointed, scope));
  }

  /** The bar under the picture that moves EM: back to its start, a half step back or on, or by itself. */
  #steppers() {
    const { model } = this, bar = html(this.el, "div", "gmm-steppers gmm-transport", undefined, { role: "group", "aria-label": "Steps of EM" });
    const button = (sign, word, press) => {
      const node = html(bar, "button", "gmm-button", sign, { type: "button", "aria-label": word });
      html(node, "span", "gmm-word", ` ${word}`);
      node.onclick = press;
      return node;
    };
    const by = (steps) => () => {
      this.#pause();
      this.pressed = true;
      // From where EM is: after a collapse that is before the step that was asked for.
      this.change("step", this.scope().reached + steps);
      this.pressed = false;
    };
    const start = button("|◀", "Start again", by(-Infinity)), back = button("◀", "Back", by(-1));
    const next = html(bar, "button", "gmm-button gmm-next", "E-step", { type: "button" });
    next.onclick = by(1);
    const play = button("▶", "Play", () => this.#play());
    const pace = html(bar, "button", "gmm-button gmm-pace", "", { type: "button" });
    const paces = [[1, "1×"], [3, "3×"], [0.5, "½×"]];
    const quicken = () => {
      [this.pace] = paces[0];
      pace.textContent = paces[0][1];
      pace.ariaLabel = `Speed ${paces[0][1]}`;
      paces.push(paces.shift());
    };
    pace.onclick = quicken;
    quicken();
    this.buttons = { start, back, next, play };
    const { play: only } = this.spec.stepping; // the one button there is then, and what it is for
    bar.replaceChildren(...(only ? [start, play] : [start, back, next, play, pace]));
    this.status = html(this.el, "p", "gmm-status");
    const show = () => {
      const playing = model.get("playing");
      const [sign, word] = playing ? ["❚❚", "Pause"] : ["▶", only ?? "Play"];
      play.firstChild.data = sign;
      play.lastChild.textContent = ` ${word}`;
      play.lastChild.classList.toggle("gmm-word", !only);
      play.ariaLabel = word;
      if (!playing) clearTimeout(this.playing);
    };
    this.listen("change:playing", show);
    show();
  }

  /** Let EM run by itself, from its start where it has ended, or stop it. */
  #play() {
    const { model } = this, { max } = this.spec.bounds.step;
    if (model.get("playing")) return this.#pause();
    if (model.get("step") === max || this.path.converged <= model.get("step") / 2) this.change("step", 0);
    model.set("playing", true);
    model.save_changes();
    const advance = () => {
      if (!model.get("playing")) return;
      this.change("step", model.get("step") + 1);
      if (model.get("step") === max) this.#pause();
      else this.playing = setTimeout(advance, 500 / this.pace);
    };
    advance();
  }

  #pause() {
    this.model.set("playing", false);
    this.model.save_changes();
  }

  /** What is said before the first step: where there is a goal, whether the bells have come to it by hand. */
  #begun() {
    const { begin = "The starting values. The E-step comes next.", goal } = this.spec.stepping;
    return goal && this.call[goal.fn](this.scope()) <= goal.within ? goal.met : begin;
  }

  #tell({ step, reached, iteration, trace, ...theta }) {
    const { start, back, next } = this.buttons;
    // Not `disabled`: that would take the keyboard's focus away from the button just pressed.
    const off = (node, is) => node.setAttribute("aria-disabled", is);
    [start, back].forEach((node) => off(node, step === 0));
    off(next, step >= this.spec.bounds.step.max || reached < step);
    next.textContent = reached % 2 ? "M-step: move the curves" : "E-step: colour the data";
    const { collapsed, converged } = this.path, ended = reached >= 2 * converged;
    if (reached < step || (ended && this.model.get("playing"))) this.#pause();
    const done = `M-step ${iteration}`, end = `${done} moved nothing by more than a millionth of σ: EM has converged.`;
    this.status.textContent =
      reached < step
        ? `Component ${collapsed} has collapsed onto one value: EM stops here. Choose another start.`
        : step === 0
          ? this.#begun()
          : reached % 2
            ? `E-step ${iteration + 1} done: each observation has its responsibilities.`
            : ended
              ? end
              : `${done} done: each curve is the mean and variance of its share.`;
    // What is spoken is the change.
    const means = Object.keys(theta).filter((name) => /^mu\d/.test(name)).map((name) => brief(theta[name]));
    const up = `${done}: up ${brief(Math.max(0, trace.at(-1) - trace.at(-2)))} nats, means ${means.join(" and ")}`;
    this.news = step === 0 ? undefined : reached < step || reached % 2 ? this.status.textContent : ended ? `${up}. ${end}` : up;
  }
}

export default {
  render({ model, el }) {
    const figure = new Figure(model, el);
    return () => figure.remove();
  },
};
