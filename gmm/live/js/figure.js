// The live figure: draws what SymPy printed, and redraws when a slider moves.
//
// The same module runs in JupyterLab (through anywidget) and in the rendered
// page (through page.js). It holds no mathematics of its own: every number
// comes from a function that the notebook sent along.

import { glide } from "./motion.js";
import { between, filled, shown, stepped } from "./numbers.js";
import { Formula, Moves, Stepper } from "./parts.js";
import { boxes, Plot } from "./plot.js";
import { compile } from "./printed.js";
import { entry, html, set, svg } from "./svg.js";
import { Terms } from "./terms.js";

let usual = 0; // the width of the first figure of a page, most likely that of the others

class Figure {
  constructor(model, el) {
    Object.assign(this, { model, el, call: compile(model.get("functions")), spec: model.get("spec") });
    this.params = this.spec.params;
    this.heard = [];
    el.classList.add("gmm-figure");
    el.dataset.figure = model.get("name");
    this.formula = this.spec.formula.length ? new Formula(this) : null;
    this.#legend();
    this.svg = svg(el, "svg", { role: "presentation" });
    this.picture = svg(this.svg, "g", { role: "img", "aria-label": this.spec.alt });
    this.hands = svg(this.svg, "g");
    this.panels = this.spec.panels.map((panel) => new Plot(this, panel));
    this.terms = new Terms(this);
    this.em = this.spec.stepping && new Stepper(this);
    this.moves = this.spec.moves.length ? new Moves(this) : null;
    if (this.spec.pointed) this.#pointing();
    const readout = html(el, "div", "gmm-readout");
    this.lines = this.spec.readouts.map(() => html(readout, "div", "gmm-readout-line"));
    this.spoken = html(el, "div", "gmm-spoken");
    this.spoken.setAttribute("aria-live", "polite");
    this.redraw = () => {
      if (this.quiet || this.em?.leads()) return;
      this.draw(this.em?.gently());
      this.#speak();
    };
    this.params.forEach((name) => this.listen(`change:${name}`, this.redraw));
    this.observer = new ResizeObserver(([{ contentRect }]) => this.layout(contentRect.width));
    this.observer.observe(el);
    // To ask each element for its width would make the browser lay out the page for each figure anew.
    this.layout((usual ||= el.clientWidth));
    set(this.picture, { "aria-label": this.#state() });
    el.gmm = this; // for tests and for the curious
  }

  remove() {
    clearTimeout(this.timer);
    this.moving?.();
    this.em?.remove();
    this.terms.remove();
    this.moves?.stop();
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
      return this.em?.news ?? this.#told();
    };
    say(now, 800, () => say(() => "", 5000)); // silent again: the same text stands there to be read
  }

  #told() {
    return [this.em?.status, ...this.lines].map((node) => node?.textContent).filter(Boolean).join(" ");
  }

  /** What the picture shows, and its state in numbers: the name that it has for who does not see it. */
  #state() {
    const { alt, stepping, bounds } = this.spec, formula = this.formula?.node.textContent;
    const sliders = this.params.map((name) => `${bounds[name].label} ${shown(this.model.get(name), bounds[name].digits)}`);
    const parts = stepping ? [alt] : [alt, `${formula || sliders.join(", ")}.`];
    return [...parts, this.#told()].join(" ");
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
    this.model.set(name, stepped(this.spec.bounds[name], value));
    this.model.save_changes();
  }

  /** Where the sliders are. */
  values() {
    return Object.fromEntries(this.params.map((name) => [name, this.model.get(name)]));
  }

  /** What a function may ask for where EM starts from these values. */
  started(values) {
    return { ...values, ...this.em.start(values) };
  }

  /** All that a function may ask for: the sliders, the data, and what EM has made of them. */
  scope() {
    const values = this.values(), scope = { ...values, xs: this.spec.data, N: this.spec.data?.length };
    return this.em ? { ...scope, values, ...this.em.scope(scope) } : scope;
  }

  /** A hand is on a ring, and no axis moves under it. */
  take() {
    this.held = true;
    this.em?.scaling?.();
    this.moves?.stop();
  }

  leave() {
    this.held = false;
    this.em?.settle();
  }

  layout(room) {
    const width = Math.max(260, Math.min(room || 640, 820));
    if (width === this.width) return;
    this.width = width;
    const places = boxes(this.spec.panels, width), bottom = Math.max(...places.map(([, top, , height]) => top + height));
    this.panels.forEach((panel, i) => panel.layout(places[i]));
    set(this.svg, { viewBox: `0 0 ${width} ${bottom}`, width, height: bottom });
    this.draw();
    this.terms.light();
  }

  draw(gently) {
    const scope = this.scope();
    this.em?.note(scope);
    this.moving?.();
    const from = gently && this.seen;
    this.moving = glide(from, (t) => {
      this.seen = t < 1 ? between(from, scope, t) : scope;
      this.panels.forEach((panel) => panel.draw(this.seen));
    });
    this.formula?.draw(scope);
    this.spec.readouts.forEach((template, i) => (this.lines[i].textContent = filled(template, this.call, scope)));
    this.em?.tell(scope);
    this.moves?.tell();
    this.el.dispatchEvent(new Event("gmm-drawn", { bubbles: true })); // for who waits for a state
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
    return (this.sentence.textContent = filled(this.spec.pointed, this.call, scope));
  }
}

export default {
  render({ model, el }) {
    const figure = new Figure(model, el);
    return () => figure.remove();
  },
};
