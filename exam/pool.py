"""The templates of the pool: each draws its numbers and returns a question of the book's kinds."""

from collections.abc import Callable

import numpy as np

from gmm import Mixture, e_step, formulas, log_likelihood, m_step
from gmm.practice.question import Number, Slip

F = formulas
TEMPLATES: dict[str, Callable] = {}


def template(function):
    """Take a function of a random generator into the pool."""
    TEMPLATES[function.__name__.replace("_", "-")] = function
    return function


def number(text, key, unit="", slips=(), answer="", tolerance=5e-3):
    """Return a number question without its name, and only the slips that can be told from the key and each other."""
    kept, taken = [], [float(key)]
    for value, because in slips:
        if all(abs(value - other) > 2.5 * tolerance * max(abs(value), abs(other), 1e-9) for other in taken):
            kept.append(Slip(float(value), because))
            taken.append(float(value))
    return lambda name: Number(name, text, key=float(key), unit=unit, slips=kept, answer=answer, tolerance=tolerance)


def pair(rng, *, apart=(3, 7)):
    """Return a mixture of two components with round parameters."""
    weight = rng.integers(2, 9) / 10
    low = int(rng.integers(-3, 4))
    return Mixture(
        [weight, round(1 - weight, 1)],
        [low, low + int(rng.integers(*apart))],
        rng.choice([1, 2, 4, 9], 2).astype(float),
    )


def told(mixture):
    """Return a mixture in words."""
    (p, q), (a, b), (u, v) = mixture
    return f"weights {p:g} and {q:g}, means {a:g} and {b:g}, variances {u:g} and {v:g}"


@template
def normal_peak(rng):
    """The height of a normal density at its mean."""
    sigma = rng.integers(2, 12) / 2
    return number(
        f"A normal density has the standard deviation {sigma:g}. How high is it at its mean?",
        F.normal.subs({F.x: 0, F.mu: 0, F.var: sigma**2}),
        slips=[
            (F.normal.subs({F.x: 0, F.mu: 0, F.var: sigma}), "The standard deviation stands for the variance."),
            (1 / np.sqrt(2 * sigma**2), "π is left out."),
            (1 / (2 * np.pi * sigma**2), "The root is missing."),
        ],
    )


@template
def normal_point(rng):
    """The density at a point."""
    mu, var, x = int(rng.integers(-3, 4)), int(rng.choice([2, 3, 5, 6])), int(rng.integers(4, 8))
    at = {F.x: x, F.mu: mu}
    return number(
        f"What is the normal density with mean {mu} and variance {var} at {x}?",
        F.normal.subs({**at, F.var: var}),
        slips=[
            (F.normal.subs({**at, F.var: var**2}), "The variance is squared."),
            (F.normal.subs({**at, F.var: np.sqrt(var)}), "The standard deviation stands for the variance."),
        ],
    )


@template
def normal_standardise(rng):
    """A value in standard deviations."""
    mu, sigma, x = int(rng.integers(20, 60)), int(rng.integers(2, 9)), int(rng.integers(61, 90))
    return number(
        f"Mean {mu}, variance {sigma**2}: how many standard deviations is {x} from the mean?",
        (x - mu) / sigma,
        slips=[((x - mu) / sigma**2, "Divided by the variance."), (x - mu, "Not divided.")],
    )


@template
def normal_back(rng):
    """The value that lies so many standard deviations from the mean."""
    mu, sigma, z = int(rng.integers(20, 60)), int(rng.integers(2, 9)), rng.integers(-25, 26) / 10 + 0.05
    return number(
        f"Mean {mu}, variance {sigma**2}: which value has z = {z:g}?",
        mu + sigma * z,
        slips=[(mu + sigma**2 * z, "Multiplied by the variance."), (mu - sigma * z, "The sign is turned.")],
    )


@template
def normal_units(rng):
    """The density in another unit."""
    factor, height = int(rng.choice([60, 1000, 24, 7])), rng.integers(2, 9) / 100
    return number(
        f"A density is {height:g} per unit. Another unit is {factor} times as large. How high is it there?",
        height * factor,
        slips=[(height / factor, "The other way."), (height * factor**2, "Once, not twice.")],
    )


