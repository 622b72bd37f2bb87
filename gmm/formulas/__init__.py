"""The formulas of the book, each named once.

A chapter derives a formula with SymPy; here it gets its name. The modules beside
this one print it three times: as the LaTeX on the page (:mod:`gmm.formulas.latex`),
as the NumPy oracle of the tests (:mod:`gmm.formulas.numeric`) and as the JavaScript
behind the sliders (:mod:`gmm.formulas.javascript`). :mod:`gmm.formulas.sums` takes
sums apart, so that SymPy can solve for what stands in front of them.

Two letters have two meanings, as in every text on mixtures. ``sympy.pi`` is
the number 3.14…, and π_k is the weight of component k. N is the number of
observations, and 𝒩 is the normal density.
"""

from __future__ import annotations

from gmm import check

with check.extra("gmm.formulas", "formulas", "SymPy"):
    import sympy as sp

from gmm.formulas.numeric import numpy_function, zero_based

__all__ = [
    "K",
    "N",
    "Whole",
    "aic",
    "alpha",
    "beta",
    "bic",
    "block",
    "chebyshev",
    "class_probability",
    "component",
    "counted_log_likelihood",
    "counted_mean",
    "counted_nk",
    "counted_variance",
    "counted_weight",
    "counts",
    "distance",
    "distribution",
    "empirical",
    "expected_log_likelihood",
    "gamma",
    "j",
    "k",
    "log_component",
    "log_densities",
    "log_likelihood",
    "log_mixture",
    "log_normal",
    "log_normal_density",
    "log_sum_exp",
    "log_terms",
    "lower_bound",
    "m",
    "maximum",
    "mean",
    "means",
    "mixture",
    "mixture_mean",
    "mixture_variance",
    "moment",
    "mu",
    "n",
    "nk",
    "node",
    "node_weight",
    "normal",
    "normal_density",
    "normal_distribution",
    "numpy_function",
    "p",
    "parameters",
    "posterior",
    "responsibility",
    "score",
    "share",
    "stable_log_likelihood",
    "stable_log_mixture",
    "stable_responsibility",
    "truncated_mean",
    "truncated_square",
    "u",
    "update_mean",
    "update_variance",
    "update_weight",
    "var",
    "variance",
    "variances",
    "weight",
    "weights",
    "x",
    "xs",
    "zero_based",
]

# One point, one mean, one variance. The variance is one symbol, σ², not a square.
x = sp.Symbol("x", real=True)
mu = sp.Symbol("mu", real=True)
var = sp.Symbol("sigma^2", positive=True)

# Indices and how far they run; the data x_n; the responsibilities γ(n, k);
# the parameters of component k.
n, k, N, K = sp.symbols("n k N K", integer=True, positive=True)
xs = sp.IndexedBase("x", real=True)
gamma = sp.IndexedBase("gamma", nonnegative=True)
weights = sp.IndexedBase("pi", positive=True)
means = sp.IndexedBase("mu", real=True)
variances = sp.IndexedBase("sigma^2", positive=True)


def weight(j: int) -> sp.Symbol:
    """Return the symbol π_j."""
    return sp.Symbol(f"pi_{j}", positive=True)


def mean(j: int) -> sp.Symbol:
    """Return the symbol μ_j."""
    return sp.Symbol(f"mu_{j}", real=True)


def variance(j: int) -> sp.Symbol:
    """Return the symbol σ_j²."""
    return sp.Symbol(f"sigma_{j}^2", positive=True)


def parameters(n_components: int = 2) -> tuple[sp.Symbol, ...]:
    """Return the symbols π_1 … π_K, μ_1 … μ_K, σ_1² … σ_K², in this order."""
    return tuple(letter(j) for letter in (weight, mean, variance) for j in range(1, n_components + 1))


# --- one point ------------------------------------------------------------


def normal_density(x: sp.Expr, mu: sp.Expr, var: sp.Expr) -> sp.Expr:
    """Return the normal density as an expression (``eq:normal``)."""
    return sp.exp(-((x - mu) ** 2) / (2 * var)) / sp.sqrt(2 * sp.pi * var)


def log_normal_density(x: sp.Expr, mu: sp.Expr, var: sp.Expr) -> sp.Expr:
    """Return its logarithm, in the form that never overflows."""
    return -((x - mu) ** 2) / (2 * var) - sp.log(2 * sp.pi * var) / 2


normal = normal_density(x, mu, var)
log_normal = log_normal_density(x, mu, var)


def component(j: int, x: sp.Expr = x) -> sp.Expr:
    """Return π_j 𝒩(x | μ_j, σ_j²)."""
    return weight(j) * normal_density(x, mean(j), variance(j))


