"""The adapter for scikit-learn: its protocol by its own checks, its numbers by its own mixture."""

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context, mixture
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks
from sklearn.utils.validation import validate_data

import gmm
from gmm.sklearn import GaussianMixture

WAITING = gmm.datasets.faithful().waiting
X = WAITING[:, np.newaxis]
CRABS = gmm.datasets.crabs()

# Why a check cannot pass, and how it then ends. The estimator takes one column or one-dimensional
# data, and tells scikit-learn's checks so; these here do not heed it, or not throughout.
INDEXES = (
    "it makes X one-dimensional, as the tags ask, and then looks for its second axis",
    IndexError,
    "tuple|too many",
)
SEVERAL = "it passes several columns, whatever the tags say", ValueError, "X must have one column"
REFUSES = "it wants one-dimensional X to be refused, which is welcome here", AssertionError, "Did not raise"
SPARSE = "it makes X one-dimensional, and then a sparse matrix of it", ValueError, "Cannot convert a 1d sparse array"
EXPECTED = {
    "check_dict_unchanged": INDEXES,
    "check_dont_overwrite_parameters": INDEXES,
    "check_dtype_object": INDEXES,
    "check_estimator_sparse_array": SPARSE,
    "check_f_contiguous_array_estimator": INDEXES,
    "check_fit1d": REFUSES,
    "check_fit2d_1feature": INDEXES,
    "check_fit2d_1sample": INDEXES,
    "check_fit2d_predict1d": INDEXES,
    "check_methods_sample_order_invariance": INDEXES,
    "check_methods_subset_invariance": INDEXES,
    "check_n_features_in": INDEXES,
    "check_n_features_in_after_fitting": INDEXES,
    "check_sample_weight_equivalence_on_dense_data": SEVERAL,
    "check_sample_weights_not_overwritten": SEVERAL,
    "check_sample_weights_shape": SEVERAL,
}


class FirstColumn(GaussianMixture):
    """The estimator but for its one column: it takes any number, and looks at the first."""

    def _column(self, X, reset=False):
        return validate_data(self, X, reset=reset, dtype=np.float64, ensure_min_samples=2 if reset else 1)[:, 0]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = False
        return tags