@template
def mixture_density(rng):
    """A mixture density at a point."""
    mixture = pair(rng)
    x = float(mixture.means.mean())
    even = Mixture([0.5, 0.5], mixture.means, mixture.variances)
    return number(
        f"A mixture has {told(mixture)}. What is its density at {x:g}?",
        mixture.pdf(x),
        slips=[
            (2 * even.pdf(x), "Added without weights."),
            (even.pdf(x), "Halves for weights."),
            (Mixture(1.0, mixture.mean, mixture.variance).pdf(x), "One normal curve."),
        ],
    )


@template
def mixture_mean(rng):
    """The mean of a mixture."""
    mixture = pair(rng)
    return number(
        f"A mixture has {told(mixture)}. What is its mean?",
        mixture.mean,
        slips=[(mixture.means.mean(), "The middle between the means."), (mixture.means.sum(), "A sum.")],
    )


@template
def mixture_variance(rng):
    """The variance of a mixture."""
    mixture = pair(rng)
    within = mixture.weights @ mixture.variances
    return number(
        f"A mixture has {told(mixture)}. What is its variance?",
        mixture.variance,
        slips=[
            (within, "The part within alone."),
            (mixture.variance - within, "The part between alone."),
            (mixture.weights**2 @ mixture.variances, "The variance of a weighted sum of two values."),
        ],
    )


@template
def mixture_between(rng):
    """The part between."""
    mixture = pair(rng)
    distance = float(np.diff(mixture.means)[0])
    return number(
        f"A mixture has {told(mixture)}. How large is the part *between* of its variance?",
        mixture.weights.prod() * distance**2,
        slips=[(distance**2, "Without the weights."), (distance**2 / 4, "For equal weights.")],
    )


@template
def mixture_bumps(rng):
    """The distance at which two bumps begin."""
    var = int(rng.integers(2, 50))
    return number(
        f"Two components of equal weight have the variance {var}. From which distance of the means on are there two bumps?",
        2 * np.sqrt(var),
        slips=[(2 * var, "Twice the variance."), (np.sqrt(var), "One standard deviation.")],
    )


@template
def responsibility(rng):
    """A responsibility at a point."""
    mixture = pair(rng, apart=(2, 4))
    x = float(mixture.means.mean())
    even = Mixture([0.5, 0.5], mixture.means, mixture.variances)
    roots = Mixture(mixture.weights, mixture.means, np.sqrt(mixture.variances))
    return number(
        f"A mixture has {told(mixture)}. What is the responsibility of the first component at {x:g}?",
        mixture.responsibilities(x)[0],
        slips=[
            (even.responsibilities(x)[0], "The weights are left out."),
            (mixture.responsibilities(x)[1], "The other component."),
            (roots.responsibilities(x)[0], "Standard deviations for variances."),
        ],
    )


@template
def responsibility_odds(rng):
    """From odds to a responsibility."""
    odds = int(rng.integers(2, 15))
    return number(
        f"The odds of component 1 are {odds}. What is its responsibility?",
        odds / (1 + odds),
        slips=[(1 / (1 + odds), "The other component."), (1 / odds, "One over the odds.")],
    )


@template
def responsibility_boundary(rng):
    """The boundary for equal variances."""
    weight, low, high, var = rng.integers(1, 5) / 10, 0, int(rng.integers(3, 9)), int(rng.integers(1, 6))
    shift = var / (high - low) * np.log(weight / (1 - weight))
    return number(
        f"Two components have the weights {weight:g} and {1 - weight:g}, the means {low} and {high} and the variance {var}. "
        "Where are they equally likely?",
        (low + high) / 2 + shift,
        slips=[((low + high) / 2, "The middle."), ((low + high) / 2 - shift, "The wrong way.")],
        tolerance=2e-3,
    )


@template
def responsibility_shifted(rng):
    """Shares from exponents far out."""
    base, gap = -int(rng.integers(750, 2000)), rng.integers(3, 30) / 10
    return number(
        f"Two joint densities have the logarithms {base:g} and {base - gap:g}. What is the first responsibility?",
        1 / (1 + np.exp(-gap)),
        slips=[(1 / (1 + np.exp(gap)), "The other one."), (0.5, "They are not equal.")],
    )


@template
def clustering_mistakes(rng):
    """How many mistakes to expect."""
    first = rng.integers(1, 10, 4) / 10 + 0.05
    shares = np.column_stack([first, 1 - first]).round(2)
    rows = ", ".join(f"({a:g}, {b:g})" for a, b in shares)
    return number(
        f"Four values have the memberships {rows}. How many mistakes are to be expected of the verdicts?",
        np.sum(1 - shares.max(axis=1)),
        slips=[
            (np.sum(shares.max(axis=1)), "The right ones."),
            (np.mean(1 - shares.max(axis=1)), "A mean, not a sum."),
        ],
    )


