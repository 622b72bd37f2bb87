"""What EM climbs on: the bound below the log-likelihood."""

from __future__ import annotations

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from gmm import formulas as F
from gmm.em import log_likelihood
from gmm.live.gallery.sliders import by_symbol, unit_of, with_unit
from gmm.live.layers import curve, layer, panel
from gmm.live.spec import FigureSpec, Slider
from gmm.mixture import Mixture

__all__ = ["em_bound"]

TOUCH = sp.Symbol("touch", real=True)  # the value of μ₁ whose responsibilities the bound has


def em_bound(
    x: ArrayLike,
    start: Mixture,
    touch: float,
    name: str = "bound",
    *,
    xlabel: str = "x",
    between: tuple[float, float] | None = None,
    depth: float = 250.0,
) -> FigureSpec:
    """Return the log-likelihood over μ₁ and the bound that EM climbs on (``eq:em-bound``).

    The other parameters stay as they are. The E-step lets the bound touch the
    curve at the present μ₁, and the M-step goes to the top of the bound.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    start : Mixture
        Two components; the first mean is the present μ₁ at the start. No
        observation lies so far out that both densities are 0.
    touch : float
        The μ₁ whose responsibilities the bound has at the start.
    name : str
        Unlike that of any other figure of the page.
    xlabel : str
        What the data are, with their unit.
    between : tuple of float, optional
        Where the axis of μ₁ begins and ends; without it, with the data.
    depth : float
        How many nats below the highest point the axis begins.

    Returns
    -------
    FigureSpec
    """
    x = np.asarray(x, dtype=float)
    low, high = between or (float(x.min()), float(x.max()))
    fixed = by_symbol(start, F.mean(1))
    means = np.linspace(low, high, 121)
    top = max(log_likelihood(x, Mixture(start.weights, [m, start.means[1]], start.variances)) for m in means)
    ceiling = 10.0 * np.ceil(top / 10 + 1)
    unit, step = unit_of(xlabel), float(10 ** np.floor(np.log10((high - low) / 500) + 0.5)) / 2
    shares, bound = _shares_and_bound(fixed)
    update = F.update_mean.subs(F.k, 1).replace(F.gamma[F.n, 1], shares)
    functions = {"logL": F.log_likelihood().subs(fixed), "bound": bound, "update": update}
    functions["gap"] = functions["logL"] - functions["bound"]
    spec = FigureSpec(
        name,
        sliders={
            "mu1": Slider("μ₁", float(start.means[0]), low, high, step, unit, "component1"),
            "touch": Slider("touch", touch, low, high, step, unit),
        },
        functions=functions,
        data=x,
        moves=[("E-step: touch", {"touch": "mu1"}), ("M-step: climb", {"mu1": "update"})],
        panels=[
            panel(
                [
                    curve("logL", "mixture", "log L"),
                    curve("bound", "component1", "the bound B"),
                    layer("vline", "mixture", x="mu1", label="μ₁"),
                    layer("bar", "component2", x="mu1", between=["bound", "logL"], text="{gap:2}", legend="the gap"),
                    layer("dot", "mixture", x="mu1", y="logL"),
                    layer("dot", "component1", x="mu1", y="bound"),
                    layer("handle", "component1", x="touch", y="logL"),
                    layer("handle", "mixture", x="mu1", y=ceiling - depth),
                ],
                x=(low, high),
                y=(ceiling - depth, ceiling),
                xlabel=with_unit("μ₁", unit),
                ylabel="nats",
                variable="mu1",
            )
        ],
        readouts=["log L = {logL:2}, bound = {bound:2}, gap = {gap:2} nats", "top of the bound at {update:2}"],
        alt="The log-likelihood over μ₁, and below it a parabola that touches it at one place.",
    )
    # On paper both steps have been taken: the bound touches where μ₁ was, and μ₁ is at its top.
    touching = {"touch": float(start.means[0])}
    spec.still = {"mu1": step * round(float(spec.call("update", spec.scope(touching))) / step), **touching}
    return spec


def _shares_and_bound(fixed):
    """Return γ(n, 1) with the first mean at `TOUCH`, and the bound with the responsibilities there."""
    shares = [F.responsibility(j, x=F.xs[F.n]).subs({**fixed, F.mean(1): TOUCH}) for j in (1, 2)]
    terms = []
    for j, share in enumerate(shares, start=1):
        named = {F.gamma[F.n, j]: share, F.weights[j]: F.weight(j)}
        named |= {F.means[j]: F.mean(j), F.variances[j]: F.variance(j)}
        terms.append(F.lower_bound.function.subs(F.k, j).subs(named).subs(fixed))
    return shares[0], sp.Sum(sp.Add(*terms), (F.n, 1, F.N))
