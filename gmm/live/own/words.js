// Numbers in words, ticks and bars for data of any scale. Nothing here knows a document.

import { shown, ticks } from "../js/numbers.js";

export const minus = (text) => text.replaceAll("-", "−").replace("e+", "e");
export const digits = (value, n = 5) => (Number.isFinite(value) ? minus(String(Number(value.toPrecision(n)))) : "–");
/** As many significant digits, zeros at the end included. */
export const even = (value, n = 5) => minus(value.toPrecision(n));
export const fixed = (value, n) => shown(value, Math.max(0, Math.min(15, n)));
const order = (value) => Math.floor(Math.log10(Math.abs(value)));
/** A mean, to a thousandth of its standard deviation. */
export function located(mean, sigma) {
  const places = 3 - order(sigma);
  return Math.abs(places) < 10 ? fixed(mean, places) : even(mean, Math.max(1, Math.min(17, 1 + places + order(mean))));
}

/** Ticks, about `most` of them, as numbers and as texts. */
export function marks(low, high, most) {
  const { values, step, digits: places } = ticks(low, high, most), largest = Math.max(Math.abs(low), Math.abs(high));
  if (largest < 1e7 && places <= 7) return values.map((value) => [value, fixed(value, places)]);
  const apart = 1 + Math.ceil(Math.log10(largest / step) - 1e-9); // so many digits tell two neighbours from each other
  const power = (value) => minus(value.toExponential(apart - 1).replace(/\.?0*e/, "e"));
  return values.map((value) => [value, apart > 5 ? digits(value, apart) : value ? power(value) : "0"]);
}

const longest = (found) => Math.max(...found.map(([, text]) => text.length));

/** As many ticks as a width has room for: long numbers need more of it. */
export function across(x, width) {
  let most = Math.max(3, Math.floor(width / 80)), found;
  do found = marks(...x, most--);
  while (most && width < 9 * longest(found) * found.length);
  return found;
}

export const upward = (y, height) => marks(...y, Math.max(2, Math.floor(height / 40)));

/** Where a picture begins, right of the label and the numbers of its vertical axis. */
export const margin = (room, y, height) => Math.max(room < 420 ? 62 : 68, 28 + 8 * longest(upward(y, height)));

/** The histogram: edges that follow the data's own steps where these are coarse. */
export function histogram({ values, ws, total, resolution }) {
  const low = values[0], high = values.at(-1);
  let width = (high - low) / Math.min(80, Math.max(8, Math.round(2 * Math.sqrt(total)))), from = low;
  if (resolution * 30 > width) {
    width = resolution * Math.max(1, Math.round(width / resolution));
    from = low - resolution / 2;
  }
  const size = Math.min(2000, Math.max(1, Math.floor((high - from) / width + 1e-9) + 1)), bars = new Array(size).fill(0);
  values.forEach((value, i) => (bars[Math.min(size - 1, Math.floor((value - from) / width + 1e-9))] += ws[i] / total / width));
  return { from, width, bars };
}
