"""The one-dimensional Gaussian mixture model, as the book derives it.

The mathematics needs NumPy only. What draws (`gmm.plot`, `gmm.live`) and what
derives (`gmm.formulas`) is imported by name and loads what it needs.
"""

from gmm import datasets, select
from gmm.bounding import bound
from gmm.em import ConvergenceWarning, Path, e_step, iterate, log_likelihood, m_step
from gmm.engine.exact import Statistics
from gmm.engine.nodes import Nodes
from gmm.fitting import Fit, fit
from gmm.mixture import Mixture, normal_log_pdf, normal_pdf

__all__ = [
    "ConvergenceWarning",
    "Fit",
    "Mixture",
    "Nodes",
    "Path",
    "Statistics",
    "bound",
    "datasets",
    "e_step",
    "fit",
    "iterate",
    "log_likelihood",
    "m_step",
    "normal_log_pdf",
    "normal_pdf",
    "select",
]
__version__ = "2.0.0.dev0"
