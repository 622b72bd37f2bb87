// Numbers in words, ticks, and sentences with values in them. Nothing here knows a document.

/** A number as it is, and else what has the name: a function's value or one of the scope's. */
export const number = (call, value, scope) => (typeof value === "number" ? value : value in call ? call[value](scope) : scope[value]);

export const shown = (value, digits) =>
  Number.isFinite(value) ? value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, "").replace("-", "−") : "–";

/** A value as 1.2·10⁻⁹ or 1.2·10⁹. */
export function power(value) {
  const [factor, exponent] = value.toExponential(1).split("e");
  return `${factor.replace("-", "−")}·10${exponent.replace("+", "").replace(/./g, (digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)])}`;
}

/** A value in three digits, or so. */
export function brief(value) {
  const size = Math.abs(value);
  if (size >= 1e5 || (size && size < 1e-3)) return power(value);
  return shown(value, Math.max(0, 2 - Math.floor(Math.log10(size || 1))));
}

/** Fill {name:digits} in a sentence with the value of that function or parameter; digits that end with e keep a small one from being 0. */
export function filled(template, call, scope) {
  return template.replace(/\{(\w+)(?::(\d+)(e?))?\}/g, (_, name, digits = 3, small) => {
    const value = number(call, name, scope);
    return (small && value && Math.abs(value) < 10 ** -digits ? power : shown)(value, Number(digits));
  });
}

export const limit = (value, [low, high]) => Math.min(high, Math.max(low, value));

/** The value nearest to this that a slider can be set to. */
export function stepped({ min, max, step }, value) {
  const rounded = min + Math.round((limit(value, [min, max]) - min) / step) * step;
  return Math.min(max, Number(rounded.toFixed(10)));
}

/** The places where a curve, points (x, y), changes its sign. */
export function zeros(points) {
  const crossed = points.slice(1).map((end, i) => [points[i], end]).filter(([[, p], [, q]]) => p > 0 !== q > 0);
  return crossed.map(([[a, p], [b, q]]) => a - (p * (b - a)) / (q - p));
}

/** How large a dot with a share is. */
export const size = (share) => 3 + 9 * Math.sqrt(share);

export const part = (a, b, t) => a + t * (b - a);

/** What lies at the share t of the way from one scope of EM to another. */
export function between(from, to, t) {
  const seen = Object.entries(to).map(([name, b]) => [name, typeof b === "number" ? part(from[name], b, t) : b]);
  const shares = to.shares.map((row, i) => row.map((b, k) => part(from.shares[i][k], b, t)));
  return { ...Object.fromEntries(seen), shares };
}

/** Values at 1, 2 or 5 times a power of ten: at most `most` of them from low to high, and the digits that they need. */
export function ticks(low, high, most) {
  const raw = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * unit).find((s) => s >= raw * (1 - 1e-9));
  const values = [];
  // Not without end where the numbers are so large that a step does not change them.
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9 && values.length < 50; i++) values.push(i * step);
  return { values, step, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}
