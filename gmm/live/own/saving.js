// What can be downloaded: memberships and parameters as text.

import { offered } from "./core.js";

const { field, indices, shares } = offered;

const rows = (lines) => `${lines.map((line) => line.join(",")).join("\n")}\n`;

/** The responsibilities of each observation, in the order in which they were given. */
export function membershipsCsv(data, result) {
  const head = ["n", field(data.name), "count", ...indices(result.K).map((k) => `gamma_${k}`), "component"];
  const line = (x, i) => {
    const gamma = shares(data, result, x);
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
