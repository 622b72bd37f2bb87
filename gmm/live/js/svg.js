// What pictures are made of: nodes, paths, colours, and the entries of a legend.

const SVG = "http://www.w3.org/2000/svg";

export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

export function svg(parent, tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  set(node, attributes);
  parent.append(node);
  return node;
}

export function html(parent, tag, className, text, attributes = {}) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  set(node, attributes);
  parent.append(node);
  return node;
}

/** An entry of a legend. */
export function entry(list, className, text) {
  const item = html(list, "li", className);
  html(item, "span", "gmm-swatch", undefined, { "aria-hidden": "true" });
  item.append(text);
}

export const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(2)},${y.toFixed(2)}`).join("");

/** The mix of the data's colour and the components', each with its share, as CSS. */
export function mix(shares) {
  let colour = "var(--gmm-data)", total = +shares[0];
  for (let k = 1; k < shares.length; k++) {
    total += +shares[k];
    const share = total > 0 ? (100 * shares[k]) / total : 0;
    if (share) colour = `color-mix(in srgb, var(--gmm-${k}) ${share.toFixed(0)}%, ${colour})`;
  }
  return colour;
}
