"""Other programs, each behind the same two calls, as far as they are installed."""

import importlib.util
import shutil
import subprocess
import tempfile
import time
import warnings

import numpy as np

__all__ = ["Mclust", "Pomegranate", "Sklearn", "installed"]


class Sklearn:
    """``sklearn.mixture.GaussianMixture`` with one of its forms of covariance."""

    def __init__(self, covariance_type):
        self.covariance_type, self.name = covariance_type, f"scikit-learn {covariance_type}"

    def seconds_per_iteration(self, x, start):
        """Return the time of one EM iteration: what four more cost, over four."""
        return (self._seconds(x, start, 5) - self._seconds(x, start, 1)) / 4

    def default(self, x, n_components):
        """Fit by the default call; return its seconds and the mixture."""
        from sklearn.mixture import GaussianMixture

        model = GaussianMixture(n_components, covariance_type=self.covariance_type, random_state=0)
        seconds = self._timed(model, x)
        shape = (n_components, -1)
        return seconds, (model.weights_, model.means_[:, 0], model.covariances_.reshape(shape)[:, 0])

    def _seconds(self, x, start, n_iter):
        from sklearn.mixture import GaussianMixture

        pi, mu, var = start
        precisions = 1 / var if self.covariance_type == "spherical" else 1 / var[:, np.newaxis]
        model = GaussianMixture(
            pi.size,
            covariance_type=self.covariance_type,
            weights_init=pi,
            means_init=mu[:, np.newaxis],
            precisions_init=precisions[:, :, np.newaxis] if self.covariance_type == "full" else precisions,
            init_params="random_from_data",
            tol=0.0,
            max_iter=n_iter,
            random_state=0,
        )
        return self._timed(model, x)

    @staticmethod
    def _timed(model, x):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it did not converge is known
            begin = time.perf_counter()
            model.fit(x[:, np.newaxis])
            return time.perf_counter() - begin


class Pomegranate:
    """``pomegranate.gmm.GeneralMixtureModel``, which computes in float32 on torch."""

    name = "pomegranate"

    def seconds_per_iteration(self, x, start):
        """Return the time of one EM iteration: what four more cost, over four."""
        return (self._seconds(x, start, 5) - self._seconds(x, start, 1)) / 4

    def _seconds(self, x, start, n_iter):
        import torch
        from pomegranate.distributions import Normal
        from pomegranate.gmm import GeneralMixtureModel

        torch.set_num_threads(1)
        pi, mu, var = (np.asarray(values, dtype=np.float32) for values in start)
        normals = [Normal([m], [v], covariance_type="diag") for m, v in zip(mu, var)]
        model = GeneralMixtureModel(normals, priors=pi, tol=-np.inf, max_iter=n_iter)
        column = torch.tensor(x[:, np.newaxis], dtype=torch.float32)
        begin = time.perf_counter()
        model.fit(column)
        return time.perf_counter() - begin


class Mclust:
    """R's ``mclust::em`` for one dimension and free variances."""

    name = "mclust"
    SCRIPT = """
    library(mclust); a <- commandArgs(TRUE); x <- readBin(a[1], "double", 1e9)
    s <- matrix(readBin(a[2], "double", 1e3), ncol = 3)
    p <- list(pro = s[, 1], mean = s[, 2], variance = list(modelName = "V", d = 1, G = nrow(s), sigmasq = s[, 3]))
    one <- function(m) system.time(em("V", x, p, control = emControl(tol = c(0, 0), itmax = m)))[["elapsed"]]
    cat((one(21) - one(1)) / 20)
    """

    def seconds_per_iteration(self, x, start):
        """Return the time of one EM iteration: what twenty more cost, over twenty."""
        with tempfile.TemporaryDirectory() as folder:
            files = [f"{folder}/x", f"{folder}/start"]
            x.tofile(files[0])
            np.concatenate([*start]).tofile(files[1])
            run = ["Rscript", "-e", self.SCRIPT, *files]
            return float(subprocess.run(run, capture_output=True, text=True, check=True).stdout)


def installed():
    """Return the peers that this machine has; the first is scikit-learn's default form."""
    peers = [Sklearn("full"), Sklearn("diag"), Sklearn("spherical")]
    if importlib.util.find_spec("torch") and importlib.util.find_spec("pomegranate"):
        peers.append(Pomegranate())
    if shutil.which("Rscript"):
        has = subprocess.run(["Rscript", "-e", "library(mclust)"], capture_output=True, check=False)
        peers += [Mclust()] if has.returncode == 0 else []
    return peers
