// Fitting: the search of gmm.engine once more, in steps between which a page may do something else.
//
// Densities, responsibilities, the step of EM, the score and the blocks of the Hessian are the functions that SymPy
// printed: Python makes their module, with the `settings` of the engine. What is written here is the way through
// them: the names are those of gmm/engine, where each is explained. A mixture is {pi, mu, va}; a way is an array in
// log π_k, μ_k/σ_k and log σ_k², one after the other.

import {
  aic, bic, block22, block23, block33, chebyshev, component, fallen, mixtures, node, nodeWeight, posterior,
  score1, score2, score3, settings, stepMean, stepVariance, stepWeight, term, totals,
} from "./printed.js";

const PIECE = 4000; // values after which the page may breathe
export const indices = (K) => Array.from({ length: K }, (_, k) => k + 1);
const sum = (list) => list.reduce((total, value) => total + value, 0);
const largest = (list) => list.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const dot = (a, b) => a.reduce((total, value, i) => total + value * b[i], 0);

// --- one point of the likelihood (climb.Point) ---------------------------------

/** The log-likelihood of weighted values at a mixture, the sums of its scores, and its Hessian where it is wanted. */
export function* measure({ xs, ws }, theta, curved = false) {
  const { pi, mu, va } = theta, K = pi.length, D = 3 * K, sigma = va.map(Math.sqrt), total = totals[K];
  const peaks = mu.map((m, k) => term(m, pi[k], m, va[k])), ells = new Array(K).fill(0), logfs = [0];
  const s = new Float64Array(D), sums = new Float64Array(D), inner = new Float64Array(D), H = new Float64Array(curved ? D * D : 0);
  let logL = 0, weight = 0;
  for (let i = 0; i < xs.length; i++) {
    if (i % PIECE === PIECE - 1) yield;
    const x = xs[i], w = ws[i];
    for (let k = 0; k < K; k++) ells[k] = fallen(peaks[k], (x - mu[k]) / sigma[k]);
    logfs[0] = total(ells);
    logL += w * logfs[0];
    weight += w;
    for (let k = 0; k < K; k++) {
      const u = (x - mu[k]) / sigma[k], g = posterior(ells, k + 1, logfs, 1);
      s[k] = score1(g, u);
      s[K + k] = score2(g, u);
      s[2 * K + k] = score3(g, u);
      if (!curved) continue;
      inner[k] += w * block22(g, u);
      inner[K + k] += w * block23(g, u);
      inner[2 * K + k] += w * block33(g, u);
    }
    for (let a = 0; a < D; a++) {
      const ws = w * s[a];
      sums[a] += ws;
      if (curved) for (let b = 0; b <= a; b++) H[a * D + b] -= ws * s[b];
    }
  }
  const [nk, first, second] = [0, 1, 2].map((part) => Array.from(sums.subarray(part * K, (part + 1) * K)));
  const point = { theta, logL, nk, total: weight, first, second, gradient: [...nk.map((n, k) => n - weight * pi[k]), ...first, ...second] };
  if (!curved) return point;
  for (let k = 0; k < K; k++) {
    const add = (a, b, value) => (H[(a * K + k) * D + b * K + k] += value);
    // The first row of a block is the score itself.
    [nk[k], first[k], inner[k], second[k], inner[K + k], inner[2 * K + k]].forEach((value, i) => add(...[[0, 0], [1, 0], [1, 1], [2, 0], [2, 1], [2, 2]][i], value));
    for (let j = 0; j <= k; j++) H[k * D + j] += weight * pi[k] * pi[j];
    H[k * D + k] -= weight * pi[k];
  }
  point.hessian = Array.from({ length: D }, (_, a) => Array.from({ length: D }, (_, b) => H[Math.max(a, b) * D + Math.min(a, b)]));
  return point;
}

/** The mixture after one EM step. */
function emStep({ theta, nk, total, first, second }, least) {
  const { mu, va } = theta, filled = nk.map((n) => Math.max(n, settings.NOTHING));
  return {
    pi: nk.map((n) => stepWeight(total, n)),
    mu: mu.map((m, k) => stepMean(first[k], m, filled[k], va[k])),
    va: va.map((v, k) => Math.max(stepVariance(first[k], filled[k], second[k], v), least)),
  };
}

