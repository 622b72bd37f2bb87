// Buttons under a picture that bring its parameters to the values of functions.

import { calm, glide } from "./motion.js";
import { number, part, stepped } from "./numbers.js";
import { html } from "./svg.js";

export class Moves {
  constructor(figure) {
    const bar = html(figure.el, "div", "gmm-steppers", undefined, { role: "group", "aria-label": "Moves" });
    this.figure = figure;
    this.buttons = figure.spec.moves.map(([label, to]) => {
      const node = html(bar, "button", "gmm-button", label, { type: "button" });
      node.onclick = () => this.#go(Object.entries(to));
      return [node, Object.entries(to)];
    });
  }

  /** Stop what is on its way. */
  stop() {
    this.rolling?.();
  }

  /** Where each parameter goes. */
  #ends(to) {
    const { figure } = this, scope = figure.scope();
    return to.map(([name, value]) => [name, stepped(figure.spec.bounds[name], number(figure.call, value, scope))]);
  }

  #go(to) {
    const { figure } = this, ends = this.#ends(to), from = figure.values();
    this.stop();
    this.rolling = glide(!calm(), (t) => figure.put(Object.fromEntries(ends.map(([name, end]) => [name, t < 1 ? part(from[name], end, t) : end]))), 700);
  }

  /** Turn off what would change nothing. Not by `disabled`: that would take the keyboard's focus from the button just pressed. */
  tell() {
    const now = this.figure.values();
    for (const [node, to] of this.buttons) node.setAttribute("aria-disabled", this.#ends(to).every(([name, end]) => now[name] === end));
  }
}
