// A term of the formula, its curve, its sliders and the words for it in the text light up together.

const ROLE = /\bgmm-(component\d|mixture)\b/;
const NEAR = 10; // pixels from a curve that are meant for it

/** Which of the curves, each as x => y in the picture, is nearest to a place and near enough, or −1. */
export function nearestCurve(curves, [x, y]) {
  const ways = curves.map((curve) => {
    let least = Infinity;
    for (let by = -NEAR; by <= NEAR; by++) {
      const way = Math.hypot(by, curve(x + by) - y);
      if (way < least) least = way; // which no NaN is
    }
    return least;
  });
  const least = Math.min(...ways);
  return least <= NEAR ? ways.indexOf(least) : -1;
}

export class Terms {
  constructor(figure) {
    Object.assign(this, { figure, name: figure.model.get("name"), heard: {} });
    const hear = (event, call) => document.addEventListener(event, (this.heard[event] = call));
    hear("pointerover", ({ target }) => this.#show({ pointed: this.#meant(target) }));
    hear("focusin", ({ target }) => this.#show({ focused: target.matches(":focus-visible") && this.#meant(target) }));
    hear("focusout", () => this.#show({ focused: null }));
    for (const event of ["pointermove", "pointerdown"]) {
      figure.svg.addEventListener(event, (pointer) => this.#show({ pointed: this.#meant(pointer.target) ?? this.#curve(pointer) }));
    }
  }

  remove() {
    for (const [event, call] of Object.entries(this.heard)) document.removeEventListener(event, call);
  }

  /** What holds the figure and its sliders, in the page or in JupyterLab. */
  get box() {
    return this.figure.el.closest(".gmm-vbox, .widget-vbox") ?? this.figure.el;
  }

  /** The role of the term that a place stands for: a part of the figure, or a word for it. */
  #meant(target) {
    const word = target.closest?.("[data-term]");
    if (word) return word.dataset.of === this.name ? word.dataset.term : null;
    const part = this.box.contains(target) && target.closest(".gmm-term, .gmm-row, .gmm-handle, .gmm-key, .widget-slider");
    return (part && ROLE.exec(part.getAttribute("class"))?.[1]) || null;
  }

  #curve(event) {
    const { figure } = this, at = figure.under(event), scope = figure.seen;
    for (const panel of figure.panels) {
      if (!panel.holds(at)) continue;
      const curves = panel.spec.layers.filter(({ kind, start, role }) => kind === "curve" && !start && ROLE.test(`gmm-${role}`));
      const heights = curves.map(({ fn }) => (px) => panel.py(figure.call[fn]({ ...scope, [panel.spec.variable]: panel.at([px, 0])[0] })));
      return curves[nearestCurve(heights, at)]?.role ?? null;
    }
    return null;
  }

  #show(change) {
    Object.assign(this, change);
    const role = this.pointed || this.focused || null;
    if (role === this.lit) return;
    this.lit = role;
    this.light();
  }

  /** Light what belongs to the term, and nothing else. */
  light() {
    const { box, name, lit } = this;
    const words = [...document.querySelectorAll("[data-term]")].filter(({ dataset }) => dataset.of === name);
    for (const node of [...box.querySelectorAll(".gmm-lit"), ...words]) node.classList.remove("gmm-lit");
    if (!lit) return;
    for (const node of box.querySelectorAll(`.gmm-${lit}`)) node.classList.add("gmm-lit");
    for (const node of words) node.classList.toggle("gmm-lit", node.dataset.term === lit);
  }
}
