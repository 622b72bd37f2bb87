"""Split sums are equal to the sums they came from, and SymPy can solve with them."""

import pytest
import sympy as sp

from gmm.formulas import K, N, gamma, k, n, xs
from gmm.formulas.sums import split_sums

a, b = sp.symbols("a b", positive=True)


def value(expr, size=3):
    """Return a sum over 1 … size, written out."""
    return sp.expand(expr.subs({N: size, K: 2}).doit())


EXPRESSIONS = [
    sp.Sum(a * xs[n] + b, (n, 1, N)),
    sp.Sum(gamma[n, k] * (xs[n] - a) / b, (n, 1, N)),
    sp.Sum((xs[n] - a) ** 2 * (gamma[n, k] - b), (n, 1, N)),
    b * sp.Sum(a * xs[n], (n, 1, N)) - sp.Sum(a, (n, 1, N)) / b,
    sp.Sum(a * gamma[n, k] * xs[n] + b, (k, 1, K), (n, 1, N)),
    sp.Sum(sp.Sum(a * gamma[n, k] - 1, (n, 1, N)), (k, 1, K)),
    sp.Sum(a * n, (n, 1, N)) + a,
]


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_a_split_sum_has_the_same_value(expr):
    assert sp.simplify(value(expr) - value(split_sums(expr))) == 0


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_no_summand_keeps_a_factor_free_of_the_indices(expr):
    for total in split_sums(expr).atoms(sp.Sum):
        for term in sp.Add.make_args(total.function):
            assert term.as_independent(*total.variables, as_Add=False)[0] == 1


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_splitting_twice_changes_nothing(expr):
    assert split_sums(split_sums(expr)) == split_sums(expr)


def test_what_holds_no_sum_is_only_multiplied_out():
    assert split_sums(a * (b + 1)) == a * b + a


def test_squares_stay_in_one_piece():
    squares = sp.Sum((xs[n] - a) ** 2, (n, 1, N))
    assert split_sums(squares / b) == squares / b


def test_a_sum_of_ones_is_counted():
    assert split_sums(sp.Sum(a, (n, 1, N))) == N * a


def test_an_equation_that_sympy_leaves_unsolved_gets_its_solution():
    equation = sp.Sum(gamma[n, k] * (xs[n] - a), (n, 1, N))
    weighted = sp.Sum(gamma[n, k] * xs[n], (n, 1, N)) / sp.Sum(gamma[n, k], (n, 1, N))
    assert sp.solve(equation, a) == []
    assert sp.solve(split_sums(equation), a) == [weighted]
