"""The fit as an estimator of scikit-learn, for its pipelines, searches and cross-validation."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from gmm import check
from gmm.fitting import Fit, fit
from gmm.mixture import Mixture

with check.extra("gmm.sklearn", "sklearn", "scikit-learn 1.6 or later"):
    from sklearn.base import BaseEstimator, DensityMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["GaussianMixture"]


class GaussianMixture(DensityMixin, BaseEstimator):
    """A mixture of normals in one dimension, fitted by :func:`gmm.fit`.

    It has the methods and the attributes of `sklearn.mixture.GaussianMixture`,
    and the options of :func:`gmm.fit`. Where X is asked for, one column or a
    one-dimensional array serves; `y` is not used.

    Parameters
    ----------
    n_components : int
        The number of components, K.
    equal_variances : bool
        Whether the components share one variance, as with scikit-learn's
        ``covariance_type="tied"``.
    min_variance : float, optional
        A floor under the variances, in the unit of the data squared.
    n_starts : int, optional
        Random starts to add to the deterministic ones; 0 when left out, or 10
        when `random_state` is given.
    tol, max_iter
        As in :func:`gmm.fit`.
    random_state : int or numpy.random.RandomState, optional
        The source of the random starts and of :meth:`sample`; where one is
        needed and none is given, NumPy's global one, as all over scikit-learn.

    Attributes
    ----------
    result_ : Fit
        All that :func:`gmm.fit` returned, standard errors included.
    mixture_ : Mixture
        The fitted density.
    weights_ : ndarray, shape (K,)
        The weights π_k.
    means_ : ndarray, shape (K, 1)
        The means μ_k, in rising order.
    covariances_ : ndarray, shape (K, 1, 1)
        The variances σ_k², in the shape of scikit-learn's
        ``covariance_type="full"``, equal or not.
    converged_ : bool
        Whether the end is a maximum.
    n_iter_ : int
        Evaluations of the log-likelihood in all.
    lower_bound_ : float
        The mean log-likelihood of what was fitted, in nats.
    n_features_in_ : int
        1.
    feature_names_in_ : ndarray, shape (1,)
        The name of the column, if it came with one.

    See Also
    --------
    gmm.fit : What fits, without scikit-learn.

    Notes
    -----
    :func:`gmm.fit` says what is raised and warned of; scikit-learn's own
    guards on X come first. The model is ``eq:mixture-k`` of the book.

    Examples
    --------
    >>> model = GaussianMixture(2).fit([[1.0], [2.0], [3.0], [11.0], [12.0], [13.0]])
    >>> print(model.mixture_)
    Mixture(weights=[0.5, 0.5], means=[2, 12], variances=[0.666667, 0.666667])
    >>> print(model.predict([[0.0], [10.0]]))
    [0 1]
    """

    result_: Fit
    mixture_: Mixture
    weights_: np.ndarray
    means_: np.ndarray
    covariances_: np.ndarray
    converged_: bool
    n_iter_: int
    lower_bound_: float
    n_features_in_: int
    feature_names_in_: np.ndarray

    def __init__(
        self,
        n_components: int = 2,
        *,
        equal_variances: bool = False,
        min_variance: float | None = None,
        n_starts: int | None = None,
        tol: float = 1e-10,
        max_iter: int = 10_000,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.equal_variances = equal_variances
        self.min_variance = min_variance
        self.n_starts = n_starts
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: None = None, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the mixture by maximum likelihood.

        Parameters
        ----------
        X : array_like, shape (N, 1) or (N,)
            Observations.
        y : None
            Not used.
        sample_weight : array_like, shape (N,), optional
            How often each observation counts; 1 each when left out.

        Returns
        -------
        GaussianMixture
            This estimator.
        """
        x = self._column(X, reset=True)
        random = self.random_state is not None or self.n_starts
        self.result_ = fit(
            x,
            self.n_components,
            equal_variances=self.equal_variances,
            sample_weight=sample_weight,
            min_variance=self.min_variance,
            n_starts=self.n_starts,
            tol=self.tol,
            max_iter=self.max_iter,
            rng=self._rng() if random else None,
        )
        self.mixture_ = self.result_.mixture
        self.weights_ = self.mixture_.weights
        self.means_ = self.mixture_.means[:, np.newaxis]
        self.covariances_ = self.mixture_.variances[:, np.newaxis, np.newaxis]
        self.converged_ = self.result_.converged
        self.n_iter_ = self.result_.n_iter
        self.lower_bound_ = self.result_.log_likelihood / self.result_.n_observations
        return self

    def fit_predict(self, X: ArrayLike, y: None = None, sample_weight: ArrayLike | None = None) -> np.ndarray:
        """Fit, and return the component of each observation.

        Parameters
        ----------
        X : array_like, shape (N, 1) or (N,)
            Observations.
        y : None
            Not used.
        sample_weight : array_like, shape (N,), optional
            How often each observation counts; 1 each when left out.

        Returns
        -------
        ndarray of int, shape (N,)
            Indices 0 … K − 1, in the order of the means.
        """
        return self.fit(X, y, sample_weight).predict(X)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the component with the largest responsibility (``eq:assignment``).

        Parameters
        ----------
        X : array_like, shape (N, 1) or (N,)
            Points.

        Returns
        -------
        ndarray of int, shape (N,)
            Indices 0 … K − 1, in the order of the means.
        """
        return self._fitted().assign(self._column(X))

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Return the responsibilities γ_k(x) (``eq:responsibility``).

        Parameters
        ----------
        X : array_like, shape (N, 1) or (N,)
            Points.

        Returns
        -------
        ndarray, shape (N, K)
            Rows that sum to 1.
        """
        return self._fitted().responsibilities(self._column(X))

    def score_samples(self, X: ArrayLike) -> np.ndarray:
        """Return the logarithm of the density at each point, in nats.

        Parameters
        ----------
        X : array_like, shape (N, 1) or (N,)
            Points.

        Returns
        -------
        ndarray, shape (N,)
            log f(x).
        """
        return self._fitted().log_pdf(self._column(X))

    def score(self, X: ArrayLike, y: None = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-likelihood of an observation, in nats.

        Parameters
        ----------
        X : array_like, shape (N, 1) or (N,)
            Observations.
        y : None
            Not used.
        sample_weight : array_like, shape (N,), optional
            How often each observation counts; 1 each when left out.

        Returns
        -------
        float
            The larger, the better.
        """
        mixture = self._fitted()
        x, sample_weight = check.data(self._column(X), sample_weight)
        return float(np.average(mixture.log_pdf(x), weights=sample_weight))

    def aic(self, X: ArrayLike) -> float:
        """Return Akaike's criterion, −2 log L + 2p, of observations.

        Parameters
        ----------
        X : array_like, shape (N, 1) or (N,)
            Observations, each of which counts once.

        Returns
        -------
        float
            The smaller, the better.
        """
        return -2 * float(self.score_samples(X).sum()) + 2 * self.result_.n_parameters

    def bic(self, X: ArrayLike) -> float:
        """Return Schwarz's criterion, −2 log L + p log N, of observations.

        Parameters
        ----------
        X : array_like, shape (N, 1) or (N,)
            Observations, each of which counts once.

        Returns
        -------
        float
            The smaller, the better.
        """
        log_density = self.score_samples(X)
        return -2 * float(log_density.sum()) + self.result_.n_parameters * float(np.log(log_density.size))

    def sample(self, n_samples: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Draw observations from the fitted mixture.

        Parameters
        ----------
        n_samples : int
            How many.

        Returns
        -------
        X : ndarray, shape (n_samples, 1)
            The observations.
        y : ndarray of int, shape (n_samples,)
            The component that each came from.
        """
        values, labels = self._fitted().sample(n_samples, self._rng())
        return values[:, np.newaxis], labels

    def _fitted(self):
        """Return the fitted mixture, or raise scikit-learn's NotFittedError."""
        check_is_fitted(self)
        return self.mixture_

    def _column(self, X, reset=False):
        """Return X as one-dimensional data that have passed scikit-learn's guards."""
        values = np.asarray(X)  # without a dimension where X is sparse, which is refused below
        if values.ndim == 1:
            X = values[:, np.newaxis]
        X = validate_data(self, X, reset=reset, dtype=np.float64, ensure_min_samples=2 if reset else 1)
        if X.shape[1] != 1:
            raise ValueError(
                f"X must have one column, but has {X.shape[1]}. "
                "Pass one, as X[:, [0]], or fit them together by sklearn.mixture.GaussianMixture."
            )
        return X[:, 0]

    def _rng(self):
        """Return a generator drawn from `random_state`."""
        return np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        return tags
