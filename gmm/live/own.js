// Your own data: reads numbers, fits mixtures of K = 1 … 5 components, and shows and saves what came out.
//
// The same module runs in JupyterLab (through anywidget) and in the rendered
// page (through page.js). Densities, responsibilities, updates and criteria are
// the functions that SymPy printed; what is written here is how the numbers are
// read, where EM starts, how it is hastened, and the drawing, of which a part
// stands before it, from drawing.js. Nothing is sent anywhere: the module holds no request.

export const MOST = 200_000; // numbers that the page takes
const SMALL = 3000; // different values up to which EM works on all of them from the start
const COLLAPSE = 1e-8; // as in gmm.fit, in standard deviations of the data
const COINCIDE = 1e-6;
const TOLERANCE = 1e-9; // of one step of EM, in standard deviations of its component

// --- reading ---------------------------------------------------------------

/** What a reader can mend: the message says where, what and how. */
export class Trouble extends Error {}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
const THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const MISSING = /^[+-]?(nan|na|n\/a|null|inf|infinity|∞)$/i;
const COUNTS = /^(counts?|n|freq(uency)?|frequencies|number|weights?|w)$/i;

const clean = (field) => field.trim().replace(/^(["'])(.*)\1$/, "$2").replaceAll('""', '"').trim().replace(/^[−–]/, "-");
const short = (text) => (text.length > 24 ? `${text.slice(0, 24)}…` : text);
/** Whether a reader means a number by this, though perhaps not one that can be read without asking. */
const numberlike = (field) => [NUMBER, DECIMAL_COMMA, THOUSANDS].some((form) => form.test(field));

/** Which separator cuts these lines into fields. */
function separatorOf(lines) {
  // What is quoted separates nothing.
  const some = lines.slice(0, 200).map((line) => line.replace(/"[^"]*"/g, '""'));
  if (some.some((line) => line.includes("\t"))) return "\t";
  if (some.some((line) => line.includes(";"))) return ";";
  // A comma between digits, with spaces as the only other sign, belongs to the number.
  const commas = some.filter((line) => line.includes(","));
  const inside = (line) => line.trim().split(/\s+/).every(numberlike);
  return commas.every((line) => /\s/.test(line.trim()) && inside(line)) ? " " : ",";
}

/** The fields of a line. A separator within quotes is none. */
function cut(line, separator) {
  const [text, gap] = separator === " " ? [line.trim(), "\\s+"] : [line, separator];
  if (!text.includes('"')) return text.split(RegExp(gap)).map(clean);
  const fields = (text + separator).matchAll(RegExp(`((?:"[^"]*"|[^])*?)${gap}`, "g"));
  return Array.from(fields, ([, field]) => clean(field));
}

/** A row without the empty field after a separator at its end. */
const closed = (row) => (row.length > 1 && row.at(-1) === "" ? row.slice(0, -1) : row);

/** The text as a table: names of the columns, rows of fields, and the line that each row stands on. */
export function table(text) {
  const lines = [];
  text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/).forEach((line, i) => {
    if (line.trim() && !line.trim().startsWith("#")) lines.push([line, i + 1]);
  });
  if (!lines.length) throw new Trouble("There are no numbers yet: paste a column of numbers, or drop a file.");
  const separator = separatorOf((lines.length > 1 ? lines.slice(1) : lines).map(([line]) => line));
  const first = cut(lines[0][0], separator);
  const header = lines.length > 1 && first.some((field) => /\p{L}/u.test(field))
    && first.every((field) => !numberlike(field) && !MISSING.test(field));
  const body = header ? lines.slice(1) : lines, at = body.map(([, number]) => number);
  if (separator === "," && (!header || first.length === 1)) ambiguous(body);
  let rows = body.map(([line]) => cut(line, separator));
  // Each line may end with a separator; a last column that is empty here and there is a column.
  if (!(header && first.length === rows[0].length) && rows.every((row) => closed(row) !== row)) rows = rows.map(closed);
  const size = rows[0].length;
  rows = rows.map((row) => (row.length > size ? closed(row) : row));
  const ragged = rows.some((row) => row.length !== size);
  // One line, or lines of different lengths without names, are one long list.
  if (rows.length === 1 || (ragged && !header)) {
    const list = rows.map(closed);
    return { names: null, header, rows: list.flat().map((field) => [field]), at: list.flatMap((row, i) => row.map(() => at[i])), width: 1 };
  }
  const long = rows.findIndex((row) => row.length > size);
  if (long >= 0) {
    throw new Trouble(
      `Line ${at[long]} has ${rows[long].length} fields where line ${at[0]} has ${size}: `
      + `give each line the same columns. ${hint(body[long][0], at[long]) ?? ""}`.trim()
    );
  }
  // Names that are more or fewer than the columns are nobody's for certain.
  const names = [first, closed(first), [lines[0][0].trim()]].find((names) => header && names.length === size);
  return { names, header, rows, at, width: size };
}

/** Trouble where all lines could be numbers with a comma inside, or as well two columns. */
function ambiguous(body) {
  const lines = body.map(([line]) => line.trim()), odd = lines.findIndex((line) => !NUMBER.test(line));
  if (odd < 0 || !lines.every(numberlike) || (lines.length === 1 && !DECIMAL_COMMA.test(lines[0]))) return;
  const line = lines[odd], ways = [];
  if (DECIMAL_COMMA.test(line)) ways.push(`if this is a decimal comma, write a point, ${line.replace(",", ".")}`);
  if (THOUSANDS.test(line)) ways.push(`if the comma groups thousands, leave it out, ${line.replaceAll(",", "")}`);
  ways.push(`if ${line.replaceAll(",", " and ")} are columns, put a semicolon between them`);
  throw new Trouble(`Line ${body[odd][1]}, “${short(line)}”: ${ways.join("; ")}.`);
}

/** A sentence on a decimal comma in this line, if there is one. */
function hint(line, at) {
  const found = line.split(/[\s;]+/).map(clean).find((token) => /^[+-]?[\d.]*\d,\d+$/.test(token));
  const other = THOUSANDS.test(found) ? `, or, if the comma groups thousands, ${found.replaceAll(",", "")}` : "";
  return found && `Line ${at}, “${short(found)}”: write a decimal point, as in ${found.replace(/\./g, "").replace(",", ".")}${other}.`;
}

/** One field as a number, or trouble that names the line and the text. */
function read(field, at, what) {
  if (NUMBER.test(field)) {
    const value = Number(field);
    if (Number.isFinite(value)) return value;
    throw new Trouble(`Line ${at}, “${short(field)}”: this is beyond the range of a number here. Use a larger unit.`);
  }
  if (field === "" || field === undefined) throw new Trouble(`Line ${at} has no ${what}: write one, or remove the line.`);
  if (MISSING.test(field)) {
    throw new Trouble(`Line ${at}, “${field}”: this is not a finite number. Write its value, or remove the line.`);
  }
  throw new Trouble(hint(field, at) ?? `Line ${at}, “${short(field)}”: this is not a number. Correct it, or remove the line.`);
}

const numeric = (rows, column) => rows.slice(0, 50).some((row) => numberlike(row[column] ?? ""));

/** Whether a column does no more than number the rows. */
const numbering = (rows, column) => rows.length > 2 && rows.every((row, i) => Number(row[column]) === i + Number(rows[0][column]));

/** Which columns a reader may choose: [index, name] of those that begin with numbers. */
export function columns({ names, rows, width }) {
  const all = Array.from({ length: width }, (_, c) => [c, names?.[c] || `column ${c + 1}`]);
  const found = all.filter(([c]) => numeric(rows, c));
  return found.length ? found : all;
}

/** The first guess at the column of values and that of counts (−1 for none). */
export function guess(parsed) {
  const offered = columns(parsed), told = offered.filter(([c]) => !numbering(parsed.rows, c));
  const counts = told.find(([c, name]) => parsed.names?.[c] && COUNTS.test(name) && offered.length > 1)?.[0] ?? -1;
  return { column: [...told, ...offered].find(([c]) => c !== counts)[0], counts };
}

/** The numbers of the chosen columns; column −1 is all columns, read line by line as one list. */
export function numbers(parsed, column, counts = -1) {
  const { rows, at } = parsed, x = [], w = [];
  if (rows.length > MOST) tooMany(rows.length);
  rows.forEach((row, i) => {
    if (column < 0) return row.forEach((field) => x.push(read(field, at[i], "value")));
    const value = read(row[column], at[i], "value");
    x.push(value);
    if (counts < 0) return;
    const count = read(row[counts], at[i], "count");
    if (!(count >= 0) || !Number.isInteger(count)) {
      throw new Trouble(`Line ${at[i]}, “${row[counts]}”: a count is a whole number, 0 or more. Correct it, or choose “no counts”.`);
    }
    w.push(count);
  });
  if (x.length > MOST) tooMany(x.length);
  const name = column < 0 ? "x" : parsed.names?.[column] || "x";
  return collected(x, counts < 0 ? x.map(() => 1) : w, name, counts >= 0);
}

function tooMany(size) {
  throw new Trouble(
    `These are ${size.toLocaleString("en")} numbers, and this page takes ${MOST.toLocaleString("en")}: `
    + "take every second one or a random part, or fit them in Python with gmm.fit."
  );
}

/** The data with equal values collected, and in the unit of gmm.fit: median 0, spread about 1. */
function collected(x, w, name, counted) {
  const total = w.reduce((sum, count) => sum + count, 0);
  const tally = new Map();
  x.forEach((value, i) => w[i] > 0 && tally.set(value, (tally.get(value) ?? 0) + w[i]));
  const values = [...tally.keys()].sort((a, b) => a - b), ws = values.map((value) => tally.get(value));
  if (!values.length) throw new Trouble("All counts are 0: there is nothing to fit. Give at least two values a count.");
  if (total < 2) throw new Trouble(`There is only one number, ${values[0]}: a spread needs at least two different ones.`);
  if (values.length < 2) throw new Trouble(`All ${total} numbers are ${values[0]}: a spread needs at least two different ones.`);
  const median = middle(values, ws, total);
  const z = values.map((value) => value - median);
  const spread = Math.sqrt(z.reduce((sum, d, i) => sum + ws[i] * d * d, 0) / total);
  const scale = 2 ** Math.floor(Math.log2(spread));
  if (!(scale ** 2 > 1e-300 && scale ** 2 < 1e300)) {
    throw new Trouble(`The numbers run from ${values[0]} to ${values.at(-1)}: their variance is beyond the range of a number here. Rescale them.`);
  }
  const gap = values.slice(1).reduce((least, value, i) => Math.min(least, value - values[i]), Infinity);
  return { x, w, name, counted, total, values, ws, median, scale, resolution: gap, zs: z.map((d) => d / scale) };
}

function middle(values, ws, total) {
  let below = 0, i = 0;
  while (below + ws[i] < total / 2) below += ws[i++];
  return below + ws[i] === total / 2 ? (values[i] + values[i + 1]) / 2 : values[i];
}

// --- the printed functions -------------------------------------------------

/** Turn {name: printed function} into {name: function}, with the arguments in the printed order. */
export function compile(printed) {
  return Object.fromEntries(Object.entries(printed).map(([name, one]) => [name, made(one)]));
}

/** A printed function that takes its arguments by name. */
const named = (printed, name) => {
  const { args } = printed[name], call = made(printed[name]);
  return (scope) => call(...args.map((arg) => scope[arg]));
};

/** EM on collected values, with the printed functions. */
export class EM {
  constructor(printed, K, xs, ws) {
    Object.assign(this, { K, xs, ws, N: xs.length, call: compile(printed) });
    for (const name of ["nk", "weight", "mean", "variance", "logL"]) this[`of_${name}`] = named(printed, name);
    this.gammas = Array.from(xs, () => new Array(K).fill(0));
    this.logfs = new Array(xs.length).fill(0);
    const total = ws.reduce((sum, w) => sum + w, 0), mean = xs.reduce((sum, x, i) => sum + ws[i] * x, 0) / total;
    this.total = total;
    this.moments = [mean, xs.reduce((sum, x, i) => sum + ws[i] * (x - mean) ** 2, 0) / total];
    this.floor = COLLAPSE ** 2 * this.moments[1];
  }

  /** The E-step: fills the responsibilities, and returns the log-likelihood. */
  expect({ pi, mu, va }) {
    const { K, xs, N, gammas, logfs, call } = this, { term, posterior } = call, total = call[`total${K}`];
    const ells = new Array(K);
    for (let i = 0; i < N; i++) {
      for (let k = 0; k < K; k++) ells[k] = term(xs[i], pi[k], mu[k], va[k]);
      logfs[i] = total(ells);
      const row = gammas[i];
      for (let k = 0; k < K; k++) row[k] = posterior(ells, k + 1, logfs, i + 1);
    }
    return this.of_logL({ ws: this.ws, logfs, N });
  }

  /** The M-step on the responsibilities of the last E-step; null where a component has collapsed. */
  maximise() {
    const { K, xs, ws, N, gammas } = this, scope = { xs, ws, N, gammas };
    const each = (name, more) => Array.from({ length: K }, (_, k) => this[`of_${name}`]({ ...scope, ...more, k: k + 1 }));
    const mu = each("mean"), va = each("variance", { mus: mu }), pi = each("weight");
    return pi.every((p) => p > 0) && va.every((v) => v > this.floor) ? { pi, mu, va } : null;
  }

  /** One iteration from theta: its log-likelihood, and where EM moves. */
  step(theta) {
    const logL = this.expect(theta);
    return { logL, next: this.maximise() };
  }
}

/** The largest move of a parameter, in standard deviations for means and deviations. */
function moved(old, now) {
  let most = 0;
  for (let k = 0; k < now.pi.length; k++) {
    const s = Math.sqrt(now.va[k]);
    const moves = [now.pi[k] - old.pi[k], (now.mu[k] - old.mu[k]) / s, 1 - Math.sqrt(old.va[k]) / s];
    for (const move of moves) most = Math.max(most, Math.abs(move));
  }
  return most;
}

/** Whether two components have become one: a saddle, from which EM crawls away. */
function coincide({ mu, va }) {
  for (let j = 0; j < mu.length; j++) {
    for (let k = 0; k < j; k++) {
      if (Math.abs(mu[j] - mu[k]) / Math.sqrt(va[j]) + Math.abs(Math.log(va[j] / va[k])) / 2 < COINCIDE) return true;
    }
  }
  return false;
}

const packed = ({ pi, mu, va }) => [...pi.map(Math.log), ...mu, ...va.map((v) => Math.log(v) / 2)];

function unpacked(vector) {
  const K = vector.length / 3, pi = vector.slice(0, K).map(Math.exp), total = pi.reduce((a, b) => a + b, 0);
  return { pi: pi.map((p) => p / total), mu: vector.slice(K, 2 * K), va: vector.slice(2 * K).map((s) => Math.exp(2 * s)) };
}

const sound = ({ pi, mu, va }, floor) => [...pi, ...mu, ...va].every(Number.isFinite) && va.every((v) => v > floor) && pi.every((p) => p > 0);

/** The solution of linear equations, rows [coefficients …, right side], by elimination; null where the determinant is not positive. */
function solve(rows) {
  const size = rows.length;
  let sign = 1;
  for (let c = 0; c < size; c++) {
    let pivot = c;
    for (let r = c + 1; r < size; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[pivot][c])) pivot = r;
    if (!(Math.abs(rows[pivot][c]) > 1e-12)) return null;
    [rows[c], rows[pivot]] = [rows[pivot], rows[c]];
    sign *= (pivot === c ? 1 : -1) * Math.sign(rows[c][c]);
    for (let r = c + 1; r < size; r++) {
      const share = rows[r][c] / rows[c][c];
      for (let j = c; j <= size; j++) rows[r][j] -= share * rows[c][j];
    }
  }
  if (sign < 0) return null;
  const found = new Array(size);
  for (let r = size - 1; r >= 0; r--) {
    found[r] = rows[r].reduce((rest, value, j) => (j > r && j < size ? rest - value * found[j] : rest), rows[r][size]) / rows[r][r];
  }
  return found;
}

/**
 * Where EM would end if its steps went on shrinking as they do here: Newton's method on θ = EM(θ).
 * Where a step of EM grows in one direction there is a saddle: the determinant is negative, and nothing is foretold.
 */
function* foretold(em, theta, next) {
  const from = packed(theta), to = packed(next), { K } = em, rows = from.map((value, i) => [...from.map((_, j) => Number(i === j)), to[i] - value]);
  for (let j = 0; j < from.length; j++) {
    const h = 1e-6 * (j >= K && j < 2 * K ? Math.exp(from[j + K]) : 1);
    const { next: there } = em.step(unpacked(from.map((value, i) => (i === j ? value + h : value))));
    if (!there) return null;
    packed(there).forEach((value, i) => (rows[i][j] -= (value - to[i]) / h));
    yield;
  }
  const step = solve(rows);
  return step && unpacked(from.map((value, i) => value + step[i]));
}

/** A longer stride along two steps of EM (Varadhan & Roland 2008, scheme S3). */
function stride(theta, next, second, reach) {
  const [a, b, c] = [theta, next, second].map(packed), r = b.map((value, i) => value - a[i]);
  const v = c.map((value, i) => value - b[i] - r[i]), s = Math.min(reach, Math.hypot(...r) / Math.hypot(...v));
  return [s, s > 1 ? unpacked(a.map((value, i) => value + 2 * s * r[i] + s ** 2 * v[i])) : null];
}

/**
 * Climb by EM from theta: first plainly, then with longer strides, taken only where the
 * log-likelihood is no lower for them. The end is judged by a plain step of EM.
 */
function* climb(em, theta, { plain = 20, most, tolerance = TOLERANCE }) {
  let now = em.step(theta), reach = 4, wait = plain + 10, patience = 10;
  const lower = (trial, known) => !(trial.next && trial.logL >= known - 1e-12 * Math.abs(known));
  for (let steps = 0, cycle = 0; steps < most; steps += 2, cycle++) {
    yield;
    if (!now.next) return { theta, logL: now.logL, collapsed: true };
    if (moved(theta, now.next) <= tolerance && !coincide(now.next)) return { theta, logL: now.logL, converged: true };
    if (wait-- <= 0) {
      const there = yield* foretold(em, theta, now.next), good = there && sound(there, em.floor), trial = good && em.step(there);
      steps += 3 * em.K + 1;
      yield;
      if (trial && !lower(trial, now.logL)) {
        [theta, now, wait, patience] = [there, trial, 0, 10];
        continue;
      }
      [wait, patience] = [patience, Math.min(160, 2 * patience)];
    }
    const second = em.step(now.next);
    if (!second.next) return { theta: now.next, logL: second.logL, collapsed: true };
    if (cycle >= plain) {
      const [length, there] = stride(theta, now.next, second.next, reach), good = there && sound(there, em.floor);
      yield;
      const trial = good && em.step(there);
      if (trial && !lower(trial, second.logL)) {
        if (length === reach) reach *= 4;
        [theta, now] = [there, trial];
        continue;
      }
      if (there) reach = Math.max(4, reach / 4);
    }
    [theta, now] = [now.next, second];
  }
  return { theta, logL: now.logL, converged: false };
}

/**
 * Starting values, as gmm/start.py has them: equal shares, k-means, widest gaps; then the fit of K − 1 with one
 * component in two, or with one more: narrow or wide at eleven places, and one that spans all.
 */
function starts(em, fewer) {
  const { K, xs, ws, N, total } = em, cumulative = [];
  ws.reduce((sum, w, i) => (cumulative[i] = sum + w), 0);
  const share = (i, k) => {
    // How much of value i lies in the k-th of K equal shares of the sorted data.
    const [a, b] = [(total * k) / K, (total * (k + 1)) / K];
    return Math.max(0, Math.min(b, cumulative[i]) - Math.max(a, cumulative[i] - ws[i]));
  };
  const at = (level) => xs[cumulative.findIndex((sum) => sum >= level)];
  const whole = (group) => (i, k) => (group(i) === k ? ws[i] : 0);
  const middleOf = (i) => Math.min(K - 1, Math.floor(((cumulative[i] - ws[i] / 2) / total) * K));
  let centres = Array.from({ length: K }, (_, k) => at(((k + 0.5) / K) * total)), groups = [];
  for (let round = 0; round < 100; round++) {
    let k = 0;
    groups = xs.map((x) => {
      while (k < K - 1 && x > (centres[k] + centres[k + 1]) / 2) k++;
      return k;
    });
    const sums = centres.map(() => [0, 0]);
    groups.forEach((g, i) => ((sums[g][0] += ws[i]), (sums[g][1] += ws[i] * xs[i])));
    const next = sums.map(([w, s], g) => (w > 0 ? s / w : centres[g]));
    if (next.every((c, g) => c === centres[g])) break;
    centres = next;
  }
  const gaps = Array.from({ length: N - 1 }, (_, i) => i).sort((i, j) => xs[j + 1] - xs[j] - (xs[i + 1] - xs[i]) || i - j);
  const cuts = gaps.slice(0, K - 1).sort((a, b) => a - b);
  const between = (i) => cuts.filter((c) => c < i).length;
  const shares = K === 1 ? [share] : [share, whole(middleOf), whole((i) => groups[i]), whole(between)];
  const found = shares.map((part) => fromGroups(em, part));
  for (let j = 0; fewer && j < K - 1; j++) {
    const { pi, mu, va } = fewer, s = Math.sqrt(va[j] / 2), put = (list, ...two) => [...list.slice(0, j), ...two, ...list.slice(j + 1)];
    found.push({ pi: put(pi, pi[j] / 2, pi[j] / 2), mu: put(mu, mu[j] - s, mu[j] + s), va: put(va, va[j] / 2, va[j] / 2) });
  }
  const [mean, variance] = em.moments;
  const more = (m, v) => found.push({ pi: [...fewer.pi.map((p) => 0.9 * p), 0.1], mu: [...fewer.mu, m], va: [...fewer.va, v * variance] });
  for (const level of fewer ? [0.005, 0.05, 0.16, 0.27, 0.39, 0.5, 0.61, 0.73, 0.84, 0.95, 0.995] : []) {
    for (const width of [0.05, 0.3]) more(at(level * total), width ** 2);
  }
  if (fewer) more(mean, 4);
  return found;
}

/** The mixture of the groups' shares, means and variances, none below a hundredth of the whole data's. */
function fromGroups(em, part) {
  const { K, xs, N, total, moments: [mean, variance] } = em, theta = { pi: [], mu: [], va: [] };
  for (let k = 0; k < K; k++) {
    let w = 0, s = 0, q = 0;
    for (let i = 0; i < N; i++) ((w += part(i, k)), (s += part(i, k) * xs[i]));
    for (let i = 0; w > 0 && i < N; i++) q += part(i, k) * (xs[i] - s / w) ** 2;
    theta.pi.push(w > 0 ? w : total / N / 2);
    theta.mu.push(w > 0 ? s / w : mean);
    theta.va.push(w > 0 ? Math.max(q / w, variance / 100) : variance);
  }
  const sum = theta.pi.reduce((a, b) => a + b, 0);
  return { ...theta, pi: theta.pi.map((p) => p / sum) };
}

/** Whether a component rests on a few close observations, by the rule of gmm/engine.py: such a top is not preferred. */
function spurious({ total, moments: [, variance] }, { pi, va }) {
  return Number(pi.length > 1 && pi.some((p, k) => p * total < 2.5 || (p * total < 10 && va[k] < variance / 900)));
}

/** Runs of neighbouring values as one value each, their mean, so that the first climbs are short. */
function thinned({ zs, ws }) {
  const run = Math.ceil(zs.length / 1500), xs = [], counts = [];
  for (let i = 0; i < zs.length; i += run) {
    const w = ws.slice(i, i + run), count = w.reduce((a, b) => a + b, 0);
    xs.push(zs.slice(i, i + run).reduce((sum, z, j) => sum + w[j] * z, 0) / count);
    counts.push(count);
  }
  return [xs, counts];
}

/** Fit K components: yields progress in words, returns the fit in the data's own unit. */
export function* fit(printed, data, K, fewer) {
  if (data.values.length < K) return { K, failed: `needs ${K} different values; there are ${data.values.length}` };
  const exact = new EM(printed, K, data.zs, data.ws);
  const rough = data.zs.length > SMALL ? new EM(printed, K, ...thinned(data)) : exact;
  const most = (em) => Math.min(6000, Math.max(100, Math.ceil(5e6 / (em.N * K))));
  const candidates = starts(rough, fewer?.inner);
  let ends = [];
  const add = (end) => end.collapsed || ends.some((other) => moved(other.theta, end.theta) < 1e-4) || ends.push(end);
  for (const [i, theta] of candidates.entries()) {
    yield `Fitting K = ${K}: start ${i + 1} of ${candidates.length}.`;
    add(yield* climb(rough, theta, { most: rough.N > 300 ? 60 : 120 }));
  }
  ends.sort((a, b) => b.logL - a.logL);
  const tries = ends.slice(0, rough.N > 300 ? 2 : ends.length);
  ends = [];
  for (const { theta } of tries) {
    yield `Fitting K = ${K}: climbing on.`;
    add(yield* climb(rough, theta, { plain: 0, most: most(rough), tolerance: 1e-6 }));
  }
  // One of several components that is narrower than a quarter of the smallest gap between two values sits on one value.
  const least = K > 1 ? (data.resolution / data.scale / 4) ** 2 : 0;
  const kept = ends.filter((end) => !end.collapsed && end.theta.va.every((v) => v > least));
  kept.sort((a, b) => spurious(rough, a.theta) - spurious(rough, b.theta) || b.logL - a.logL);
  let best = kept[0];
  if (best) {
    yield `Fitting K = ${K}: climbing to the top with all ${data.zs.length} different values.`;
    best = yield* climb(exact, best.theta, { plain: 0, most: most(exact) });
  }
  if (!best || best.collapsed) return { K, failed: "every start ends with a component on one value: use a smaller K" };
  return finished(printed, exact, data, best);
}

/** The fit in the unit of the data, its components from left to right. */
function finished(printed, em, data, { theta, converged }) {
  const order = theta.mu.map((_, k) => k).sort((a, b) => theta.mu[a] - theta.mu[b]);
  const [pi, mu, va] = ["pi", "mu", "va"].map((key) => order.map((k) => theta[key][k]));
  const inner = { pi, mu, va }, { K } = em, logL = em.expect(inner) - data.total * Math.log(data.scale);
  const nk = pi.map((_, k) => em.of_nk({ ws: em.ws, N: em.N, gammas: em.gammas, k: k + 1 }));
  const { term, posterior, [`total${K}`]: total } = em.call;
  const gamma = (value) => {
    const z = (value - data.median) / data.scale, ells = mu.map((m, k) => term(z, pi[k], m, va[k])), logfs = [total(ells)];
    return ells.map((_, k) => posterior(ells, k + 1, logfs, 1));
  };
  const scope = { logL, K, N: data.total };
  return {
    K, inner, converged, logL, nk,
    pi, mu: mu.map((m) => data.median + data.scale * m), va: va.map((v) => v * data.scale ** 2),
    aic: named(printed, "aic")(scope), bic: named(printed, "bic")(scope),
    gamma,
  };
}

// --- what is saved ---------------------------------------------------------

const quoted = (name) => (/[",\n]/.test(name) ? `"${name.replace(/"/g, '""')}"` : name);
const rows = (lines) => `${lines.map((line) => line.join(",")).join("\n")}\n`;
const indices = (K) => Array.from({ length: K }, (_, k) => k + 1);

/** The responsibilities of each observation, in the order in which they were given. */
export function membershipsCsv(data, result) {
  const head = ["n", quoted(data.name), "count", ...indices(result.K).map((k) => `gamma_${k}`), "component"];
  const line = (x, i) => {
    const gamma = result.gamma(x);
    return [i + 1, x, data.w[i], ...gamma, gamma.indexOf(Math.max(...gamma)) + 1];
  };
  return rows([head, ...data.x.map(line)]);
}

export function parametersCsv({ K, pi, mu, va, nk }) {
  const head = ["component", "weight", "mean", "standard_deviation", "variance", "N_k"];
  return rows([head, ...indices(K).map((k) => [k, pi[k - 1], mu[k - 1], Math.sqrt(va[k - 1]), va[k - 1], nk[k - 1]])]);
}

export function parametersJson(data, fits, { K, pi, mu, va, nk, logL, aic, bic, converged }) {
  const comparison = fits.filter((f) => f && !f.failed).map((f) => ({ K: f.K, log_likelihood: f.logL, aic: f.aic, bic: f.bic }));
  const record = {
    variable: data.name, n_observations: data.total, n_different_values: data.values.length, K,
    weights: pi, means: mu, standard_deviations: va.map(Math.sqrt), variances: va, N_k: nk,
    log_likelihood: logL, aic, bic, converged, comparison,
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

// --- numbers in words ------------------------------------------------------

const minus = (text) => text.replaceAll("-", "−").replace("e+", "e");
const digits = (value, n = 5) => (Number.isFinite(value) ? minus(String(Number(value.toPrecision(n)))) : "–");
/** As many significant digits, zeros at the end included. */
const even = (value, n = 5) => minus(value.toPrecision(n));
const fixed = (value, n) => shown(value, Math.max(0, Math.min(15, n)));
const order = (value) => Math.floor(Math.log10(Math.abs(value)));
/** A mean, to a thousandth of its standard deviation. */
function located(mean, sigma) {
  const places = 3 - order(sigma);
  return Math.abs(places) < 10 ? fixed(mean, places) : even(mean, Math.max(1, Math.min(17, 1 + places + order(mean))));
}

/** Ticks, about `most` of them, as numbers and as texts. */
function marks(low, high, most) {
  const { values, step, digits: places } = ticks(low, high, most), largest = Math.max(Math.abs(low), Math.abs(high));
  if (largest < 1e7 && places <= 7) return values.map((value) => [value, fixed(value, places)]);
  const apart = 1 + Math.ceil(Math.log10(largest / step) - 1e-9); // so many digits tell two neighbours from each other
  const power = (value) => minus(value.toExponential(apart - 1).replace(/\.?0*e/, "e"));
  return values.map((value) => [value, apart > 5 ? digits(value, apart) : value ? power(value) : "0"]);
}

// --- drawing ---------------------------------------------------------------

const longest = (found) => Math.max(...found.map(([, text]) => text.length));

/** As many ticks as a width has room for: long numbers need more of it. */
function across(x, width) {
  let most = Math.max(3, Math.floor(width / 80)), found;
  do found = marks(...x, most--);
  while (most && width < 9 * longest(found) * found.length);
  return found;
}

const upward = (y, height) => marks(...y, Math.max(2, Math.floor(height / 40)));

/** Where a picture begins, right of the label and the numbers of its vertical axis. */
const margin = (room, y, height) => Math.max(room < 420 ? 62 : 68, 28 + 8 * longest(upward(y, height)));

/** A pair of axes in a box; returns where values lie. */
function axes(root, { left, top, width, height, x, y, xlabel, ylabel, xticks, plain }) {
  const px = (value) => left + (width * (value - x[0])) / (x[1] - x[0]);
  const py = (value) => top + height - (height * (value - y[0])) / (y[1] - y[0]);
  const group = svg(root, "g", { class: "gmm-axes", "aria-hidden": "true" }), bottom = top + height;
  svg(group, "path", { class: "gmm-axis", d: `M${left},${top}V${bottom}H${left + width}` });
  for (const [value, text] of xticks ?? across(x, width)) {
    svg(group, "path", { class: "gmm-axis", d: `M${px(value)},${bottom}v5` });
    if (!plain) svg(group, "text", { x: px(value), y: bottom + 19, "text-anchor": "middle" }).textContent = text;
  }
  for (const [value, text] of upward(y, height)) {
    svg(group, "path", { class: "gmm-axis", d: `M${left},${py(value)}h-5` });
    svg(group, "text", { x: left - 8, y: py(value) + 4, "text-anchor": "end" }).textContent = text;
  }
  if (!plain) svg(group, "text", { class: "gmm-label", x: left + width / 2, y: bottom + 38, "text-anchor": "middle" }).textContent = xlabel;
  svg(group, "text", { class: "gmm-label", transform: `translate(13,${top + height / 2})rotate(-90)`, "text-anchor": "middle" })
    .textContent = ylabel;
  return [px, py];
}

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

class Own {
  constructor(model, el) {
    Object.assign(this, { model, el, printed: model.get("functions"), sets: model.get("datasets"), K: 2 });
    this.call = compile(this.printed);
    this.fits = [];
    this.opened = false; // the table of memberships
    el.classList.add("gmm-figure", "gmm-own");
    el.dataset.figure = model.get("name");
    this.input();
    this.output();
    this.observer = new ResizeObserver(() => this.width !== this.room() && this.draw());
    this.observer.observe(el);
    el.gmm = this; // for tests and for the curious
    this.choose(0);
  }

  remove() {
    this.run = null;
    clearTimeout(this.waiting);
    this.observer.disconnect();
  }

  button(parent, text, click, attributes) {
    const node = html(parent, "button", "gmm-button", text, { type: "button", ...attributes });
    node.onclick = click;
    return node;
  }

  /** A label that holds its input: no id, which a second copy of the picture could repeat. */
  labelled(parent, className, text, tag, input, attributes = {}) {
    const label = html(parent, "label", className);
    html(label, "span", "gmm-name", text);
    // Without autocomplete=off a browser that comes back to the page sets the input, and tells no one.
    return html(label, tag, input, undefined, { autocomplete: "off", ...attributes });
  }

  select(parent, text) {
    const node = this.labelled(parent, "gmm-own-field", text, "select", "gmm-select");
    node.onchange = () => this.take();
    return node;
  }

  /** Where the numbers come in. */
  input() {
    const area = html(this.el, "div", "gmm-own-input");
    this.text = this.labelled(area, "gmm-own-numbers", "Your numbers: paste them here, or drop a file", "textarea", "gmm-own-text", {
      rows: 6, spellcheck: "false",
    });
    this.text.oninput = () => {
      this.text.placeholder = "";
      this.run = null; // what was being fitted is no longer asked for
      this.done = false;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.read(this.text.value), 400);
    };
    for (const kind of ["dragenter", "dragover"]) {
      this.el.addEventListener(kind, (event) => (event.preventDefault(), area.classList.add("gmm-own-over")));
    }
    this.el.addEventListener("dragleave", (event) => !this.el.contains(event.relatedTarget) && area.classList.remove("gmm-own-over"));
    this.el.addEventListener("drop", (event) => {
      area.classList.remove("gmm-own-over");
      event.preventDefault();
      const file = event.dataTransfer?.files?.[0], text = event.dataTransfer?.getData("text/plain");
      if (file) this.load(file);
      else if (text) this.fill(text);
    });
    const bar = html(area, "div", "gmm-own-bar");
    const file = html(bar, "input", "gmm-own-hidden", undefined, { type: "file", accept: ".csv,.txt,.tsv,.dat,text/*", tabindex: -1, "aria-hidden": "true" });
    file.onchange = () => file.files[0] && this.load(file.files[0]);
    this.button(bar, "Open a file", () => ((file.value = ""), file.click()));
    this.sets.forEach((set, i) => this.button(bar, set.label, () => this.choose(i), { "data-set": set.name }));
    this.button(bar, "Clear", () => (this.fill(""), this.text.focus()));
    this.choices = html(area, "div", "gmm-own-bar");
    this.column = this.select(this.choices, "Column");
    this.counts = this.select(this.choices, "Counts");
    this.status = html(area, "p", "gmm-own-status", "", { role: "status", "aria-live": "polite" });
  }

  /** Where the fit is shown. */
  output() {
    this.shown = html(this.el, "div", "gmm-own-output");
    const row = html(this.shown, "div", "gmm-row gmm-own-k");
    this.slider = this.labelled(row, "gmm-own-slider", "Components K", "input", "gmm-range", { type: "range", min: 1, max: 5, step: 1, value: 2 });
    this.value = html(row, "span", "gmm-value", "2", { "aria-hidden": "true" }); // the slider itself is announced
    this.slider.oninput = () => this.pick(Number(this.slider.value), false);
    this.least = this.button(html(this.shown, "div", "gmm-own-bar"), "K with the smallest BIC", () => this.pick(this.smallest(), true));
    this.figure = html(this.shown, "div");
    this.values = html(this.shown, "div");
    this.choice = html(this.shown, "div");
    this.members = html(this.shown, "div");
    this.drawn = {};
    const bar = html(this.shown, "div", "gmm-own-bar", undefined, { role: "group", "aria-label": "Download" });
    this.saves = [
      this.button(bar, "Memberships (CSV)", () => this.save("memberships.csv", membershipsCsv(this.data, this.now))),
      this.button(bar, "Parameters (CSV)", () => this.save("parameters.csv", parametersCsv(this.now))),
      this.button(bar, "Parameters (JSON)", () => this.save("parameters.json", parametersJson(this.data, this.fits, this.now))),
    ];
  }

  save(name, text) {
    const url = URL.createObjectURL(new Blob([text], { type: name.endsWith("json") ? "application/json" : "text/csv" }));
    const link = html(this.el, "a", "", "", { href: url, download: name });
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  choose(i) {
    this.fill(this.sets[i].text, this.sets[i].column);
  }

  fill(text, column) {
    this.text.value = text;
    this.text.placeholder = "";
    this.read(text, column);
  }

  async load(file) {
    if (file.size > 20e6) return this.fail(new Trouble(`The file ${file.name} has ${Math.round(file.size / 1e6)} MB: save its one column of numbers as text.`));
    const text = await file.text().catch(() => null);
    if (text === null) return this.fail(new Trouble(`${file.name} cannot be read: choose a file of text.`));
    if (text.includes("\0")) return this.fail(new Trouble(`The file ${file.name} is not plain text: save it as CSV first.`));
    if (text.length < 300_000) return this.fill(text);
    // A field with megabytes of text is slow to show.
    this.text.value = "";
    this.text.placeholder = `${file.name} is read, but too long to show.`;
    this.read(text);
  }

  /** Cut the text into columns, offer them, and take the likely ones. */
  read(text, column) {
    clearTimeout(this.waiting);
    this.waiting = this.parsed = null;
    try {
      this.parsed = table(text);
    } catch (error) {
      return this.fail(error);
    }
    const offered = columns(this.parsed), likely = guess(this.parsed);
    const wide = this.parsed.width > 1;
    this.choices.hidden = !wide;
    this.column.replaceChildren();
    this.counts.replaceChildren();
    html(this.counts, "option", "", "no counts", { value: -1 });
    for (const [c, name] of offered) for (const menu of [this.column, this.counts]) html(menu, "option", "", name, { value: c });
    if (wide && !this.parsed.header) html(this.column, "option", "", "all columns, as one list", { value: -1 });
    this.column.value = String(column ?? likely.column);
    this.counts.value = String(likely.counts);
    this.take();
  }

  /** Read the chosen columns and fit them. */
  take() {
    try {
      const column = Number(this.column.value), counts = column < 0 ? -1 : Number(this.counts.value);
      if (column >= 0 && counts === column) throw new Trouble("Values and counts are the same column: choose two, or “no counts”.");
      this.data = numbers(this.parsed, column, counts);
    } catch (error) {
      return this.fail(error);
    }
    const { data } = this;
    this.about = `${data.total.toLocaleString("en")} numbers, ${data.values.length.toLocaleString("en")} of them different, `
      + `from ${digits(data.values[0], 10)} to ${digits(data.values.at(-1), 10)}.`;
    this.fits = [];
    this.automatic = true;
    this.shown.hidden = false;
    this.start();
  }

  fail(error) {
    if (!(error instanceof Trouble)) throw error;
    this.run = null;
    this.data = this.now = null;
    this.shown.hidden = true;
    this.choices.hidden = !(this.parsed?.width > 1);
    this.say(error.message, true);
  }

  say(text, trouble = false) {
    this.status.textContent = text;
    this.status.classList.toggle("gmm-own-trouble", trouble);
    this.text.setAttribute("aria-invalid", String(trouble));
  }

  /** Fit K = 1 … 5 in slices of a few milliseconds, so that the page stays alive. */
  start() {
    const run = (this.run = this.all());
    this.done = false;
    this.say(`${this.about} Fitting K = 1 to 5.`);
    this.draw();
    let words = "", told = performance.now();
    const slice = () => {
      if (run !== this.run) return;
      const until = performance.now() + 12;
      let step;
      do {
        step = run.next();
        words = step.value || words;
      } while (!step.done && performance.now() < until);
      if (step.done) return this.finish();
      if (words && until - told > 700) {
        this.say(`${this.about} ${words}`);
        [words, told] = ["", until];
      }
      setTimeout(slice);
    };
    slice();
  }

  *all() {
    let fewer = null;
    for (let K = 1; K <= 5; K++) {
      const found = (this.fits[K] = yield* fit(this.printed, this.data, K, fewer));
      fewer = found.failed ? null : found;
      if (K === this.K) this.draw();
    }
  }

  finish() {
    this.done = true;
    if (this.automatic) this.pick(this.smallest(), true);
    else this.draw();
    this.say(`${this.about} ${this.verdict()}`);
  }

  smallest() {
    const good = this.fits.filter((f) => f && !f.failed);
    return good.length ? good.reduce((best, f) => (f.bic < best.bic ? f : best)).K : 1;
  }

  /** One sentence on the choice of K, and a warning where a component holds next to nothing. */
  verdict() {
    const K = this.smallest(), { nk } = this.fits[K], least = Math.min(...nk);
    const caution = K > 1 && least < 10 ? ` Its smallest component holds only ${digits(least, 2)} of them: distrust it.` : "";
    return `BIC is smallest at K = ${K}.${caution}`;
  }

  pick(K, automatic) {
    this.automatic = automatic;
    this.K = K;
    this.slider.value = String(K);
    this.draw();
  }

  room() {
    return Math.max(250, Math.min(this.el.clientWidth || 640, 820));
  }

  draw() {
    const { K, data } = this;
    this.width = this.room();
    this.value.textContent = String(K);
    this.slider.setAttribute("aria-valuetext", `K = ${K}`);
    if (!data) return;
    this.now = this.fits[K] && !this.fits[K].failed ? this.fits[K] : null;
    this.saves.forEach((button) => (button.disabled = !this.now));
    this.least.disabled = !this.done;
    const failed = this.fits[K]?.failed, fresh = (what, ...state) => {
      // What shows the same as before stays as it is.
      const same = this.drawn[what]?.every((value, i) => value === state[i]);
      this.drawn[what] = state;
      if (!same) this[what].replaceChildren();
      return !same;
    };
    if (fresh("figure", this.fits[K] ?? K, this.width)) {
      if (this.now) this.picture();
      else html(this.figure, "p", "gmm-own-note", failed ? `K = ${K}: ${failed}.` : `K = ${K} is being fitted …`);
    }
    if (fresh("values", this.now) && this.now) this.parameters();
    if (fresh("choice", this.done && this.fits, this.width) && this.done) this.criteria();
    if (fresh("members", this.now) && this.now) this.memberships();
  }

  /** The histogram with the curves above, the responsibilities below. */
  picture() {
    const { now, data, width, K } = this;
    const list = html(this.figure, "ul", "gmm-legend");
    entry(list, "gmm-key gmm-data gmm-key-bricks", "data");
    if (K > 1) indices(K).forEach((k) => entry(list, `gmm-key gmm-component${k}`, `component ${k}`));
    entry(list, "gmm-key gmm-mixture", "f(x)");
    const means = now.mu.map((m, k) => located(m, Math.sqrt(now.va[k]))).join(", ");
    const root = svg(this.figure, "svg", {
      role: "img", viewBox: `0 0 ${width} 420`, width, height: 420,
      "aria-label": `Histogram of ${data.name} with the fitted curve of ${K} component${K > 1 ? "s" : ""}, means ${means}; below, the responsibilities.`,
    });
    const bars = histogram(data), spread = data.values.at(-1) - data.values[0];
    const x = [data.values[0] - spread * 0.06, data.values.at(-1) + spread * 0.06];
    const points = Array.from({ length: 401 }, (_, i) => x[0] + ((x[1] - x[0]) * i) / 400);
    // Narrow components are drawn where they are.
    now.mu.forEach((m, k) => { for (let i = -8; i <= 8; i++) points.push(m + (i / 2) * Math.sqrt(now.va[k])); });
    const places = points.filter((p) => p >= x[0] && p <= x[1]).sort((a, b) => a - b);
    const parts = places.map((p) => now.mu.map((m, k) => this.call.component(p, now.pi[k], m, now.va[k])));
    const whole = places.map((p) => this.call[`mixture${K}`](p, ...now.pi, ...now.mu, ...now.va));
    const top = Math.max(...bars.bars, Math.min(Math.max(...whole), 4 * Math.max(...bars.bars))) * 1.06;
    const y = [0, top], left = margin(width, y, 240), inner = width - left - 14, common = { left, width: inner, x };
    const [px, py] = axes(root, { ...common, top: 10, height: 240, y, ylabel: "density", plain: true });
    // A picture in the picture clips at its edges, with no id.
    const clipped = svg(root, "svg", { x: left, y: 10, width: inner, height: 240, viewBox: `${left} 10 ${inner} 240`, "aria-hidden": "true" });
    bars.bars.forEach((height, i) => {
      const at = px(bars.from + i * bars.width), wide = Math.max(0.5, px(bars.from + (i + 1) * bars.width) - at - 0.5);
      if (height) svg(clipped, "rect", { class: "gmm-brick", x: at.toFixed(2), y: py(height).toFixed(2), width: wide.toFixed(2), height: (py(0) - py(height)).toFixed(2) });
    });
    if (K > 1) {
      indices(K).forEach((k) => {
        const drawn = path(places.map((p, i) => [px(p), py(parts[i][k - 1])]));
        svg(clipped, "path", { class: `gmm-area gmm-component${k}`, d: `${drawn}L${px(places.at(-1))},${py(0)}L${px(places[0])},${py(0)}Z` });
        svg(clipped, "path", { class: `gmm-curve gmm-component${k}`, d: drawn });
      });
    }
    svg(clipped, "path", { class: "gmm-curve gmm-mixture", d: path(places.map((p, i) => [px(p), py(whole[i])])) });
    const [qx, qy] = axes(root, { ...common, top: 268, height: 104, y: [0, 1], xlabel: data.name, ylabel: "γ(x)" });
    const shares = places.map(now.gamma);
    indices(K).forEach((k) => svg(root, "path", { class: `gmm-curve gmm-component${k}`, d: path(places.map((p, i) => [qx(p), qy(shares[i][k - 1])])) }));
  }

  table(parent, caption, head, body, className = "") {
    const box = html(parent, "div", "gmm-own-scroll", undefined, { tabindex: 0, role: "region", "aria-label": caption });
    const node = html(box, "table", `gmm-own-table ${className}`);
    html(node, "caption", "", caption);
    const top = html(html(node, "thead"), "tr");
    head.forEach((text) => html(top, "th", "", text, { scope: "col" }));
    const rest = html(node, "tbody");
    body.forEach(([first, ...cells]) => {
      const row = html(rest, "tr");
      html(row, "th", "", first, { scope: "row" });
      cells.forEach((text) => html(row, "td", "", text));
    });
    return node;
  }

  parameters() {
    const { now } = this, { logL, aic, bic } = now;
    const node = this.table(
      this.values,
      `Parameters, K = ${now.K}`,
      ["component", "weight π", "mean μ", "standard deviation σ", "variance σ²", "Nₖ"],
      indices(now.K).map((k) => {
        const sigma = Math.sqrt(now.va[k - 1]);
        return [String(k), fixed(now.pi[k - 1], 4), located(now.mu[k - 1], sigma), even(sigma), even(now.va[k - 1]), fixed(now.nk[k - 1], 2)];
      })
    );
    node.querySelectorAll("tbody tr").forEach((row, i) => row.classList.add(`gmm-component${i + 1}`));
    html(this.values, "p", "gmm-own-note", `log-likelihood = ${fixed(logL, 4)} nats, AIC = ${fixed(aic, 2)}, BIC = ${fixed(bic, 2)}${now.converged ? "" : " (EM was still creeping when it was stopped)"}`);
  }

  /** AIC and BIC over K, drawn and in a table. */
  criteria() {
    const good = this.fits.filter((f) => f && !f.failed), K = this.smallest();
    if (!good.length) return;
    const { width } = this, height = 190;
    const all = good.flatMap((f) => [f.aic, f.bic]), room = Math.max(1, (Math.max(...all) - Math.min(...all)) * 0.1);
    const y = [Math.min(...all) - room, Math.max(...all) + room], left = margin(width, y, height - 58);
    const list = html(this.choice, "ul", "gmm-legend");
    entry(list, "gmm-own-bic", "BIC (filled)");
    entry(list, "gmm-own-aic", "AIC (rings)");
    const root = svg(this.choice, "svg", { role: "img", "aria-label": `AIC and BIC for K from 1 to 5. BIC is smallest at K = ${K}.`, viewBox: `0 0 ${width} ${height}`, width, height });
    const [px, py] = axes(root, {
      left, top: 12, width: Math.min(width - left - 20, 420), height: height - 58, x: [0.6, 5.4], y,
      xlabel: "components K", ylabel: "smaller is better", xticks: indices(5).map((k) => [k, String(k)]),
    });
    for (const kind of ["aic", "bic"]) {
      svg(root, "path", { class: `gmm-curve gmm-own-${kind}`, d: path(good.map((f) => [px(f.K), py(f[kind])])) });
      good.forEach((f) => svg(root, "circle", { class: `gmm-own-dot gmm-own-${kind}`, cx: px(f.K), cy: py(f[kind]), r: 4.5 }));
    }
    svg(root, "circle", { class: "gmm-own-best", cx: px(K), cy: py(this.fits[K].bic), r: 9.5 });
    const cells = (f) => [fixed(f.logL, 4), fixed(f.aic, 2), `${fixed(f.bic, 2)}${f.K === K ? " (smallest)" : ""}`, even(Math.sqrt(Math.min(...f.va)), 3), fixed(Math.min(...f.nk), 1)];
    const body = this.fits.filter(Boolean).map((f) => [String(f.K), ...(f.failed ? [f.failed, "", "", "", ""] : cells(f))]);
    this.table(this.choice, "How many components?", ["K", "log-likelihood", "AIC", "BIC", "smallest σ", "smallest Nₖ"], body, "gmm-own-criteria");
  }

  memberships() {
    const { now, data } = this, most = 100;
    const fold = html(this.members, "details", "gmm-own-fold");
    html(fold, "summary", "", `Memberships of the observations${data.x.length > most ? ` (the first ${most}; the download has all ${data.x.length.toLocaleString("en")})` : ""}`);
    const head = ["n", data.name, ...(data.counted ? ["count"] : []), ...indices(now.K).map((k) => `γ(n, ${k})`), "most probable"];
    const body = data.x.slice(0, most).map((x, i) => {
      const gamma = now.gamma(x), count = data.counted ? [String(data.w[i])] : [];
      return [String(i + 1), digits(x, 10), ...count, ...gamma.map((share) => fixed(share, 4)), String(gamma.indexOf(Math.max(...gamma)) + 1)];
    });
    this.table(fold, "Memberships", head, body, "gmm-own-long");
    fold.open = this.opened;
    fold.ontoggle = () => (this.opened = fold.open);
  }
}

export default {
  render({ model, el }) {
    const own = new Own(model, el);
    return () => own.remove();
  },
};