def log_component(j: int, x: sp.Expr = x) -> sp.Expr:
    """Return log π_j + log 𝒩(x | μ_j, σ_j²)."""
    return sp.log(weight(j)) + log_normal_density(x, mean(j), variance(j))


def mixture(n_components: int = 2, x: sp.Expr = x) -> sp.Expr:
    """Return the mixture density f(x) (``eq:mixture``)."""
    return sp.Add(*[component(j, x) for j in range(1, n_components + 1)])


def log_mixture(n_components: int = 2, x: sp.Expr = x) -> sp.Expr:
    """Return log f(x)."""
    return sp.log(mixture(n_components, x))


def mixture_mean(n_components: int = 2) -> sp.Expr:
    """Return the mean of the mixture (``eq:mixture-mean``)."""
    return sp.Add(*[weight(j) * mean(j) for j in range(1, n_components + 1)])


def mixture_variance(n_components: int = 2) -> sp.Expr:
    """Return the variance of the mixture (``eq:mixture-variance``)."""
    centre = mixture_mean(n_components)
    return sp.Add(*[weight(j) * (variance(j) + (mean(j) - centre) ** 2) for j in range(1, n_components + 1)])


def responsibility(j: int, n_components: int = 2, x: sp.Expr = x) -> sp.Expr:
    """Return γ_j(x) by Bayes' rule (``eq:responsibility``)."""
    return component(j, x) / mixture(n_components, x)


# The same two in log space, less the largest term: what a computer can
# evaluate where every density underflows and γ would be 0/0 (``eq:log-sum-exp``).