/** The mixture after a step along the coordinates. */
function moved({ pi, mu, va }, step, least) {
  const K = pi.length, grown = pi.map((p, k) => p * Math.exp(step[k])), total = sum(grown);
  return {
    pi: grown.map((p) => p / total),
    mu: mu.map((m, k) => m + Math.sqrt(va[k]) * step[K + k]),
    va: va.map((v, k) => Math.max(v * Math.exp(step[2 * K + k]), least)),
  };
}

/** The largest move of a parameter: of weights, and in standard deviations of means and deviations. */
function move(old, now) {
  return now.pi.reduce((most, p, k) => {
    const sigma = Math.sqrt(now.va[k]);
    return Math.max(most, Math.abs(p - old.pi[k]), Math.abs(now.mu[k] - old.mu[k]) / sigma, Math.abs(1 - Math.sqrt(old.va[k]) / sigma));
  }, 0);
}

/** The eigenvalues of a symmetric matrix, rising, and the eigenvectors, by Jacobi's rotations. */
function eigen(matrix) {
  const n = matrix.length, a = matrix.map((row) => [...row]), v = a.map((_, i) => a.map((_, j) => Number(i === j)));
  for (let round = 0; round < 60; round++) {
    let off = 0, size = 0;
    for (let p = 0; p < n; p++) for (let q = 0; q < n; q++) p === q ? (size += a[p][p] ** 2) : (off += a[p][q] ** 2);
    if (!(off > 1e-32 * size)) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p][q] === 0) continue;
        const half = (a[q][q] - a[p][p]) / (2 * a[p][q]), t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1));
        const c = 1 / Math.hypot(t, 1), s = t * c;
        for (let i = 0; i < n; i++) [a[i][p], a[i][q]] = [c * a[i][p] - s * a[i][q], s * a[i][p] + c * a[i][q]];
        for (let i = 0; i < n; i++) [a[p][i], a[q][i]] = [c * a[p][i] - s * a[q][i], s * a[p][i] + c * a[q][i]];
        for (let i = 0; i < n; i++) [v[i][p], v[i][q]] = [c * v[i][p] - s * v[i][q], s * v[i][p] + c * v[i][q]];
      }
    }
  }
  const order = a.map((_, i) => i).sort((i, j) => a[i][i] - a[j][j]);
  return [order.map((i) => a[i][i]), order.map((i) => v.map((row) => row[i]))];
}

/** The sum of the slopes along the ways, each over its curvature's size: uphill, at a saddle too. */
function newtonStep(rates, ways, slopes) {
  return ways[0].map((_, d) => ways.reduce((total, way, i) => total + (way[d] * slopes[i]) / Math.max(Math.abs(rates[i]), settings.FLAT), 0));
}

// --- the climb (climb) -----------------------------------------------------------

const isOnFloor = ({ va }, least) => va.map((v) => v <= settings.ON_FLOOR * least);
const within = ({ pi, mu, va }, least) => ({
  pi, mu: mu.map((m) => Math.max(-settings.FARTHEST, Math.min(settings.FARTHEST, m))), va: va.map((v) => Math.max(v, least)),
});

/** Which coordinates the floor under the variances leaves. */
function ways({ theta, gradient }, least) {
  const K = theta.pi.length, held = isOnFloor(theta, least).map((on, k) => on && gradient[2 * K + k] <= 0);
  return gradient.map((_, d) => d).filter((d) => d < 2 * K || !held[d - 2 * K]);
}

/** The eigenvalues λ of −C⁻¹H, rising, with their ways and the slopes along them: EM leaves 1 − λ of the way. */
function curvature(point, least) {
  const { theta: { pi }, total, nk, hessian, gradient } = point, free = ways(point, least), K = pi.length;
  const complete = [...pi.map((p) => total * p), ...nk, ...nk.map((n) => n / 2)].map(Math.sqrt);
  const matrix = free.map((a) => free.map((b) => -hessian[a][b] / complete[a] / complete[b] + (a < K && b < K ? Math.sqrt(pi[a] * pi[b]) : 0)));
  const [rates, vectors] = eigen(matrix), place = gradient.map((_, d) => free.indexOf(d));
  const found = vectors.map((vector) => place.map((i, d) => (i < 0 ? 0 : vector[i] / complete[d])));
  return [rates, found, found.map((way) => dot(way, gradient))];
}