@template
def clustering_nk(rng):
    """What a cluster owns."""
    first = rng.integers(1, 20, 5) / 20
    rows = ", ".join(f"{a:g}" for a in first)
    return number(
        f"Five values have the shares {rows} of cluster 1. How many does it own?",
        first.sum(),
        slips=[(np.sum(first > 0.5), "Verdicts were counted."), (first.mean(), "The weight.")],
    )


@template
def likelihood_one(rng):
    """The largest log-likelihood of one normal."""
    x = np.sort(rng.choice(np.arange(-6, 7), 3, replace=False)).astype(float)
    best = Mixture(1.0, x.mean(), x.var())
    return number(
        f"The observations are {', '.join(f'{value:g}' for value in x)}. What is the largest log-likelihood of one normal?",
        log_likelihood(x, best),
        unit="nats",
        slips=[
            (log_likelihood(x, Mixture(1.0, x.mean(), x.var(ddof=1))), "The unbiased variance."),
            (log_likelihood(x, best) / 3, "A mean of logarithms."),
            (log_likelihood(x, Mixture(1.0, x.mean(), x.std())), "The standard deviation for the variance."),
        ],
        tolerance=2e-3,
    )


@template
def likelihood_factor(rng):
    """From nats to a factor."""
    nats = rng.integers(10, 60) / 10
    return number(
        f"One mixture leads another by {nats:g} nats. By which factor does it make the data more probable?",
        np.exp(nats),
        slips=[(nats, "Those are the nats."), (10**nats, "A nat is a factor of e.")],
    )


@template
def likelihood_unit(rng):
    """How a unit changes the log-likelihood."""
    n, factor = int(rng.integers(50, 400)), int(rng.choice([60, 1000, 24]))
    return number(
        f"{n} observations are divided by {factor}, as in a larger unit. By how many nats does each log-likelihood grow?",
        n * np.log(factor),
        unit="nats",
        slips=[
            (np.log(factor), "For one observation."),
            (n * np.log10(factor), "The natural logarithm."),
            (n * factor, "Its logarithm."),
        ],
    )


@template
def likelihood_mixture(rng):
    """The log-likelihood of two observations under a mixture."""
    mixture = pair(rng)
    x = [*mixture.means, 0.5, -0.5]
    joint = mixture.component_pdf(x)
    return number(
        f"A mixture has {told(mixture)}. What is the log-likelihood of the observations {x[0]:g} and {x[1]:g}?",
        log_likelihood(x, mixture),
        unit="nats",
        slips=[
            (np.log(joint).sum(), "Logarithms inside the sum over the components."),
            (log_likelihood(x, mixture) / 2, "A mean."),
        ],
    )


def shares_of(rng, n=4):
    """Return observations and their shares of component 1."""
    return rng.choice(np.arange(0, 12), n, replace=False).astype(float), rng.integers(1, 10, n) / 10


@template
def update_mean(rng):
    """The M-step of a mean."""
    x, g = shares_of(rng)
    return number(
        f"Observations {x.astype(int).tolist()} have the shares {g.tolist()} of component 1. What is its new mean?",
        g @ x / g.sum(),
        slips=[(g @ x, "Not divided."), (g @ x / x.size, "Divided by N."), (x.mean(), "The mean of all.")],
    )


@template
def update_variance(rng):
    """The M-step of a variance."""
    x, g = shares_of(rng)
    mean = g @ x / g.sum()
    return number(
        f"Observations {x.astype(int).tolist()} have the shares {g.tolist()} of component 1. What is its new variance?",
        g @ (x - mean) ** 2 / g.sum(),
        slips=[
            (g @ (x - mean) ** 2 / x.size, "Divided by N."),
            (g @ (x - x.mean()) ** 2 / g.sum(), "About the mean of all."),
            (np.sqrt(g @ (x - mean) ** 2 / g.sum()), "The standard deviation."),
            (g @ x**2 / g.sum(), "The mean of the squares."),
        ],
    )


@template
def update_weight(rng):
    """The M-step of a weight."""
    _x, g = shares_of(rng, 5)
    return number(
        f"Five observations have the shares {g.tolist()} of component 1. What is its new weight?",
        g.mean(),
        slips=[(g.sum(), "The effective number."), (np.mean(g > 0.5), "Verdicts.")],
    )