@pytest.fixture
def array_api(monkeypatch):
    """Let the check of NumPy as an array namespace run; without this it skips itself."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


# Some checks fit noise, on which components collapse.
@pytest.mark.filterwarnings("ignore::gmm.ConvergenceWarning")
@pytest.mark.usefixtures("array_api")
@parametrize_with_checks([GaussianMixture()])
def test_a_check_of_scikit_learn_fails_only_as_expected(estimator, check):
    if check.func.__name__ not in EXPECTED:
        check(estimator)
        return
    _, error, message = EXPECTED[check.func.__name__]
    with pytest.raises(error, match=message):
        check(estimator)


@pytest.mark.filterwarnings("ignore::gmm.ConvergenceWarning")
@pytest.mark.usefixtures("array_api")
@parametrize_with_checks([FirstColumn()])
def test_but_for_the_one_column_every_check_of_scikit_learn_passes(estimator, check):
    check(estimator)


def test_every_expected_failure_is_of_a_check_that_there_is():
    there = {check.func.__name__ for _, check in estimator_checks_generator(GaussianMixture())}
    assert set(EXPECTED) < there


@pytest.mark.parametrize(("equal", "kind"), [(False, "full"), (True, "tied")])
@pytest.mark.parametrize("k", [1, 2])
def test_it_finds_what_scikit_learns_own_mixture_finds(equal, kind, k):
    ours = GaussianMixture(k, equal_variances=equal).fit(X)
    theirs = mixture.GaussianMixture(
        k, covariance_type=kind, reg_covar=0, tol=1e-13, max_iter=10_000, random_state=0
    ).fit(X)
    order = theirs.means_[:, 0].argsort()
    assert_allclose(ours.weights_, theirs.weights_[order], rtol=1e-5)
    assert_allclose(ours.means_, theirs.means_[order], rtol=1e-5)
    covariances = theirs.covariances_[order] if kind == "full" else np.tile(theirs.covariances_, (k, 1, 1))
    assert_allclose(ours.covariances_, covariances, rtol=1e-5)
    assert_array_equal(ours.predict(X), order.argsort()[theirs.predict(X)])
    assert_allclose(ours.predict_proba(X), theirs.predict_proba(X)[:, order], atol=1e-5)
    assert_allclose(ours.score_samples(X), theirs.score_samples(X), rtol=1e-5)
    for name in ("score", "aic", "bic"):
        assert getattr(ours, name)(X) == pytest.approx(getattr(theirs, name)(X), rel=1e-9)
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, rel=1e-9)
    assert ours.converged_ and ours.n_features_in_ == theirs.n_features_in_


def test_it_is_the_fit_of_the_package():
    result = gmm.fit(WAITING, 3, min_variance=2.0)
    model = GaussianMixture(3, min_variance=2.0).fit(X)
    assert model.mixture_ == model.result_.mixture == result.mixture
    assert model.n_iter_ == result.n_iter and model.converged_ == result.converged
    assert model.score(X) == pytest.approx(result.log_likelihood / X.size, rel=1e-12)
    assert model.aic(X) == pytest.approx(result.aic, rel=1e-12)
    assert model.bic(X) == pytest.approx(result.bic, rel=1e-12)
    assert_array_equal(model.result_.standard_errors.means, result.standard_errors.means)


@pytest.mark.parametrize(
    "data",
    [WAITING, list(WAITING), pd.Series(WAITING, name="waiting"), pd.DataFrame({"waiting": WAITING}), X.tolist()],
    ids=["array", "list", "Series", "DataFrame", "nested list"],
)
def test_a_column_may_come_in_any_form(data):
    model = GaussianMixture().fit(data)
    expected = GaussianMixture().fit(X)
    assert model.mixture_ == expected.mixture_
    assert_array_equal(model.predict_proba(data), expected.predict_proba(X))


def test_the_name_of_a_column_is_kept_and_watched():
    model = GaussianMixture().fit(pd.DataFrame({"waiting": WAITING}))
    assert list(model.feature_names_in_) == ["waiting"]
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(pd.DataFrame({"eruptions": WAITING}))


def test_several_columns_are_refused_in_one_sentence_and_its_remedy():
    with pytest.raises(ValueError, match=r"^X must have one column, but has 2\. Pass one, as X\[:, \[0\]\], or"):
        GaussianMixture().fit(np.hstack([X, X]))
    with pytest.raises(ValueError, match="X has 2 features, but GaussianMixture is expecting 1"):
        GaussianMixture().fit(X).predict(np.hstack([X, X]))


def test_one_observation_is_refused_in_scikit_learns_words():
    with pytest.raises(ValueError, match=r"1 sample\(s\)"):
        GaussianMixture(1).fit([[67.0]])


@pytest.mark.parametrize("option", ["n_components", "min_variance", "n_starts", "tol", "max_iter"])
def test_a_bad_option_is_named_when_it_is_used(option):
    model = GaussianMixture(random_state=1).set_params(**{option: -1})
    with pytest.raises(ValueError, match=f"^{option} must .* -1"):
        model.fit(X)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "score_samples", "score", "aic", "bic"])
def test_nothing_is_told_before_a_fit(method):
    with pytest.raises(NotFittedError):
        getattr(GaussianMixture(), method)(X)
    with pytest.raises(NotFittedError):
        GaussianMixture().sample()


def test_weights_count_observations():
    weighted = GaussianMixture().fit(CRABS.ratio, sample_weight=CRABS.count)
    repeated = np.repeat(CRABS.ratio, CRABS.count.astype(int))
    each = GaussianMixture().fit(repeated)
    for ours, theirs in zip(weighted.mixture_, each.mixture_):
        assert_allclose(ours, theirs, rtol=1e-6)
    assert weighted.score(CRABS.ratio, sample_weight=CRABS.count) == pytest.approx(each.score(repeated), rel=1e-10)
    assert weighted.lower_bound_ == pytest.approx(each.lower_bound_, rel=1e-10)
    labels = GaussianMixture().fit_predict(CRABS.ratio, sample_weight=CRABS.count)
    assert_array_equal(labels, weighted.predict(CRABS.ratio))


def test_weights_are_guarded_in_a_score_as_in_a_fit():
    model = GaussianMixture().fit(X)
    for method in (model.fit, model.score):
        with pytest.raises(ValueError, match="sample_weight must not be negative"):
            method(X, sample_weight=-np.ones(X.size))


def test_a_clone_has_the_options_and_not_the_fit():
    model = GaussianMixture(3, equal_variances=True, min_variance=2.0, tol=1e-6, random_state=7).fit(X)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "result_")
    assert copy.fit(X).mixture_ == model.mixture_


def test_a_pickle_brings_the_fit_back():
    model = GaussianMixture().fit(X)
    copy = pickle.loads(pickle.dumps(model))
    assert copy.mixture_ == model.mixture_
    assert_array_equal(copy.predict_proba(X), model.predict_proba(X))
    assert_array_equal(copy.result_.covariance, model.result_.covariance)


def test_a_scaled_column_has_the_same_clusters_and_a_density_in_another_unit():
    scaled, plain = make_pipeline(StandardScaler(), GaussianMixture()).fit(X), GaussianMixture().fit(X)
    assert_allclose(scaled.predict_proba(X), plain.predict_proba(X), atol=1e-7)
    assert scaled.score(X) == pytest.approx(plain.score(X) + np.log(WAITING.std()), rel=1e-9)


def test_a_pipeline_may_take_logarithms_and_weights():
    weight = np.arange(WAITING.size) % 3
    pipeline = make_pipeline(FunctionTransformer(np.log), GaussianMixture(equal_variances=True))
    pipeline.fit(X, gaussianmixture__sample_weight=weight)
    expected = gmm.fit(np.log(WAITING), equal_variances=True, sample_weight=weight).mixture
    assert pipeline[-1].mixture_ == expected


def test_cross_validation_scores_each_part_by_the_fit_of_the_others():
    parts = KFold(5, shuffle=True, random_state=0)
    scores = cross_val_score(GaussianMixture(), X, cv=parts)
    by_hand = [gmm.fit(WAITING[rest]).mixture.log_pdf(WAITING[part]).mean() for rest, part in parts.split(X)]
    assert_allclose(scores, by_hand, rtol=1e-12)


def test_cross_validation_hands_weights_on_to_fit_and_score():
    parts = KFold(4, shuffle=True, random_state=0)
    ratio, count = CRABS.ratio, CRABS.count
    with config_context(enable_metadata_routing=True):
        model = GaussianMixture().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        scores = cross_val_score(model, ratio[:, np.newaxis], cv=parts, params={"sample_weight": count})
    by_hand = [
        np.average(gmm.fit(ratio[rest], sample_weight=count[rest]).mixture.log_pdf(ratio[part]), weights=count[part])
        for rest, part in parts.split(ratio)
    ]
    assert_allclose(scores, by_hand, rtol=1e-12)


def test_a_search_finds_two_components_in_old_faithful():
    search = GridSearchCV(
        GaussianMixture(), {"n_components": [1, 2, 3]}, cv=KFold(5, shuffle=True, random_state=0), error_score="raise"
    ).fit(X)
    assert search.best_params_ == {"n_components": 2}
    assert search.best_estimator_.mixture_ == gmm.fit(WAITING).mixture


def draws_from_the_global_state(model):
    """Tell whether a fit moves NumPy's global source of randomness."""
    np.random.seed(1)
    untouched = np.random.random_sample()
    np.random.seed(1)
    model.fit(X)
    return np.random.random_sample() != untouched