/** What the end is, by the eigenvalues of the Hessian per observation in the free coordinates. */
function classified(point, least) {
  const { theta: { pi }, total, hessian, gradient } = point, K = pi.length;
  const base = ways(point, least).map((a) => {
    // What changes the weights' ratios: at right angles to (1, …, 1).
    const n = Math.sqrt(a * (a + 1));
    return gradient.map((_, d) => (a >= K ? Number(a === d) : d < a ? 1 / n : d === a ? -a / n : 0));
  }).slice(1);
  const curved = base.map((way) => hessian.map((row) => dot(row, way)));
  const [values, vectors] = eigen(base.map((way) => curved.map((other) => -dot(way, other) / total)));
  const found = vectors.map((vector) => gradient.map((_, d) => vector.reduce((all, value, i) => all + value * base[i][d], 0)));
  return { kind: values[0] > settings.FLAT ? "maximum" : values[0] > -settings.FLAT ? "ridge" : "saddle", rates: values, ways: found };
}

/** Climb from a mixture to a maximum: EM finds the hill, Newton's method goes up it. */
function* climb(data, start, least, patience = 0) {
  const K = start.pi.length;
  let point = yield* measure(data, within(start, least)), evaluations = 1, replaced = 0, seeking = true, steps = 0, radius = settings.RADIUS, smallest = Infinity;
  const at = function* (theta) {
    yield;
    evaluations++;
    return yield* measure(data, theta);
  };
  const noise = () => settings.NOISE * Math.max(Math.abs(point.logL), point.total);
  while (evaluations < settings.MAX_ITER) {
    if (point.nk.some((n) => n < settings.EMPTY * Math.min(1, point.total / data.xs.length))) {
      if (K === 1 || replaced++ > 2 * K) break;
      point = yield* replacing(point, least, at);
      [seeking, steps] = [true, 0];
      continue;
    }
    seeking = seeking && steps < patience;
    if (seeking) {
      steps++;
      const after = emStep(point, least);
      if (move(point.theta, after) > settings.STRIDE / 2) {
        point = yield* at(after);
        continue;
      }
    }
    if (!point.hessian) point = yield* measure(data, point.theta, true);
    const [rates, directions, slopes] = curvature(point, least), step = newtonStep(rates, directions, slopes), size = largest(step);
    const rounding = Math.max(settings.STALLED, 4 * Number.EPSILON * largest(point.theta.mu.map((m, k) => m / Math.sqrt(point.theta.va[k]))));
    seeking = seeking && size > settings.STEP && (rates[0] < 10 * settings.FLAT || size > settings.HILL);
    if (seeking) {
      point = yield* alongEm(point, rates, directions, slopes, least, noise(), at);
    } else if (size > settings.STEP && !(rounding > size && size > 0.9 * smallest)) {
      smallest = Math.min(smallest, size);
      [point, radius] = yield* advance(point, step, size, radius, least, noise(), at);
    } else {
      const end = classified(point, least);
      const better = end.kind === "maximum" ? null : yield* leaving(data, point, end, least, noise());
      if (!better) return { ...end, point };
      point = yield* at(better);
      [seeking, steps, smallest] = [true, 0, Infinity];
    }
  }
  if (!point.hessian) point = yield* measure(data, point.theta, true);
  return { ...classified(point, least), kind: "unfinished", point };
}

/** Go where small EM steps would lead, as far as moves nothing by more than a stride. */
function* alongEm(point, rates, directions, slopes, least, noise, at) {
  const tiny = settings.LEAST_RATE, used = rates.map((rate) => (Math.abs(rate) < tiny ? tiny : rate));
  const reached = settings.TIMES.map((time) => {
    const shares = used.map((rate, i) => (-Math.expm1(-rate * time) / rate) * slopes[i]);
    return point.gradient.map((_, d) => directions.reduce((total, way, i) => total + way[d] * shares[i], 0));
  });
  const near = reached.filter((step) => largest(step) <= settings.STRIDE && step.every(Number.isFinite)).at(-1);
  if (near) {
    const trial = yield* at(moved(point.theta, near, least));
    if (trial.logL >= point.logL - noise) return trial;
  }
  return yield* at(emStep(point, least));
}

/** Take the step, shortened until the likelihood does not fall, or else an EM step; and the new radius. */
function* advance(point, step, size, radius, least, noise, at) {
  for (let i = 0; i < settings.SHORTENED; i++) {
    const share = Math.min(1, radius / size), trial = yield* at(moved(point.theta, step.map((value) => share * value), least));
    if (trial.logL >= point.logL - noise) return [trial, share < 1 ? Math.min(2 * radius, settings.LARGEST_RADIUS) : radius];
    radius = Math.min(radius, size) / 4;
  }
  return [yield* at(emStep(point, least)), settings.RADIUS];
}

