// What the live figures and the page for own numbers share: nodes, numbers in words, ticks, and the entries of a legend.
//
// It stands before figure.js and own.js in the modules that Python sends.

const SVG = "http://www.w3.org/2000/svg";

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

function svg(parent, tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  set(node, attributes);
  parent.append(node);
  return node;
}

function html(parent, tag, className, text, attributes = {}) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  set(node, attributes);
  parent.append(node);
  return node;
}

/** An entry of a legend. */
function entry(list, className, text) {
  const item = html(list, "li", className);
  html(item, "span", "gmm-swatch", undefined, { "aria-hidden": "true" });
  item.append(text);
}

const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(2)},${y.toFixed(2)}`).join("");

const shown = (value, digits) =>
  Number.isFinite(value) ? value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, "").replace("-", "−") : "–";

/** Values at 1, 2 or 5 times a power of ten: at most `most` of them from low to high, and the digits that they need. */
function ticks(low, high, most) {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * (1 - 1e-9));
  const values = [];
  // Not without end where the numbers are so large that a step does not change them.
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9 && values.length < 50; i++) values.push(i * step);
  return { values, step, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}