@template
def update_old_mean(rng):
    """The variance about an old mean."""
    old, new, var = int(rng.integers(0, 5)), int(rng.integers(6, 10)), int(rng.integers(1, 9))
    return number(
        f"The mean of a component goes from {old} to {new}, its right variance is {var}. What comes out about the old mean?",
        var + (new - old) ** 2,
        slips=[(var, "About the new mean."), (var + new - old, "The step is squared.")],
    )


def em_start(rng):
    """Return three observations and a start, for one step by hand."""
    x = np.sort(rng.choice(np.arange(-4, 5), 3, replace=False)).astype(float)
    weight = rng.integers(2, 9) / 10
    return x, Mixture([weight, round(1 - weight, 1)], [x[0], x[2]], [1.0, 1.0])


@template
def em_weight(rng):
    """The weight after one iteration."""
    x, start = em_start(rng)
    even = m_step(x, e_step(x, Mixture([0.5, 0.5], start.means, start.variances)))
    return number(
        f"The data are {x.astype(int).tolist()}. EM starts with {told(start)}. What is the first weight after one iteration?",
        m_step(x, e_step(x, start)).weights[0],
        slips=[(even.weights[0], "The weights are left out of the E-step."), (start.weights[0], "It moves.")],
    )


@template
def em_mean(rng):
    """A mean after one iteration."""
    x, start = em_start(rng)
    gamma = e_step(x, start)
    return number(
        f"The data are {x.astype(int).tolist()}. EM starts with {told(start)}. What is the second mean after one iteration?",
        m_step(x, gamma).means[1],
        slips=[(gamma[:, 1] @ x / 3, "Divided by N."), (start.means[1], "It moves."), (x.mean(), "The mean of all.")],
    )


@template
def em_variance(rng):
    """A variance after one iteration."""
    x, start = em_start(rng)
    gamma = e_step(x, start)
    about_old = gamma[:, 0] @ (x - start.means[0]) ** 2 / gamma[:, 0].sum()
    return number(
        f"The data are {x.astype(int).tolist()}. EM starts with {told(start)}. What is the first variance after one iteration?",
        m_step(x, gamma).variances[0],
        slips=[(about_old, "About the old mean."), (np.sqrt(m_step(x, gamma).variances[0]), "The standard deviation.")],
    )


@template
def em_digits(rng):
    """How many iterations some digits take."""
    factor, digits = rng.integers(60, 100) / 100, int(rng.integers(2, 7))
    key = digits * np.log(10) / -np.log(factor)
    return number(
        f"Near its end EM shrinks the error by the factor {factor:g} in each iteration. How many iterations gain {digits} digits?",
        key,
        slips=[(digits / -np.log(factor), "Digits are powers of ten."), (key / digits, "One digit.")],
        tolerance=0.02,
    )


@template
def em_way(rng):
    """The way that is left."""
    factor = rng.integers(60, 100) / 100
    return number(
        f"Each step of EM is {factor:g} times the one before. How many times the last step is the way that is left?",
        factor / (1 - factor),
        slips=[(1 / (1 - factor), "The last step is counted, too."), (factor, "The next step alone.")],
    )


@template
def how_many_parameters(rng):
    """Free parameters."""
    k = int(rng.integers(3, 12))
    return number(
        f"How many free parameters has a mixture of {k} components?",
        3 * k - 1,
        slips=[(3 * k, "One weight is not free.")],
        tolerance=1e-6,
    )


@template
def how_many_bic(rng):
    """BIC of a fit."""
    n, k, height = int(rng.integers(50, 900)), int(rng.integers(1, 6)), -int(rng.integers(200, 1500))
    return number(
        f"A fit of {k} components to {n} observations has the log-likelihood {height}. What is BIC?",
        -2 * height + (3 * k - 1) * np.log(n),
        slips=[
            (-2 * height + 2 * (3 * k - 1), "AIC."),
            (-height + (3 * k - 1) * np.log(n), "Twice the log-likelihood."),
            (-2 * height + 3 * k * np.log(n), "One weight is not free."),
        ],
        tolerance=5e-4,
    )


@template
def how_many_gain(rng):
    """The gain that BIC asks for."""
    n = int(rng.integers(50, 3000))
    return number(
        f"How many nats must a component more gain before BIC takes it, with {n} observations?",
        1.5 * np.log(n),
        unit="nats",
        slips=[(3 * np.log(n), "BIC counts the gain twice."), (3, "AIC.")],
    )