/** Leave a saddle or a ridge by a short run of EM from beside it, if one leads higher. */
function* leaving(data, point, { rates, ways: found }, least, noise) {
  const beside = [];
  found.filter((_, i) => rates[i] <= settings.FLAT).forEach((way) => {
    for (const length of settings.ASIDE) beside.push(moved(point.theta, way.map((value) => length * value), least));
  });
  const runs = yield* shortRuns(data, beside, settings.BESIDE, least);
  const [height, theta] = runs.reduce((best, run) => (run[0] > best[0] ? run : best), [-Infinity]);
  return height > point.logL + 10 * noise ? theta : null;
}

/** Let a component that ran out of data begin anew as one half of another, where that is best. */
function* replacing(point, least, at) {
  const empty = point.nk.indexOf(Math.min(...point.nk)), after = emStep(point, least);
  let best = null;
  for (const k of point.nk.keys()) {
    const trial = k !== empty && (yield* at(split(after, k, empty)));
    if (trial && !(best?.logL >= trial.logL)) best = trial;
  }
  return best;
}

// --- where a fit may begin (starts) ------------------------------------------------

/** Cut a component in two halves; the mixture keeps its mean and its variance. */
function split(theta, k, into = theta.pi.length) {
  const [pi, mu, va] = [[...theta.pi], [...theta.mu], [...theta.va]], half = settings.HALF * Math.sqrt(va[k]);
  pi[k] = pi[into] = pi[k] / 2;
  [mu[into], mu[k]] = [mu[k] + half, mu[k] - half];
  va[k] = va[into] = va[k] - half ** 2;
  const total = sum(pi);
  return { pi: pi.map((p) => p / total), mu, va };
}

/** EM from each of the starts, so many steps. */
function* shortRuns(data, thetas, steps, least) {
  const runs = [];
  for (const start of thetas) {
    let point = yield* measure(data, start);
    for (let i = 0; i < steps; i++) point = yield* measure(data, emStep(point, least));
    runs.push([point.logL, point.theta, yield* gainsOf(data, point.theta)]);
    yield;
  }
  return runs;
}

/** Values and weights of groups of neighbours, each from one cut to the next. */
function grouped({ xs, ws }, cuts) {
  const groups = cuts.map((first, g) => {
    let w = 0, s = 0;
    for (let i = first; i < (cuts[g + 1] ?? xs.length); i++) ((w += ws[i]), (s += ws[i] * xs[i]));
    return [s / w, w];
  });
  return { xs: groups.map(([x]) => x), ws: groups.map(([, w]) => w) };
}

function moments({ xs, ws }, first = 0, last = xs.length) {
  let w = 0, s = 0, q = 0;
  for (let i = first; i < last; i++) ((w += ws[i]), (s += ws[i] * xs[i]));
  for (let i = first; i < last; i++) q += ws[i] * (xs[i] - s / w) ** 2;
  return [w, s / w, q / w];
}

/** The first place where a rising list is not below a level. */
function placeOf(list, level) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < level) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where to cut into K groups of least squared distance to their means: exact, by dynamic programming. */
function kMeans({ xs, ws }, K) {
  const M = xs.length, total = sum(ws), sums = [0, 1, 2].map((power) => {
    const list = new Float64Array(M + 1);
    for (let i = 0; i < M; i++) list[i + 1] = list[i] + (ws[i] / total) * xs[i] ** power;
    return list;
  });
  const cost = (i, j) => Math.max(0, sums[2][j] - sums[2][i] - (sums[1][j] - sums[1][i]) ** 2 / (sums[0][j] - sums[0][i]));
  let best = Array.from({ length: M + 1 }, (_, j) => (j ? cost(0, j) : Infinity));
  const cut = [];
  for (let k = 2; k <= K; k++) {
    const from = new Array(M + 1).fill(0), next = new Array(M + 1).fill(Infinity);
    for (let j = k; j <= M; j++) {
      for (let i = k - 1; i < j; i++) {
        const path = best[i] + cost(i, j);
        if (path < next[j]) [next[j], from[j]] = [path, i];
      }
    }
    [best, cut[k]] = [next, from];
  }
  const cuts = [M];
  for (let k = K; k >= 2; k--) cuts.unshift(cut[k][cuts[0]]);
  return [0, ...cuts];
}

