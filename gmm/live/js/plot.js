// A panel of a live figure: layers on a pair of axes that stands still, and where the panels of a figure stand.

import { layers } from "./layers.js";
import { brief, number, shown, ticks } from "./numbers.js";
import { Panel } from "./panel.js";
import { svg } from "./svg.js";

const MARGIN = { left: 68, right: 14, top: 16, bottom: 44 };
const SQUARE = MARGIN.left + MARGIN.right - MARGIN.top - MARGIN.bottom; // by so much it is wider than high
// The heights of pictures (book/page/page.css keeps the same room): a figure with its sliders fits a small screen.
const HEIGHT = { one: [220, 280], beside: 280, below: [268, 330], alone: 380, map: 230, aboveMap: 160 };
const ROOM = 600; // from this width on things stand side by side

/** Where the panels stand, as left, top, width and height: those that share no axis side by side where there is room. */
export function boxes(specs, width) {
  const [{ x, square }] = specs;
  if (specs.length === 1 && square) return [[0, 0, width, Math.min(HEIGHT.alone, width - SQUARE)]];
  if (specs.length === 1) {
    const [least, most] = HEIGHT.one;
    return [[0, 0, width, Math.max(least, Math.min(most, Math.round(width * 0.46)))]];
  }
  const apart = specs.some((spec) => spec.x.join() !== x.join()) && !specs.some((spec) => spec.below);
  if (width >= ROOM && apart) {
    const wide = specs.map(({ square }) => (square ? HEIGHT.beside + SQUARE : 0));
    const rest = (width - wide.reduce((sum, w) => sum + w)) / wide.filter((w) => !w).length;
    let left = 0;
    return wide.map((w) => [left, 0, w || rest, HEIGHT.beside, (left += w || rest)].slice(0, 4));
  }
  const units = specs.reduce((sum, { square, height }) => sum + (square ? 0 : height), 0);
  const maps = specs.filter(({ square }) => square).length, others = specs.length - maps;
  const unit = (maps ? HEIGHT.aboveMap * others : (HEIGHT.below[+(width >= ROOM)] * others) / 2) / units;
  let below = 0;
  return specs.map(({ square, height }) => {
    const top = below, high = square ? HEIGHT.map : Math.round(unit * height);
    below += high;
    return [0, top, width, high];
  });
}

const marked = ({ values, digits }) => values.map((value) => [value, shown(value, digits)]);

/** One pair of axes and the layers on it. */
export class Plot extends Panel {
  constructor(figure, spec) {
    super(svg(figure.picture, "g", { class: "gmm-panel", "aria-hidden": "true" }), spec);
    this.hands = svg(figure.hands, "g"); // what a hand may take stands apart, for a picture has no parts that can be reached
    Object.assign(this, { figure, spec });
  }

  /** Lay the axes out in a box of the given place and size. */
  layout([edge, above, wide, high]) {
    const { left, right, bottom } = MARGIN, top = above + MARGIN.top;
    let width = wide - left - right, height = high - MARGIN.top - bottom;
    if (this.spec.square) width = height = Math.min(width, height);
    this.hands.replaceChildren();
    this.place({ edge, left: edge + left, top, width, height });
    this.free = svg(this.root, "g");
    this.cuts = svg(this.root, "g");
    this.painters = this.spec.layers.map((layer) => layers[layer.kind](this, layer));
    this.drawn = null;
  }

  draw(scope) {
    const drawn = [...this.range, ...this.domain].join(), moved = drawn !== this.drawn;
    if (moved) this.#drawTicks();
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
      const [mean, variance] = bell.map((part) => number(this.figure.call, part, scope));
      for (let t = -5; t <= 5; t += 0.5) places.push(mean + t * Math.sqrt(variance));
    }
    const inside = places.filter((x, i) => i <= steps || (a < x && x < b)).sort((p, q) => p - q);
    const at = Object.create(layer.start ? { ...scope, ...scope.start } : scope);
    return inside.map((x) => [(at[name] = x), call(at)]);
  }

  #drawTicks() {
    const across = ticks(...this.domain, Math.max(4, Math.floor(this.width / 50)));
    const up = marked(ticks(...this.range, Math.max(3, Math.floor(this.height / 32)))), [low, high] = this.spec.scale;
    this.drawAxes(marked(across), up.filter(([value]) => low <= value && value <= high));
  }
}