def test_only_random_starts_without_a_state_draw_from_numpys_global_one():
    assert draws_from_the_global_state(GaussianMixture(n_starts=2))
    assert not draws_from_the_global_state(GaussianMixture(n_starts=2, random_state=1))
    assert not draws_from_the_global_state(GaussianMixture())


@pytest.mark.parametrize("state", [lambda: 3, lambda: np.random.RandomState(3)], ids=["seed", "RandomState"])
def test_a_random_state_repeats_fits_and_samples(state):
    first, second = (GaussianMixture(3, random_state=state()).fit(X) for _ in range(2))
    assert first.mixture_ == second.mixture_
    assert first.n_iter_ == second.n_iter_ > GaussianMixture(3).fit(X).n_iter_  # ten random starts more
    for ours, theirs in zip(first.sample(50), second.sample(50)):
        assert_array_equal(ours, theirs)


def test_a_sample_is_drawn_from_the_fitted_mixture():
    model = GaussianMixture(random_state=5).fit(X)
    values, labels = model.sample(20_000)
    assert values.shape == (20_000, 1) and labels.shape == (20_000,)
    error = np.sqrt(model.mixture_.variance / 20_000)
    assert abs(values.mean() - model.mixture_.mean) < 5 * error
    share = np.mean(labels == 0)
    assert abs(share - model.weights_[0]) < 5 * np.sqrt(share * (1 - share) / 20_000)
    assert_allclose(values[labels == 1].std() ** 2, model.covariances_[1, 0, 0], rtol=0.06)


def test_a_missing_scikit_learn_is_named_in_one_sentence_and_the_package_does_without():
    code = (
        "import sys; sys.modules['sklearn'] = None; import gmm\n"
        "try: import gmm.sklearn\n"
        "except ImportError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("gmm.sklearn needs scikit-learn") and "'gaussian-mixture-book[sklearn]'" in told


def test_every_seed_is_a_source_of_its_own():
    draws = {GaussianMixture(random_state=seed)._rng().random() for seed in range(20)}
    assert len(draws) == 20
