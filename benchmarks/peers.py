"""Other programs, each behind the same two calls, as far as they are installed."""

import importlib.util
import shutil
import subprocess
import tempfile
import time
import warnings

import numpy as np

__all__ = ["InR", "Mclust", "Mixtools", "Pomegranate", "Sklearn", "installed"]


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


class InR:
    """A package of R, each of whose calls is a script that reads the data from a file."""

    BEGIN = """
    a <- commandArgs(TRUE); x <- readBin(a[1], "double", 1e9); K <- as.integer(a[3]); set.seed(1)
    s <- matrix(readBin(a[2], "double", 1e3), ncol = 3)
    """

    def seconds_per_iteration(self, x, start):
        """Return the time of one EM iteration: what twenty more cost, over twenty."""
        return float(self._run(self.ITERATION, x, start, 0)[0])

    def default(self, x, n_components):
        """Fit by the default call; return its seconds and the mixture, or None where it fails."""
        seconds, *theta = self._run(self.DEFAULT, x, [np.zeros(1)] * 3, n_components)
        return seconds, tuple(np.array(theta).reshape(3, -1)) if len(theta) == 3 * n_components else None

    def _run(self, script, x, start, n_components):
        with tempfile.TemporaryDirectory() as folder:
            files = [f"{folder}/x", f"{folder}/start"]
            x.tofile(files[0])
            np.concatenate([*start]).tofile(files[1])
            run = ["Rscript", "-e", self.BEGIN + script, *files, str(n_components)]
            told = subprocess.run(run, capture_output=True, text=True, check=True).stdout
        return [float(part) for part in told.split("RESULT")[1].split()]


class Mclust(InR):
    """R's ``mclust`` for one dimension and free variances; many observations start on a subset, as its manual says."""

    name = "mclust"
    ITERATION = """
    suppressMessages(library(mclust))
    p <- list(pro = s[, 1], mean = s[, 2], variance = list(modelName = "V", d = 1, G = nrow(s), sigmasq = s[, 3]))
    one <- function(m) system.time(
        em(modelName = "V", data = x, parameters = p, control = emControl(tol = c(0, 0), itmax = m)))[["elapsed"]]
    cat("RESULT", (one(21) - one(1)) / 20)
    """
    DEFAULT = """
    suppressMessages(library(mclust))
    i <- if (length(x) > 2000) list(subset = sample(length(x), 2000)) else NULL
    t <- system.time(f <- Mclust(x, G = K, modelNames = "V", initialization = i, verbose = FALSE))[["elapsed"]]
    p <- f$parameters; cat("RESULT", format(c(t, p$pro, p$mean, p$variance$sigmasq), digits = 17))
    """


class Mixtools(InR):
    """R's ``mixtools::normalmixEM``, which draws its start."""

    name = "mixtools"
    ITERATION = """
    suppressMessages(library(mixtools))
    call <- function(m) invisible(capture.output(suppressWarnings(
        normalmixEM(x, lambda = s[, 1], mu = s[, 2], sigma = sqrt(s[, 3]), epsilon = 0, maxit = m, maxrestarts = 0))))
    one <- function(m) system.time(try(call(m), silent = TRUE))[["elapsed"]]
    cat("RESULT", (one(21) - one(1)) / 20)
    """
    DEFAULT = """
    suppressMessages(library(mixtools))
    t <- system.time(invisible(capture.output(f <- try(suppressWarnings(normalmixEM(x, k = K)), silent = TRUE))))
    found <- if (inherits(f, "try-error")) NULL else c(f$lambda, f$mu, f$sigma^2)
    cat("RESULT", format(c(t[["elapsed"]], found), digits = 17))
    """


def installed():
    """Return the peers that this machine has; the first is scikit-learn's default form."""
    peers = [Sklearn("full"), Sklearn("diag"), Sklearn("spherical")]
    if importlib.util.find_spec("torch") and importlib.util.find_spec("pomegranate"):
        peers.append(Pomegranate())
    if shutil.which("Rscript"):
        for peer in (Mclust(), Mixtools()):
            has = subprocess.run(["Rscript", "-e", f"library({peer.name})"], capture_output=True, check=False)
            peers += [peer] if has.returncode == 0 else []
    return peers