/** The weights, means and variances of groups, none narrower than a hundredth of the whole's variance. */
function fromCuts(data, cuts) {
  const [total, mean, variance] = moments(data), theta = { pi: [], mu: [], va: [] };
  for (let k = 0; k + 1 < cuts.length; k++) {
    const some = cuts[k] < cuts[k + 1], [w, m, v] = some ? moments(data, cuts[k], cuts[k + 1]) : [total / data.xs.length / 2, mean, variance];
    theta.pi.push(w);
    theta.mu.push(m);
    theta.va.push(some ? Math.max(v, settings.LEAST_START_VARIANCE * variance) : v);
  }
  const all = sum(theta.pi);
  return { ...theta, pi: theta.pi.map((p) => p / all) };
}

function byMean({ pi, mu, va }) {
  const order = mu.map((_, k) => k).sort((a, b) => mu[a] - mu[b]);
  return { pi: order.map((k) => pi[k]), mu: order.map((k) => mu[k]), va: order.map((k) => va[k]) };
}

/** Starts: cuts of the data, and what a mixture with one component fewer grows to, where it expects too little too. */
export function candidates(data, K, fewer, hot = []) {
  const { xs, ws } = data, [total, mean, variance] = moments(data), rising = [];
  ws.reduce((all, w, i) => (rising[i] = all + w), 0);
  const middles = rising.map((all, i) => all - ws[i] / 2), equal = indices(K - 1).map((k) => placeOf(middles, (k / K) * total));
  const gaps = xs.slice(1).map((x, i) => [x - xs[i], i + 1]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const widest = gaps.slice(0, K - 1).map(([, i]) => i).sort((a, b) => a - b), M = xs.length;
  const found = [[0, ...equal, M], kMeans(data, K), [0, ...widest, M]].map((cuts) => fromCuts(data, cuts));
  if (fewer) {
    const more = (m, v, one = settings.NEW_WEIGHT) => found.push({ pi: [...fewer.pi.map((p) => (1 - one) * p), one], mu: [...fewer.mu, m], va: [...fewer.va, v] });
    fewer.pi.forEach((_, k) => found.push(split(fewer, k)));
    for (const level of settings.QUANTILES) for (const width of settings.NEW_WIDTHS) more(xs[placeOf(rising, level * total)], width ** 2 * variance);
    more(mean, settings.COVERING ** 2 * variance);
    for (const [share, m, v] of hot) more(m, v, share);
  }
  return found.map(byMean);
}

// --- what chance can do (scan) --------------------------------------------------------

/** By how many nats each component raises the log-likelihood above that of the others. */
function* gainsOf({ xs, ws }, { pi, mu, va }) {
  const K = pi.length, total = totals[K], ells = new Array(K), logfs = [0], found = pi.map((p) => sum(ws) * Math.log1p(-Math.min(p, 1 - settings.LEAST_WITHOUT)));
  const peaks = mu.map((m, k) => term(m, pi[k], m, va[k])), sigma = va.map(Math.sqrt);
  for (let i = 0; i < xs.length; i++) {
    if (i % PIECE === PIECE - 1) yield;
    for (let k = 0; k < K; k++) ells[k] = fallen(peaks[k], (xs[i] - mu[k]) / sigma[k]);
    logfs[0] = total(ells);
    for (let k = 0; k < K; k++) found[k] -= ws[i] * Math.log(Math.max(1 - posterior(ells, k + 1, logfs, 1), settings.LEAST_WITHOUT));
  }
  return found;
}

/** By how much each component's gain exceeds what the best window of its width gains by chance; of a wide one infinite. */
function certainty({ total, resolution }, { pi, mu, va }, gained) {
  const level = settings.CHANCE + Math.log(Math.max(Math.log(Math.max(total, 2)), 1));
  return pi.map((p, k) => {
    const seen = sum(pi.map((other, j) => (j === k ? 0 : component(mu[k], other, mu[j], va[k] + va[j]))));
    const width = Math.max(1 / component(mu[k], 1, mu[k], 2 * va[k]), resolution); // 1/∫N²
    const share = (width * seen) / Math.max(1 - p, settings.LEAST_WITHOUT);
    const windows = 1 / Math.max(share, settings.LEAST_WITHOUT * Math.max(p, 1 / total));
    return windows > settings.NARROW_WINDOWS ? gained[k] - Math.log(windows) - level : Infinity;
  });
}

/** Windows with more in them than a mixture expects, beyond what chance does: [first, last, share that was not expected]. */
function hotWindows({ xs, ws }, { pi, mu, va }) {
  const M = xs.length, total = sum(ws), edge = (i) => (i === 0 ? xs[0] : i === M ? xs[M - 1] : (xs[i] + xs[i - 1]) / 2);
  const expected = new Float64Array(M + 1), counted = new Float64Array(M + 1), best = [], found = [];
  for (let i = 0; i < M; i++) {
    expected[i + 1] = expected[i] + total * mixtures[pi.length](xs[i], ...pi, ...mu, ...va) * (edge(i + 1) - edge(i));
    counted[i + 1] = counted[i] + ws[i];
  }
  for (const size of settings.WINDOW_SIZES) {
    if (size > Math.floor(M / 3)) break;
    let top = [-Infinity];
    for (let first = 0; first + size <= M; first++) {
      const n = counted[first + size] - counted[first], e = Math.max(expected[first + size] - expected[first], settings.LEAST_EXPECTED);
      if (n <= e || e * settings.NARROW_WINDOWS > total) continue;
      const beyond = n * Math.log(n / e) - (n - e) - Math.log(total / e);
      if (beyond > top[0]) top = [beyond, first, first + size, (n - e) / total];
    }
    best.push(top);
  }
  for (const [beyond, first, last, excess] of best.sort((a, b) => b[0] - a[0])) {
    if (found.length === settings.HOT_WINDOWS || !(beyond > settings.HOT)) break;
    if (found.every(([begin, end]) => last <= begin || first >= end)) found.push([first, last, excess]);
  }
  return found;
}

// --- weighted values that stand for many (nodes) ------------------------------------

/** The width that a cell at x may have. */
function widthAt(x, mixtures) {
  let width = Infinity;
  for (const { mu, va } of mixtures) {
    mu.forEach((m, k) => {
      const sigma = Math.sqrt(va[k]);
      width = Math.min(width, Math.max(sigma, Math.abs(x - m) - settings.REACH * sigma));
    });
  }
  return settings.CELL_WIDTH * width;
}

/** Cells narrow against what is near them, and in each that is full a few values with the sums of those in it. */
export function* nodes({ xs, ws }, mixtures) {
  const P = settings.ORDER, found = { xs: [], ws: [] }, full = [], places = indices(P).map((j) => node(j, P));
  let edge = xs[0], i = 0;
  for (let cells = 0; i < xs.length; cells++) {
    let step = widthAt(edge, mixtures);
    step = Math.min(step, Math.max(widthAt(edge + step, mixtures), step / 2));
    const end = cells < settings.MOST_CELLS ? edge + step : Infinity, first = i;
    while (i < xs.length && (xs[i] < end || i === first && end <= edge)) i++;
    if (i - first > P && end < Infinity) {
      const middle = (edge + end) / 2, half = (end - edge) / 2, sums = new Float64Array(P);
      for (let n = first; n < i; n++) {
        if (n % PIECE === PIECE - 1) yield;
        for (let m = 0; m < P; m++) sums[m] += ws[n] * chebyshev(m, Math.max(-1, Math.min(1, (xs[n] - middle) / half)));
      }
      indices(P).forEach((j) => (found.xs.push(middle + half * places[j - 1]), found.ws.push(nodeWeight(sums[0], Array.from(sums.subarray(1)), j, P))));
      full.push([edge, end]);
    } else {
      for (let n = first; n < i; n++) (found.xs.push(xs[n]), found.ws.push(ws[n]));
    }
    edge = end;
  }
  const fitFor = (others) => full.every(([left, right]) => right - left <= settings.SLACK * Math.max(widthAt(left, others), widthAt(right, others)));
  return { ...found, fitFor };
}

// --- the search (search) ------------------------------------------------------------------

/** What the search needs to know of the data: in their unit, with the floor under the variances. */
function sourceOf({ zs, ws, median, scale }) {
  const [total, , variance] = moments({ xs: zs, ws }), offset = Math.abs(median) / scale;
  let gap = Infinity, different = 1;
  for (let i = 1; i < zs.length; i++) {
    const apart = zs[i] - zs[i - 1];
    if (apart > 0) different++;
    if (apart > Math.min(settings.ROUNDING * (offset + Math.abs(zs[i])), settings.APART)) gap = Math.min(gap, apart);
  }
  if (gap === Infinity) gap = settings.APART;
  const spread = Math.sqrt(variance), least = Math.min(settings.SHARE_OF_RESOLUTION * gap, spread / 2) ** 2;
  const tied = settings.TIED * different <= total;
  return { all: { xs: zs, ws }, total, least, resolution: gap, tied, few: zs.length <= settings.FEW_VALUES, closely: [] };
}

/** Which components stand on the floor, or may well be accidents. */
function isSpurious(source, theta, gained) {
  const certain = theta.pi.length > 1 ? certainty(source, theta, gained) : [Infinity];
  return isOnFloor(theta, source.least).map((on, k) => on || certain[k] < 0);
}

/** Whether another end is preferred: to what counts as spurious, and to what is narrower than the data were recorded. */
const isPassedOver = (source, theta, gained) =>
  isSpurious(source, theta, gained).some(Boolean) || (source.tied && theta.va.some((va) => Math.sqrt(va) < source.resolution));
const isImproper = (source, end) => end.kind !== "maximum" || isPassedOver(source, end.point.theta, end.gained);

/** What is smaller for the better end: proper ones come first; of accidents the one whose worst component is the surest. */
function preference(source, end) {
  if (!isImproper(source, end)) return [0, 0, -end.point.logL];
  if (end.kind !== "maximum" || isOnFloor(end.point.theta, source.least).some(Boolean)) return [2, 0, -end.point.logL];
  return [1, -Math.min(...certainty(source, end.point.theta, end.gained)), -end.point.logL];
}

/** The ends in the order of preference, each height once. */
function uniqueEnds(source, ends) {
  const ranked = ends.map((end) => [preference(source, end), end]).sort(([a], [b]) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]), kept = [];
  for (const [, end] of ranked) {
    const height = end.point.logL;
    if (kept.every((other) => Math.abs(height - other.point.logL) > settings.SAME * Math.abs(height))) kept.push(end);
  }
  return kept;
}

