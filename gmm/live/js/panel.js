// A pair of axes: where values lie in a picture, and the lines, numbers and labels at its edges.

import { svg } from "./svg.js";

/** Axes with a horizontal domain and a vertical range, in a group of their own. */
export class Panel {
  constructor(root, { x, y, xlabel, ylabel }) {
    Object.assign(this, { root, domain: x, range: y, xlabel, ylabel });
  }

  /** Put the axes at a place in the picture; `edge` is where the label of the vertical one begins. */
  place({ edge, left, top, width, height }) {
    Object.assign(this, { edge, left, top, width, height });
    this.root.replaceChildren();
    this.axes = svg(this.root, "g", { class: "gmm-axes" });
    // A picture in the picture clips at its edges. A clipPath would need an id, and in
    // JupyterLab each figure and each view of it runs a copy of this module: none could count them.
    this.box = { x: left, y: top, width, height };
    this.clipped = svg(this.root, "svg", { ...this.box, viewBox: Object.values(this.box).join(" ") });
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

  /** Whether a place in the picture lies within the axes. */
  holds([px, py]) {
    const { left, top, width, height } = this;
    return left <= px && px <= left + width && top <= py && py <= top + height;
  }

  /** Draw the axes with ticks as [value, text]; the horizontal one without words if another stands below. */
  drawAxes(across, up, bare = false) {
    const { axes, edge, left, top, width, height } = this, bottom = top + height;
    axes.replaceChildren();
    svg(axes, "path", { class: "gmm-axis", d: `M${left},${top}V${bottom}H${left + width}` });
    for (const [x, text] of across) {
      svg(axes, "path", { class: "gmm-axis", d: `M${this.px(x)},${bottom}v5` });
      if (!bare) svg(axes, "text", { x: this.px(x), y: bottom + 18, "text-anchor": "middle" }).textContent = text;
    }
    for (const [y, text] of up) {
      svg(axes, "path", { class: "gmm-axis", d: `M${left},${this.py(y)}h-5` });
      svg(axes, "text", { x: left - 8, y: this.py(y) + 4, "text-anchor": "end" }).textContent = text;
    }
    const label = (text, where) => (svg(axes, "text", { class: "gmm-label", "text-anchor": "middle", ...where }).textContent = text);
    if (!bare) label(this.xlabel, { x: left + width / 2, y: bottom + 37 });
    label(this.ylabel, { transform: `translate(${edge + 12},${top + height / 2})rotate(-90)` });
  }
}