class Whole(sp.Function):
    """A sum that stays in one piece.

    Without it SymPy undoes the logarithms: exp(log π + a) becomes π exp(a).
    (`sympy.UnevaluatedExpr` loses a sign where such a sum is printed as code.)
    """

    nargs = 1
    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Return the derivative by the sum, which is 1."""
        return sp.S.One

    def _numpycode(self, printer):
        return f"({printer._print(self.args[0])})"

    _javascript = _numpycode

    def _latex(self, printer, exp=None):
        text = rf"\left({printer._print(self.args[0])}\right)"
        return text if exp is None else f"{text}^{{{exp}}}"


def _shifted(n_components, x):
    """Return the largest log π_j 𝒩_j, and the exponentials of all less that one."""
    terms = [Whole(log_component(j, x)) for j in range(1, n_components + 1)]
    largest = sp.Max(*terms, evaluate=False) if n_components > 1 else terms[0]
    return largest, [sp.exp(term - largest) for term in terms]


def stable_responsibility(j: int, n_components: int = 2, x: sp.Expr = x) -> sp.Expr:
    """Return γ_j(x) in log space, shifted by the largest term."""
    _, shares = _shifted(n_components, x)
    return shares[j - 1] / sp.Add(*shares)


def stable_log_mixture(n_components: int = 2, x: sp.Expr = x) -> sp.Expr:
    """Return log f(x) in log space, shifted by the largest term."""
    largest, shares = _shifted(n_components, x)
    return largest + sp.log(sp.Add(*shares))


# What lies below x: the area up to there, under one normal and under a mixture.


def normal_distribution(x: sp.Expr, mu: sp.Expr, var: sp.Expr) -> sp.Expr:
    """Return the normal distribution function as an expression (``eq:normal-distribution``)."""
    return (1 + sp.erf((x - mu) / sp.sqrt(2 * var))) / 2


def distribution(n_components: int = 2, x: sp.Expr = x) -> sp.Expr:
    """Return the distribution function F(x) of a mixture (``eq:distribution``)."""
    return sp.Add(*[weight(j) * normal_distribution(x, mean(j), variance(j)) for j in range(1, n_components + 1)])


# --- N observations -------------------------------------------------------


def log_likelihood(n_components: int = 2) -> sp.Expr:
    """Return Σ_n log f(x_n) (``eq:log-likelihood``)."""
    return sp.Sum(log_mixture(n_components, xs[n]), (n, 1, N))


def stable_log_likelihood(n_components: int = 2) -> sp.Expr:
    """Return Σ_n log f(x_n), each term shifted by its largest part."""
    return sp.Sum(stable_log_mixture(n_components, xs[n]), (n, 1, N))


# The share of the data up to x, and how far F is from it: the root of its mean squared gap at the data, in order.
empirical = sp.Sum(sp.Piecewise((1, xs[n] <= x), (0, True)), (n, 1, N)) / N


def distance(n_components: int = 2) -> sp.Expr:
    """Return the root of the mean squared gap between F and the steps of data in order (``eq:distance``)."""
    gap = (2 * n - 1) / (2 * N) - distribution(n_components, xs[n])
    return sp.sqrt(sp.Sum(gap**2, (n, 1, N)) / N)


# What the M-step maximises, and where its maximum lies, for every N and K.
expected_log_likelihood = sp.Sum(
    gamma[n, k] * (sp.log(weights[k]) + log_normal_density(xs[n], means[k], variances[k])), (k, 1, K), (n, 1, N)
)
# What lies below the log-likelihood for any shares, and touches it for the responsibilities (``eq:em-bound``).
lower_bound = sp.Sum(
    gamma[n, k] * (sp.log(weights[k]) + log_normal_density(xs[n], means[k], variances[k]) - sp.log(gamma[n, k])),
    (k, 1, K),
    (n, 1, N),
)
nk = sp.Sum(gamma[n, k], (n, 1, N))
update_mean = sp.Sum(gamma[n, k] * xs[n], (n, 1, N)) / nk
update_variance = sp.Sum(gamma[n, k] * (xs[n] - means[k]) ** 2, (n, 1, N)) / nk
update_weight = nk / N


# The same where x_n occurs w_n times, and for any K: from the terms
# ℓ_k = log π_k 𝒩(x_n | μ_k, σ_k²) of one observation come log f(x_n), the
# responsibilities and, summed over the data, the log-likelihood and the updates.
counts = sp.IndexedBase("w", nonnegative=True)
log_terms = sp.IndexedBase("ell", real=True)
log_densities = sp.IndexedBase("log_f", real=True)


def log_sum_exp(n_components: int = 2) -> sp.Expr:
    """Return log f(x_n) from the terms ℓ_1 … ℓ_K, shifted by the largest."""
    terms = [log_terms[j] for j in range(1, n_components + 1)]
    largest = sp.Max(*terms, evaluate=False) if n_components > 1 else terms[0]
    return largest + sp.log(sp.Add(*[sp.exp(term - largest) for term in terms]))


posterior = sp.exp(log_terms[k] - log_densities[n])
counted_log_likelihood = sp.Sum(counts[n] * log_densities[n], (n, 1, N))
counted_nk = sp.Sum(counts[n] * gamma[n, k], (n, 1, N))
counted_mean = sp.Sum(counts[n] * gamma[n, k] * xs[n], (n, 1, N)) / counted_nk
counted_variance = sp.Sum(counts[n] * gamma[n, k] * (xs[n] - means[k]) ** 2, (n, 1, N)) / counted_nk
counted_weight = counted_nk / sp.Sum(counts[n], (n, 1, N))

# Akaike's and Schwarz's criterion of a fit with 3K − 1 free parameters.
maximum = sp.Symbol("log_L", real=True)
aic = -2 * maximum + 2 * (3 * K - 1)
bic = -2 * maximum + (3 * K - 1) * sp.log(N)


# --- recorded data ---------------------------------------------------------------

# Of one observation only a class is known, here from α to β in standard deviations of a
# component from its mean: the probability of the class, and what u and u² are on average within.
alpha, beta = sp.symbols("alpha beta", real=True)


def _bell(at):
    return normal_density(at, 0, 1)


class_probability = (sp.erf(beta / sp.sqrt(2)) - sp.erf(alpha / sp.sqrt(2))) / 2
truncated_mean = (_bell(alpha) - _bell(beta)) / class_probability
truncated_square = 1 + (alpha * _bell(alpha) - beta * _bell(beta)) / class_probability


# --- fewer values, and Newton's method --------------------------------------

# A cell runs from t = −1 to 1. The sums of the Chebyshev polynomials over its
# observations x_n, and what stands for them: p values t_j with weights w_j.
m, j, p = sp.symbols("m j p", integer=True, positive=True)


def chebyshev(m: sp.Expr, t: sp.Expr) -> sp.Expr:
    """Return T_m(t) for t from −1 to 1."""
    return sp.cos(m * sp.acos(t))


moment = sp.Sum(chebyshev(m, xs[n]), (n, 1, N))
node = sp.cos((2 * j - 1) * sp.pi / (2 * p))
node_weight = N / p + 2 / p * sp.Sum(chebyshev(m, node) * moment, (m, 1, p - 1))

# One observation with the responsibility γ of a component, u = (x − μ)/σ away
# from it: its part of the gradient in log π, μ/σ and log σ², and of the
# Hessian's diagonal block.
share, u = sp.Symbol("gamma", nonnegative=True), sp.Symbol("u", real=True)
score = share * sp.Matrix([1, u, (u**2 - 1) / 2])
block = share * sp.Matrix(
    [
        [1, u, (u**2 - 1) / 2],
        [u, u**2 - 1, (u**3 - 3 * u) / 2],
        [(u**2 - 1) / 2, (u**3 - 3 * u) / 2, (u**4 - 4 * u**2 + 1) / 4],
    ]
)