/** A climb, and what each component gains at its end. */
function* climbed(source, data, theta) {
  const end = yield* climb(data, theta, source.least);
  return { ...end, gained: yield* gainsOf(data, end.point.theta) };
}

/** Where a smaller mixture misses observations: components for the windows, which the sketch is to show closely. */
function missed(source, fewer) {
  if (!fewer) return [];
  const { xs, ws } = source.few ? source.all : grouped(source.all, levels(source.all.xs.length, settings.MOST_SCANNED));
  return hotWindows({ xs, ws }, fewer).map(([first, last, excess]) => {
    const [, mean, variance] = moments({ xs, ws }, first, last);
    source.closely.push([xs[first], xs[last - 1]]);
    return [excess, mean, Math.max(variance, source.least)];
  });
}

/** The sketch; the best ends on it; and the best that a search for more components would go on from. */
function* endsOf(source, K, fewer) {
  const hot = missed(source, fewer), rough = roughOf(source);
  const runs = yield* shortRuns(rough, candidates(rough, K, fewer, hot), settings.SHORT, source.least), ends = [];
  const ranked = runs.map((run) => [Number(isPassedOver(source, run[1], run[2])), ...run]).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  let next = null;
  for (const [, , theta] of ranked.slice(0, settings.MOST_CLIMBED)) {
    ends.push(yield* climbed(source, rough, theta));
    const proper = ends.filter((end) => !isImproper(source, end)).map((end) => end.point.logL), top = Math.max(...proper);
    if (!proper.length) continue;
    const agreed = proper.filter((height) => height >= top - settings.SAME * Math.abs(top)).length >= settings.AGREED;
    if (agreed || ends.length >= settings.CLIMBED_ON_THE_WAY) next ??= uniqueEnds(source, ends)[0];
    if (agreed || ends.length >= settings.CLIMBED) break;
  }
  const found = uniqueEnds(source, ends);
  return [rough, found, byMean((next ?? found[0]).point.theta)];
}

