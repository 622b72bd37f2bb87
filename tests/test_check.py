import datetime
import re

import numpy as np
import pandas as pd
import pytest

import gmm
from gmm import Mixture, check

pytestmark = pytest.mark.filterwarnings("error")

TWO = Mixture([0.25, 0.75], [0.0, 4.0], [1.0, 4.0])
ONES = np.ones((3, 1))
nan, inf = np.nan, np.inf

# What a caller may pass by mistake as an array called x: its value, the error, and words of the message.
MISTAKES = {
    "nan": ([1, nan, 3], ValueError, "x must be finite, but x[1] is nan. Remove or replace it."),
    "infinity": ([1, 2, -inf], ValueError, "x must be finite, but x[2] is -inf. Remove or replace it."),
    "scalar nan": (nan, ValueError, "x must be finite, but x is nan. Remove or replace it."),
    "nan as an object": (np.array([1, nan], object), ValueError, "x must be finite, but x[1] is nan. Remove"),
    "text": ("many", TypeError, "x must hold numbers, but holds text: 'many'. Convert it with float first."),
    "digits": (["1", "2"], TypeError, "x must hold numbers, but holds text: ['1', '2']. Convert"),
    "text among numbers": (np.array([1, "2"], object), TypeError, "holds text: [1, '2']. Convert"),
    "text of variable width": (np.array(["1"], np.dtypes.StringDType()), TypeError, "holds text: ['1']. Convert"),
    "bytes": (b"12", TypeError, "x must hold numbers, but holds text: b'12'. Convert"),
    "complex": ([1, 2j], TypeError, "x must hold real numbers, but is complex: [(1+0j), 2j]. Pass its real part."),
    "complex as an object": (np.array([1, 2j], object), TypeError, "x must hold real numbers, but is [1, 2j]. Convert"),
    "nothing": (None, TypeError, "x must hold numbers, but holds None: None. Remove or replace it."),
    "nothing among numbers": ([1, None], TypeError, "x must hold numbers, but holds None: [1, None]. Remove"),
    "dates": (
        np.array(["2026-01-01"], "M8[D]"),
        TypeError,
        "x must hold numbers, but has dtype datetime64[D]. Convert",
    ),
    "durations": (np.array([5], "m8[s]"), TypeError, "x must hold numbers, but has dtype timedelta64[s]. Convert"),
    "a date": (datetime.date(2026, 1, 1), TypeError, "x must hold real numbers, but is datetime.date(2026, 1, 1)."),
    "records": (np.zeros(2, [("a", float)]), TypeError, "x must hold numbers, but has dtype [('a', '<f8')]. Convert"),
    "ragged": ([[1, 2], [3]], ValueError, "x has rows of different lengths: [[1, 2], [3]]. Give them the same"),
    "masked": (
        np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]),
        ValueError,
        "x is masked at 1 places. Pass x.compressed()",
    ),
    "generator": ((i for i in [1.0]), TypeError, "x must be an array or a list, but is of type generator. Put its"),
    "map": (map(float, "12"), TypeError, "x must be an array or a list, but is of type map. Put its numbers in a list"),
    "set": ({1.0, 2.0}, TypeError, "x must be an array or a list, but is of type set. Put its numbers in a list"),
    "dictionary": ({"a": 1.0}, TypeError, "x must be an array or a list, but is of type dict. Put its numbers in"),
    "function": (len, TypeError, "x must hold real numbers, but is <built-in function len>. Convert"),
    "a number too large": ([10**400], ValueError, "x holds a number too large for a float: [1000"),
    "a wide float too large": (np.longdouble(["1e4000", "1"]), ValueError, "x must be finite, but x[0] is inf. Remove"),
}
# The same for data, which must be one-dimensional besides.
DATA_MISTAKES = {
    "empty": ([], ValueError, "x is empty. Pass at least one observation."),
    "two-dimensional": (
        np.ones((4, 1)),
        ValueError,
        "x must be one-dimensional, but has shape (4, 1). Pass one column",
    ),
    "three-dimensional": (np.ones((2, 2, 2)), ValueError, "x must be one-dimensional, but has shape (2, 2, 2). Pass"),
}
DENSITY = {
    "normal_pdf": lambda x: gmm.normal_pdf(x, 0, 1),
    "normal_log_pdf": lambda x: gmm.normal_log_pdf(x, 0, 1),
    "pdf": TWO.pdf,
    "log_pdf": TWO.log_pdf,
    "component_pdf": TWO.component_pdf,
    "responsibilities": TWO.responsibilities,
    "assign": TWO.assign,
}
DATA = {
    "fit": gmm.fit,
    "e_step": lambda x: gmm.e_step(x, TWO),
    "m_step": lambda x: gmm.m_step(x, ONES),
    "log_likelihood": lambda x: gmm.log_likelihood(x, TWO),
}


