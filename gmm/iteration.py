"""The plain iteration of the chapters: an E-step, an M-step, and again."""

from dataclasses import dataclass

import numpy as np

from gmm import em
from gmm.exact import move
from gmm.mixture import Mixture

__all__ = ["End", "Iteration", "coincide", "pooled"]

# Two components closer than this, in standard deviations, count as one. EM
# crawls away from such a saddle, so a small move there is no convergence.
COINCIDE = 1e-6
# Iterations spent on each candidate start before the best goes on.
TRIAL_ITERATIONS = 30


@dataclass
class End:
    """How one run of the iteration ended."""

    steps: list
    log_likelihoods: list
    converged: bool = False
    collapsed: bool = False
    message: str = ""


class Iteration:
    """The iteration E, M, E, M, … on standardised data."""

    def __init__(self, x, sample_weight, equal_variances, tol, floor):
        self.x, self.sample_weight, self.equal_variances, self.tol = x, sample_weight, equal_variances, tol
        self.floor = floor

    def best(self, mixtures, max_iter):
        """Try each start a little way, then climb from the best that does not collapse."""
        tries = [self.run(mixture, min(max_iter, TRIAL_ITERATIONS)) for mixture in mixtures]
        tries.sort(key=lambda end: (end.collapsed, -end.log_likelihoods[-1]))
        ends = []
        for end in tries:
            ends.append(self.run(end.steps[0], max_iter))
            if not ends[-1].collapsed:
                return ends[-1]
        return ends[0]

    def run(self, mixture, max_iter):
        """Iterate from `mixture` and return the path and its end."""
        mixture = pooled(mixture) if self.equal_variances else mixture
        log_f, gamma = mixture._posterior(self.x)
        end = End([mixture], [float(self.sample_weight @ log_f)])
        while len(end.steps) <= max_iter:
            nk, means, variances = em.maximise(self.x, gamma, self.sample_weight, self.equal_variances)
            if not (np.all(nk > 0) and np.all(variances > self.floor)):
                end.collapsed, end.message = True, self._collapse(nk, variances, len(end.steps) - 1)
                return end
            previous, mixture = mixture, Mixture(nk / nk.sum(), means, variances)
            log_f, gamma = mixture._posterior(self.x)
            end.steps.append(mixture)
            end.log_likelihoods.append(float(self.sample_weight @ log_f))
            if self.tol > 0 and move(tuple(previous), tuple(mixture)) <= self.tol and not coincide(mixture):
                end.converged, end.message = True, f"converged after {_times(len(end.steps) - 1)}"
                return end
        end.message = f"stopped at max_iter={max_iter} without converging"
        if self.tol > 0:
            end.message += ": raise max_iter or start elsewhere"
        return end

    @staticmethod
    def _collapse(nk, variances, n_iter):
        empty = np.flatnonzero(~(nk > 0))
        if empty.size:
            return (
                f"stopped after {_times(n_iter)}: component {empty[0]} ran out of data. "
                "Start elsewhere or use fewer components"
            )
        return (
            f"stopped after {_times(n_iter)}: component {int(variances.argmin())} collapsed onto one value, "
            "where the likelihood has no maximum. Start elsewhere, use fewer components, or set equal_variances=True"
        )


def _times(n_iter):
    return f"{n_iter} iteration" if n_iter == 1 else f"{n_iter} iterations"


def coincide(mixture):
    """Tell whether two components have become one."""
    mu, sigma = mixture.means, np.sqrt(mixture.variances)
    apart = np.abs(np.subtract.outer(mu, mu)) / sigma + np.abs(np.log(np.divide.outer(sigma, sigma)))
    return bool((apart[np.triu_indices(mu.size, 1)] < COINCIDE).any())


def pooled(mixture):
    """Return the mixture with one variance, the weighted mean of its variances."""
    pi, mu, var = mixture
    return mixture if np.ptp(var) == 0 else Mixture(pi, mu, np.full_like(var, pi @ var))
