const SMALL = 3000; // different values up to which EM works on all of them from the start
const COLLAPSE = 1e-8; // as in gmm.fit, in standard deviations of the data
const COINCIDE = 1e-6;
const TOLERANCE = 1e-9; // of one step of EM, in standard deviations of its component

// --- the printed functions -------------------------------------------------

/** Turn {name: printed function} into {name: function}, with the arguments in the printed order. */
function compile(printed) {
  return Object.fromEntries(Object.entries(printed).map(([name, one]) => [name, made(one)]));
}

/** A printed function that takes its arguments by name. */
const named = (printed, name) => {
  const { args } = printed[name], call = made(printed[name]);
  return (scope) => call(...args.map((arg) => scope[arg]));
};

/** EM on collected values, with the printed functions. */
class EM {
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
function* fit(printed, data, K, fewer) {
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

