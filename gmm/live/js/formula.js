// The formula above a picture: its numbers are the present values, and those of parameters can be changed in place.

import { number, shown } from "./numbers.js";
import { html, set } from "./svg.js";

const WAY = 300; // pixels under a hand from one end of a slider to the other

/** The value that a text gives a parameter, or a sentence that says why it gives none. */
export function typed(text, { min, max, digits, label }) {
  const written = text.trim().replace(/^[−–]/, "-").replace(",", "."), value = Number(written);
  const [from, to] = [min, max].map((end) => shown(end, digits));
  if (!/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(written) || Number.isNaN(value)) return { trouble: `“${text.trim()}” is not a number. Type one from ${from} to ${to}.` };
  if (value < min || value > max) return { trouble: `${label} goes from ${from} to ${to}. Type a number between them.` };
  return { value };
}

/** The value that a key brings a parameter to, if it does. */
export function pressed({ key, shiftKey }, { min, max, step }, value) {
  const by = step * (shiftKey ? 10 : 1);
  const moves = { ArrowLeft: -by, ArrowDown: -by, ArrowRight: by, ArrowUp: by, PageDown: -10 * step, PageUp: 10 * step };
  return { Home: min, End: max }[key] ?? (key in moves ? value + moves[key] : undefined);
}

export class Formula {
  constructor(figure) {
    this.figure = figure;
    this.node = html(figure.el, "p", "gmm-formula");
    this.numbers = [];
    for (const [role, parts] of figure.spec.formula) {
      const term = html(this.node, "span", `gmm-term gmm-${role}`);
      for (const [kind, text, digits] of parts) {
        const part = html(term, "span", `gmm-${kind}`, text);
        if (kind !== "number") continue;
        this.numbers.push([part, text, digits]);
        if (text in figure.spec.bounds) this.#control(part, text);
      }
    }
  }

  draw(scope) {
    const { call, spec } = this.figure;
    for (const [node, name, digits] of this.numbers) {
      const value = number(call, name, scope), { unit } = spec.bounds[name] ?? {};
      node.textContent = shown(value, digits);
      if (node.role) set(node, { "aria-valuenow": value, "aria-valuetext": [node.textContent, unit].filter(Boolean).join(" ") });
    }
  }

  /** Let a number be dragged sideways, stepped by keys, and typed. */
  #control(node, name) {
    const { figure } = this, bounds = figure.spec.bounds[name], { min, max, label } = bounds;
    const value = () => figure.model.get(name);
    set(node, { role: "slider", tabindex: 0, "aria-label": `Formula: ${label}`, "aria-valuemin": min, "aria-valuemax": max, "data-number": name });
    node.onpointerdown = (event) => {
      if (event.button) return;
      const from = value(), { clientX } = event;
      node.setPointerCapture(event.pointerId);
      figure.take();
      node.onpointermove = (move) => figure.change(name, from + ((move.clientX - clientX) / WAY) * (max - min));
    };
    node.onlostpointercapture = () => {
      node.onpointermove = null;
      figure.leave();
    };
    node.ondblclick = () => this.#type(node, name, bounds);
    node.onkeydown = (event) => {
      const to = pressed(event, bounds, value());
      if (event.key === "Enter") this.#type(node, name, bounds);
      else if (to === undefined) return true;
      else figure.change(name, to);
      return false;
    };
  }

  /** Put a field in the place of a number until it is filled in or left. */
  #type(node, name, bounds) {
    const field = html(node.parentNode, "input", "gmm-typed", undefined, {
      type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": bounds.label, size: 6,
    });
    const trouble = html(this.node, "span", "gmm-refused", "", { role: "alert" });
    const left = () => take(false);
    const close = (focus) => {
      field.removeEventListener("focusout", left);
      [field, trouble].forEach((part) => part.remove());
      node.hidden = false;
      if (focus) node.focus();
    };
    const take = (focus) => {
      const said = typed(field.value, bounds);
      if (said.trouble && focus) {
        trouble.textContent = said.trouble;
        return set(field, { "aria-invalid": true });
      }
      close(focus);
      if (!said.trouble) this.figure.change(name, said.value);
    };
    node.after(field);
    node.hidden = true;
    field.value = node.textContent.replace("−", "-");
    field.addEventListener("focusout", left); // not blur, after which the field would be gone before its term hears of it
    field.onkeydown = ({ key }) => {
      if (key === "Enter") take(true);
      if (key === "Escape") close(true);
      return !["Enter", "Escape"].includes(key);
    };
    field.focus();
    field.select();
  }
}