/** Climb on from each of the mixtures, and take the best end. */
function* follow(source, data, mixtures) {
  const ends = [];
  for (const theta of mixtures) ends.push(yield* climbed(source, data, theta));
  return uniqueEnds(source, ends)[0];
}

const mixturesOf = (ends) => ends.slice(0, settings.FOLLOWED).map((end) => end.point.theta);

/** The best end with K components, by way of groups and, where the values are many, of nodes. */
function* bestEnd(source, rough, ends) {
  if (rough === source.all) return ends[0];
  let mixtures = mixturesOf(ends), end = null;
  if (source.few) return yield* follow(source, source.all, mixtures);
  for (let cut = 0; cut < settings.MOST_CUTS; cut++) {
    const stand = yield* nodes(source.all, mixtures);
    end = yield* follow(source, stand, mixtures);
    mixtures = [end.point.theta];
    if (stand.fitFor(mixtures)) break;
  }
  return end;
}

/** Take exact steps from the end until it is the data's own. */
function* polished(source, end) {
  let theta = end.point.theta, closest = Infinity, best = null;
  for (let i = 0; i < settings.MOST_POLISHED; i++) {
    const point = yield* measure(source.all, theta), moves = move(theta, emStep(point, source.least));
    if (moves < closest) [closest, best] = [moves, point];
    if (moves <= settings.EXACT || moves > closest) break;
    const slopes = end.ways.map((way) => dot(way, point.gradient) / point.total);
    theta = moved(theta, newtonStep(end.rates, end.ways, slopes), source.least);
  }
  return [best, closest];
}