def told(call, value):
    """Return the error that a call raises, which names the argument and ends with what to do."""
    with pytest.raises((TypeError, ValueError)) as caught:
        call(value)
    text = str(caught.value)
    assert re.search(r"\. [A-Z].*\.$", text), f"no remedy: {text}"
    assert len(text) < 200
    return caught


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("name", [*DENSITY, *DATA])
def test_what_is_no_number_is_refused_by_name(name, mistake):
    value, error, words = MISTAKES[mistake]
    caught = told({**DENSITY, **DATA}[name], value)
    assert caught.type is error
    assert words in str(caught.value)


@pytest.mark.parametrize("mistake", DATA_MISTAKES)
@pytest.mark.parametrize("name", DATA)
def test_what_is_no_column_of_data_is_refused_by_name(name, mistake):
    value, error, words = DATA_MISTAKES[mistake]
    caught = told(DATA[name], value)
    assert caught.type is error
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("mean", lambda value: gmm.normal_pdf(0, value, 1)),
        ("variance", lambda value: gmm.normal_pdf(0, 0, value)),
        ("weights", lambda value: Mixture(value, [0, 1], [1, 1])),
        ("means", lambda value: Mixture([0.5, 0.5], value, [1, 1])),
        ("variances", lambda value: Mixture([0.5, 0.5], [0, 1], value)),
        ("gamma", lambda value: gmm.m_step([1, 2, 3], value)),
        ("sample_weight", lambda value: gmm.fit([1, 2, 3], sample_weight=value)),
        ("sample_weight", lambda value: gmm.m_step([1, 2, 3], ONES, sample_weight=value)),
        ("sample_weight", lambda value: gmm.log_likelihood([1, 2, 3], TWO, sample_weight=value)),
        ("tol", lambda value: gmm.fit([1, 2, 3], tol=value)),
    ],
)
@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m not in ("masked", "a wide float too large")])
def test_every_argument_is_named_in_the_same_words(name, call, mistake):
    value, error, words = MISTAKES[mistake]
    if name == "sample_weight" and value is None:
        value, words = [1, None, 1], "x must hold numbers, but holds None: [1, None, 1]. Remove"
    caught = told(call, value)
    assert caught.type is error
    assert re.sub(r"\bx\b", name, words) in str(caught.value)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ([1, 1], "sample_weight has shape (2,), but x has shape (3,). Give one weight per observation."),
        (1.0, "sample_weight has shape (1,), but x has shape (3,). Give one weight per observation."),
        ([[1, 1, 1]], "sample_weight has shape (1, 3), but x has shape (3,). Give one weight"),
        ([1, -1, 1], "sample_weight must not be negative, but sample_weight[1] is -1.0. Use 0"),
        ([0, 0, 0], "sample_weight is zero everywhere. Give at least one"),
        ([1e308, 1e308, 1e308], "sample_weight sums to inf, beyond safe arithmetic. Divide it by"),
        ([1e-310, 0, 0], "sample_weight sums to 1e-310, beyond safe arithmetic. Divide it by"),
    ],
)
@pytest.mark.parametrize("name", ["fit", "m_step", "log_likelihood"])
def test_sample_weights_that_are_none_are_refused(name, weight, words):
    calls = {
        "fit": lambda w: gmm.fit([1, 2, 3], sample_weight=w),
        "m_step": lambda w: gmm.m_step([1, 2, 3], ONES, sample_weight=w),
        "log_likelihood": lambda w: gmm.log_likelihood([1, 2, 3], TWO, sample_weight=w),
    }
    caught = told(calls[name], weight)
    assert caught.type is ValueError
    assert words in str(caught.value)


@pytest.mark.parametrize("value", [0.0, -0.0, 5, True, 1e308, -5e-324, np.float32(0.1), 10**300])
def test_finite_keeps_the_value_and_makes_it_float64(value):
    array = check.finite(value, "x")
    assert array.dtype == np.float64 and array.shape == ()
    assert array == float(value)


def test_finite_returns_a_copy():
    x = np.arange(3.0)
    check.finite(x, "x")[0] = 9
    assert x[0] == 0


def test_a_message_stays_short_however_long_the_value():
    for value in (["text"] * 10**5, "text" * 10**5, [10**400] * 1000, [[1], [2, 3]] * 1000):
        assert len(str(told(TWO.pdf, value).value)) < 200


