// EM's steps, by the functions that the notebook sent along.

const STILL = 1e-6; // EM has converged when an M-step moves no weight, and no mean or σ in units of σ, by more

/**
 * EM on the data, half a step at a time: E, M, E, M, …
 *
 * Entry s of the path is what is known after s half steps: theta (the
 * parameters), gamma (the responsibilities, null before the first E-step) and
 * logL (the log-likelihood of theta). The path ends early where a component
 * has collapsed. `converged` is the first iteration that moved nothing.
 */
export class Path {
  constructor(call, xs, K, theta) {
    Object.assign(this, { call, xs, K, steps: [{ theta, gamma: null, logL: this.#logL(call, xs, theta) }] });
  }

  #logL(call, xs, theta) {
    return call.logL({ xs, N: xs.length, ...theta });
  }

  at(s) {
    while (this.steps.length <= s) {
      const next = this.steps.length % 2 ? this.#eStep() : this.#mStep();
      if (!next) break;
      this.steps.push(next);
    }
    return this.steps[Math.min(s, this.steps.length - 1)];
  }

  /** The log-likelihoods from the first M-step to the last: the start lies far below, and would make them look flat. */
  span(s) {
    this.at(s);
    const all = this.steps.filter((_, i) => i % 2 === 0).map(({ logL }) => logL);
    const low = all[1] ?? all[0], high = all.at(-1), room = Math.max(1, high - low) / 10;
    return [low - 2.5 * room, high + room]; // below there is room for the mark of the start
  }

  /** What is seen after s half steps: the parameters, the colours of the observations, and the log-likelihoods so far. */
  seen(s) {
    const { theta, gamma } = this.at(s), reached = Math.min(s, this.steps.length - 1);
    const trace = this.steps.filter((_, i) => i % 2 === 0 && i <= reached).map(({ logL }) => logL);
    // The share of grey in each observation's colour, and those of the components.
    const shares = this.xs.map((_, n) => (gamma ? [0, ...gamma[n]] : [1, 0, 0]));
    return { ...theta, gamma, shares, trace, reached, iteration: trace.length - 1 };
  }

  /** Where playing goes on to from s half steps: first one sees each of them, and then where they lead. */
  after(s, most) {
    const to = s + (s < 8 ? 1 : s < 24 ? 2 : 4);
    this.at(to);
    return Math.max(s + 1, Math.min(to, most, 2 * (this.converged ?? Infinity)));
  }

  #eStep() {
    const { theta, logL } = this.steps.at(-1);
    const names = Array.from({ length: this.K }, (_, k) => `gamma${k + 1}`);
    return { theta, logL, gamma: this.xs.map((x) => names.map((name) => this.call[name]({ x, ...theta }))) };
  }

  #mStep() {
    const { gamma, theta: before } = this.steps.at(-1);
    const data = { xs: this.xs, N: this.xs.length, gammas: gamma };
    const theta = {}, mus = [];
    for (let k = 1; k <= this.K; k++) {
      theta[`pi${k}`] = this.call.weight({ ...data, k });
      mus.push((theta[`mu${k}`] = this.call.mean({ ...data, k })));
    }
    for (let k = 1; k <= this.K; k++) theta[`var${k}`] = this.call.variance({ ...data, mus, k });
    const spread = this.xs.reduce((most, x) => Math.max(most, Math.abs(x - this.xs[0])), 0);
    for (let k = 1; k <= this.K; k++) {
      if (!(theta[`var${k}`] > (1e-8 * spread) ** 2)) {
        this.collapsed = k;
        return null;
      }
    }
    const moves = mus.flatMap((_, i) => {
      const [from, to] = [before, theta].map((at) => ["pi", "mu", "var"].map((name) => at[`${name}${i + 1}`]));
      const sigma = Math.sqrt(to[2]);
      return [to[0] - from[0], (to[1] - from[1]) / sigma, 1 - Math.sqrt(from[2]) / sigma];
    });
    // Where two components are one, EM rests on a saddle: nothing moves, and yet it is no end.
    const saddle = mus.some((mu, i) => {
      const [here, first] = [theta[`var${i + 1}`], theta.var1];
      return i > 0 && Math.abs(mu - mus[0]) / Math.sqrt(first) + Math.abs(Math.log(here / first)) / 2 < STILL;
    });
    if (!saddle && moves.every((move) => Math.abs(move) <= STILL)) this.converged ??= this.steps.length / 2;
    return { theta, gamma, logL: this.#logL(this.call, this.xs, theta) };
  }
}
