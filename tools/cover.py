"""Draw the picture of the README: a mixture fitted to the waiting times of Old Faithful.

Run it as `python tools/cover.py`.
"""

from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt

from gmm import datasets, fit, plot

plot.use()
waiting = datasets.faithful().waiting
ax = plot.histogram(waiting, bins=range(42, 100, 2))
plot.mixture(fit(waiting).mixture, 40, 100, ax=ax, xlabel="waiting time to the next eruption (minutes)")
plt.gcf().set_size_inches(8, 3.6)
plt.savefig(Path(__file__).resolve().parent.parent / "book" / "page" / "cover.png", facecolor="white", metadata={})
