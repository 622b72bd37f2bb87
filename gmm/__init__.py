"""The one-dimensional Gaussian mixture model, as the book derives it.

The mathematics needs NumPy only. What draws (`gmm.plot`, `gmm.live`) and what
derives (`gmm.formulas`) is imported by name and loads what it needs.
"""

from gmm import datasets, select
from gmm.em import e_step, log_likelihood, m_step
from gmm.exact import Statistics
from gmm.fitting import ConvergenceWarning, Fit, fit
from gmm.mixture import Mixture, normal_log_pdf, normal_pdf
from gmm.nodes import Nodes

__all__ = [
    "ConvergenceWarning",
    "Fit",
    "Mixture",
    "Nodes",
    "Statistics",
    "datasets",
    "e_step",
    "fit",
    "log_likelihood",
    "m_step",
    "normal_log_pdf",
    "normal_pdf",
    "select",
]
__version__ = "1.0.0"