def test_data_counts_each_observation_once_by_default():
    x, weight = check.data([3, 1, 2])
    np.testing.assert_array_equal(x, [3, 1, 2])
    np.testing.assert_array_equal(weight, [1, 1, 1])
    x, weight = check.data(7.0, 2)
    assert x.shape == weight.shape == (1,)


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_a_whole_number_is_an_int(value):
    assert type(check.whole_number(value, "n", 0)) is int


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (2.0, TypeError, "n must be a whole number, but is 2.0. Pass an int, for instance 1."),
        ("2", TypeError, "n must be a whole number, but is '2'. Pass an int"),
        (True, TypeError, "n must be a whole number, but is True. Pass an int"),
        (np.bool_(True), TypeError, "n must be a whole number, but is"),
        (None, TypeError, "n must be a whole number, but is None. Pass an int"),
        ([2], TypeError, "n must be a whole number, but is [2]. Pass an int"),
        (0, ValueError, "n must be at least 1, but is 0. Pass 1 or more."),
        (-3, ValueError, "n must be at least 1, but is -3. Pass 1 or more."),
    ],
)
def test_what_is_no_whole_number_is_refused(value, error, words):
    caught = told(lambda n: check.whole_number(n, "n", 1), value)
    assert caught.type is error
    assert words in str(caught.value)


@pytest.mark.parametrize("table", [pd.DataFrame({"a": [1.0, 2.0, 5.0]}), np.array([[1.0], [2.0], [5.0]])])
def test_the_remedy_for_a_table_of_one_column_works(table):
    with pytest.raises(ValueError, match="Pass one column") as refused:
        gmm.fit(table, 1)
    remedy = re.search(r"for instance (.*)\.$", str(refused.value))[1]
    assert gmm.fit(eval(remedy, {"x": table}), 1).mixture.means[0] == pytest.approx(8 / 3)


def test_rows_that_sum_to_one_up_to_rounding_are_responsibilities_and_others_are_not():
    x = np.zeros(2)
    for off in (-0.9, 0.9):
        gamma = np.array([[0.5, 0.5], [0.5, 0.5 + off * check.GAMMA_TOLERANCE]])
        np.testing.assert_array_equal(check.responsibilities(gamma, x), gamma)
    for row in (
        [0.5, 0.5 + 1.1 * check.GAMMA_TOLERANCE],
        [0.5, 0.4],
        [0.5, 1.5],
        [-0.5, 1.5],
        [0.0, 0.0],
        [1e308, 1e308],
    ):
        caught = told(lambda gamma: check.responsibilities(gamma, x), [[0.5, 0.5], row])
        assert "but gamma[1] is [" in str(caught.value)
    for gamma in (np.ones(2), np.ones((3, 1)), np.ones((1, 2, 1))):
        assert "gamma has shape" in str(told(lambda gamma: check.responsibilities(gamma, x), gamma).value)


@pytest.mark.parametrize("value", [0, 1, 1.5])
def test_a_level_is_between_zero_and_one(value):
    assert "level must be between 0 and 1, but is" in str(told(lambda v: check.level(v, "level"), value).value)
    assert check.level(0.5, "level") == 0.5


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([0, 1], "edges must be at least three numbers, but have shape (2,)"),
        ([[0, 1, 2], [3, 4, 5]], "edges must be at least three numbers, but have shape (2, 3)"),
        (7, "edges must be at least three numbers, but have shape (1,)"),
        ([-inf, 1, inf], "edges must be finite but for the first and the last, and two of them at least"),
        ([0, inf, 2], "edges must be finite but for the first and the last"),
        ([0, 1, -inf, 3], "edges must be finite but for the first and the last"),
        ([0, 2, 1], "edges must rise, but edges[1] is 2.0 and edges[2] is 1.0. Sort them, and give each once."),
        ([0, 1, 1, 2], "edges must rise, but edges[1] is 1.0 and edges[2] is 1.0."),
        ([0, nan, 1], "edges must be finite"),
    ],
)
def test_what_are_no_edges_is_refused(value, words):
    assert words in str(told(check.edges, value).value)


@pytest.mark.parametrize("value", [[0, 1, 2], [-inf, 0, 1], [0, 1, inf], [-inf, 0, 1, inf]])
def test_edges_may_be_open_at_both_ends(value):
    edges = check.edges(value)
    assert edges.dtype == np.float64 and edges.tolist() == value


def test_whole_numbers_are_refused_where_a_float_loses_their_differences():
    far = 2**60  # floats are 256 apart there
    for step in (1, 255_000_000):  # a millionth of it is less than 256
        caught = told(lambda x: check.finite(x, "x"), np.array([far, far + step]))
        assert "x has whole numbers from" in str(caught.value) and "where floats are 256 apart" in str(caught.value)
    for fine in ([far, far], [far, far + 257_000_000], [-far, far], [5, 6], [0, 2**53], [2**53 - 2, 2**53 - 1]):
        np.testing.assert_array_equal(check.finite(np.array(fine), "x"), np.array(fine, dtype=float))


def test_what_is_shown_of_a_value_has_at_most_eighty_characters(monkeypatch):
    class Long:
        def __init__(self, size):
            self.size = size

        def __repr__(self):
            return "b" * self.size

    # The standard library leaves out the middle of what is longer than its own limit.
    monkeypatch.setattr(check.reprlib.aRepr, "maxother", 1000)
    assert check._shown(Long(80)) == "b" * 80
    assert check._shown(Long(81)) == "b" * 77 + "..."