/** Where groups of equal numbers begin. */
const levels = (N, most) => Array.from({ length: Math.min(most, N) }, (_, i) => Math.floor((i * N) / Math.min(most, N)));

/** Groups of neighbours on which a search begins: by number, closely in some intervals, and of many by width, too. */
function roughOf({ all, few, closely }) {
  const N = all.xs.length, M = settings.IN_WINDOW, half = settings.GROUPS / 2, low = all.xs[0], width = (all.xs[N - 1] - low) / half;
  if (few && N <= settings.MOST_START_GROUPS) return all;
  const singly = closely.flatMap((ends) => {
    const [first, last] = ends.map((end) => placeOf(all.xs, end));
    return Array.from({ length: M + 1 }, (_, i) => first + Math.floor((i * (last - first)) / M));
  });
  const byWidth = few ? [] : Array.from({ length: half + 1 }, (_, i) => placeOf(all.xs, low + i * width));
  const cuts = [...levels(N, few ? settings.MOST_START_GROUPS : half), ...byWidth, ...singly].filter((i) => i < N);
  return grouped(all, [...new Set(cuts)].sort((a, b) => a - b));
}

/** Fit K = 1 … `most` components. Yields what to tell, and the fits in the unit of the data, one after the other. */
export function* fits(data, most) {
  const source = sourceOf(data), range = data.zs.at(-1) - data.zs[0];
  let fewer = null;
  for (const K of indices(most)) {
    if (data.values.length < K) {
      yield { fit: { K, failed: `needs ${K} different values; there are ${data.values.length}` } };
      continue;
    }
    if (range > settings.WIDEST * Math.sqrt(source.least)) {
      yield { fit: { K, failed: "the numbers lie too far apart for their smallest gap: remove the outliers, or fit the logarithms" } };
      continue;
    }
    yield { words: `Fitting K = ${K}.` };
    let rough, ends;
    [rough, ends, fewer] = yield* endsOf(source, K, fewer);
    if (!source.few) yield { words: `Fitting K = ${K}: climbing on all ${data.zs.length.toLocaleString("en")} different values.` };
    const end = yield* bestEnd(source, rough, ends), [point, left] = yield* polished(source, end);
    yield { fit: finished(data, source, end, point, left) };
  }
}

/** The fit in the unit of the data, its components from left to right. */
function finished({ total, median, scale }, source, { kind, gained }, point, left) {
  const K = point.theta.pi.length, collapsed = isOnFloor(point.theta, source.least).some(Boolean);
  if (collapsed) return { K, failed: "every start ends with a component on one value: use a smaller K" };
  const { pi, mu, va } = byMean(point.theta), logL = point.logL - total * Math.log(scale);
  const nk = byMean({ ...point.theta, pi: point.nk }).pi;
  return {
    K, inner: { pi, mu, va }, logL, nk, converged: kind === "maximum" && left <= settings.CERTAIN, kind, spurious: isSpurious(source, point.theta, gained).some(Boolean),
    pi, mu: mu.map((m) => median + scale * m), va: va.map((v) => v * scale ** 2), aic: aic(K, logL), bic: bic(K, total, logL),
  };
}

/** The responsibilities of a value in a fit. */
export function shares({ median, scale }, { inner: { pi, mu, va } }, value) {
  const z = (value - median) / scale, ells = mu.map((m, k) => term(z, pi[k], m, va[k])), logfs = [totals[pi.length](ells)];
  return ells.map((_, k) => posterior(ells, k + 1, logfs, 1));
}
