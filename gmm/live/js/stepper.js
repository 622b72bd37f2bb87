// EM in a live figure: the bar under the picture that moves it, what is said of its steps, and where it starts.

import { Path } from "./em.js";
import { calm, glide } from "./motion.js";
import { brief, number, part } from "./numbers.js";
import { html, set } from "./svg.js";

export class Stepper {
  constructor(figure) {
    Object.assign(this, { figure, model: figure.model, spec: figure.spec, last: figure.spec.bounds.step.max });
    this.#bar();
  }

  remove() {
    [this.settling, this.playing].forEach(clearTimeout);
    this.scaling?.();
  }

  /** Where EM starts, by the sliders. */
  start(scope) {
    const { theta, start } = this.spec.stepping;
    return Object.fromEntries(theta.map((name) => [name, number(this.figure.call, start?.[name] ?? name, scope)]));
  }

  /** What EM has made of the data so far. */
  scope(given) {
    const start = this.start(given), key = JSON.stringify(start);
    if (key !== this.key) this.path = new Path(this.figure.call, this.spec.data, this.spec.stepping.K, start);
    this.key = key;
    return { start, ...this.path.seen(given.step) };
  }

  /** Whether another step is due than the one asked for: the first, for another start, or a later one as playing goes on. */
  leads() {
    const { model } = this, step = model.get("step"), from = this.step;
    let to = step;
    if (step === from && step && JSON.stringify(this.start(this.figure.values())) !== this.key) {
      this.#pause();
      to = 0;
    } else if (step === from + 1 && model.get("playing") && !this.pressed) {
      to = this.path.after(from, this.last);
    }
    if (to !== step) this.figure.change("step", to);
    return to !== step;
  }

  /** Whether EM takes this step by a button or by itself, not under a slider, and may be seen to move. */
  gently() {
    const itself = this.model.get("playing") && !document.querySelector("input:active");
    return this.step !== this.model.get("step") && (this.pressed || itself) && !calm();
  }

  /** Note what is about to be drawn. */
  note({ step }) {
    this.step = step;
    if (this.key !== (this.settled ??= this.key)) this.settle();
    this.settled = this.key;
  }

  /** Let the axis of the log-likelihood follow another start, once no hand is down. */
  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.figure.held || document.querySelector("input:active")) return this.settle();
      const to = this.path.span(this.last);
      for (const panel of this.figure.panels.filter(({ spec }) => spec.trace)) {
        const from = panel.range;
        this.scaling?.();
        this.scaling = glide(!calm(), (t) => {
          panel.range = from.map((a, i) => part(a, to[i], t));
          panel.draw(this.figure.seen);
        });
      }
    }, 300);
  }

  /** The bar under the picture that moves EM: back to its start, a half step back or on, or by itself. */
  #bar() {
    const { model } = this, bar = html(this.figure.el, "div", "gmm-steppers gmm-transport", undefined, { role: "group", "aria-label": "Steps of EM" });
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
      this.figure.change("step", this.figure.scope().reached + steps);
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
    this.status = html(this.figure.el, "p", "gmm-status");
    const show = () => {
      const playing = model.get("playing");
      const [sign, word] = playing ? ["❚❚", "Pause"] : ["▶", only ?? "Play"];
      play.firstChild.data = sign;
      play.lastChild.textContent = ` ${word}`;
      play.lastChild.classList.toggle("gmm-word", !only);
      play.ariaLabel = word;
      if (!playing) clearTimeout(this.playing);
    };
    this.figure.listen("change:playing", show);
    show();
  }

  /** Let EM run by itself, from its start where it has ended, or stop it. */
  #play() {
    const { model, last } = this;
    if (model.get("playing")) return this.#pause();
    if (model.get("step") === last || this.path.converged <= model.get("step") / 2) this.figure.change("step", 0);
    model.set("playing", true);
    model.save_changes();
    const advance = () => {
      if (!model.get("playing")) return;
      this.figure.change("step", model.get("step") + 1);
      if (model.get("step") === last) this.#pause();
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
    return goal && this.figure.call[goal.fn](this.figure.scope()) <= goal.within ? goal.met : begin;
  }

  /** Bring the bar up to date, and say what the step has done. */
  tell({ step, reached, iteration, trace, ...theta }) {
    const { start, back, next } = this.buttons;
    // Not `disabled`: that would take the keyboard's focus away from the button just pressed.
    const off = (node, is) => set(node, { "aria-disabled": is });
    [start, back].forEach((node) => off(node, step === 0));
    off(next, step >= this.last || reached < step);
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