@template
def sure_wald(rng):
    """A Wald interval."""
    mean, error = int(rng.integers(20, 90)), rng.integers(2, 30) / 10
    return number(
        f"An estimate of {mean} has the standard error {error:g}. Where does Wald's 95 per cent interval begin?",
        mean - 1.96 * error,
        slips=[(mean + 1.96 * error, "The other end."), (mean - error, "One standard error.")],
        tolerance=5e-4,
    )


@template
def sure_unknown(rng):
    """An error with the other parameter unknown."""
    a, b = int(rng.integers(4, 15)), int(rng.integers(1, 4))
    error = np.sqrt(np.linalg.inv(np.array([[a, b], [b, a]]))[0, 0])
    return number(
        f"The observed information of two parameters has {a} on its diagonal and {b} beside it. "
        "What is the standard error of the first, the second being unknown?",
        error,
        slips=[(1 / np.sqrt(a), "As if the second were known."), (error**2, "The variance.")],
        tolerance=2e-3,
    )


@template
def sure_more(rng):
    """How an error falls."""
    n, times, error = int(rng.integers(50, 300)), int(rng.choice([4, 9, 16, 25])), rng.integers(10, 90) / 100
    return number(
        f"With {n} observations an error is {error:g}. What is it with {n * times}, about?",
        error / np.sqrt(times),
        slips=[(error / times, "The root of the number."), (error * np.sqrt(times), "It falls.")],
    )


@template
def numerics_digits(rng):
    """Digits that are lost."""
    mean, sigma = int(10 ** rng.integers(2, 7)), rng.integers(1, 9) / 2
    key = np.log10(1 + mean**2 / sigma**2)
    return number(
        f"Mean {mean}, standard deviation {sigma:g}: how many digits does the difference of squares lose?",
        key,
        slips=[(key / 2, "The quotient is squared."), (key * np.log(10), "Decimal digits.")],
        tolerance=0.02,
    )


@template
def numerics_log_sum(rng):
    """A logarithm of a sum of exponentials."""
    a, gap = int(rng.integers(800, 3000)), int(rng.integers(0, 3))
    return number(
        f"What is $\\log(e^{{{a}}} + e^{{{a - gap}}})$, less {a}?",
        np.log1p(np.exp(-gap)),
        slips=[(np.exp(-gap), "The logarithm is missing."), (gap, "Not the difference.")],
    )


@template
def sums_mean(rng):
    """A mean from parts."""
    (m, n), (a, b) = rng.integers(5, 60, 2), rng.integers(1, 20, 2)
    return number(
        f"One part has {m} values with mean {a}, another {n} with mean {b}. What is the mean of all?",
        (m * a + n * b) / (m + n),
        slips=[((a + b) / 2, "Each part counts by its size."), ((n * a + m * b) / (m + n), "The sizes are exchanged.")],
    )


@template
def sums_variance(rng):
    """A variance from parts."""
    (m, n), (a, b), (u, v) = (
        rng.integers(5, 60, 2),
        rng.choice(np.arange(1, 20), 2, replace=False),
        rng.integers(1, 9, 2),
    )
    whole = Mixture(np.array([m, n]) / (m + n), [a, b], [u, v])
    return number(
        f"One part has {m} values with mean {a} and variance {u}, another {n} with mean {b} and variance {v}. "
        "What is the variance of all (divisor N)?",
        whole.variance,
        slips=[
            (whole.weights @ whole.variances, "The means differ, too."),
            ((u + v) / 2, "Parts count by size, and means differ."),
        ],
    )


@template
def sums_numbers(rng):
    """How many sums a step asks for."""
    k = int(rng.integers(2, 15))
    return number(
        f"How many sums does an EM step with {k} components ask of each part, with the log-likelihood?",
        3 * k + 1,
        slips=[(3 * k, "And the log-likelihood.")],
        tolerance=1e-6,
    )


@template
def engine_newton(rng):
    """A Newton step where the surface may bend up."""
    slope, bend = int(rng.integers(1, 9)), int(rng.choice([-4, -2, 2, 5]))
    return number(
        f"In one direction the slope is {slope} and the second derivative {bend}. Which step does a climb with |λ| take?",
        slope / abs(bend),
        slips=[(-slope / abs(bend), "Down."), (slope * abs(bend), "Divide.")],
    )
