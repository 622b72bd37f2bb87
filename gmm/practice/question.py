"""What a question is: its kinds, their keys and their named slips.

No key is typed. It is an expression of :mod:`gmm.formulas`, a number that
`gmm` computes, a predicate over the state of a figure, or a function that
other code is compared with. A named slip is of the same stuff, and is proved
to be another thing than the key.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, ClassVar, NamedTuple

import numpy as np
import sympy as sp

from gmm.formulas.javascript import javascript
from gmm.formulas.names import arguments, identifier

__all__ = [
    "LEVELS",
    "POINTS",
    "Choice",
    "Code",
    "CodeSlip",
    "Formula",
    "Goal",
    "Guess",
    "Hints",
    "Number",
    "Option",
    "Question",
    "Slip",
    "chapter_of",
    "margin",
    "named",
    "points",
    "unlike",
]

LEVELS = ("routine", "thought", "challenge", "research")
POINTS = 24  # where a typed formula is compared with the key


class Slip(NamedTuple):
    """A wrong answer that has a name.

    Attributes
    ----------
    value : sympy.Expr or float
        What the slip gives.
    because : str
        Which slip it was, in a sentence or two.
    place : str
        Where the book says it right: the label of an equation, or a chapter.
    """

    value: Any
    because: str
    place: str = ""


class Option(NamedTuple):
    """One of the answers to choose from, with its explanation."""

    text: str
    because: str
    right: bool = False


class CodeSlip(NamedTuple):
    """A slip in code: what stands in the solution, what in its place, and the sentence."""

    old: str
    new: str
    because: str
    place: str = ""


@dataclass(eq=False, repr=False)
class Question:
    """What all kinds share.

    Parameters
    ----------
    name : str
        Of the chapter and of the question, as ``normal-peak``; the page finds the answers kept on a machine by it.
    text : str
        In MyST. Empty for an exercise, whose text stands above.
    hints : sequence of str
        Graded: the first says where to look, the second what to do.
    answer : str
        Why it is so.
    level : str
        One of `LEVELS`.
    goal : int
        Which of the goals at the head of the chapter it practises, from 1; 0 for none.
    """

    name: str
    text: str = ""
    hints: Sequence[str] = field(default=(), kw_only=True)
    answer: str = field(default="", kw_only=True)
    level: str = field(default="routine", kw_only=True)
    goal: int = field(default=0, kw_only=True)

    kind: ClassVar[str] = ""

    def __post_init__(self):
        if self.level not in LEVELS:
            raise ValueError(f"level of {self.name} is {self.level!r}. Give one of {', '.join(LEVELS)}.")
        if len(self.hints) not in (0, 2):
            raise ValueError(f"{self.name} has {len(self.hints)} hints. Give two, or none.")

    @property
    def chapter(self) -> str:
        """Return the page that asks it."""
        return chapter_of(self.name)

    @property
    def version(self) -> str:
        """Return a mark of what is asked: an edit voids the answers to this question only."""
        return hashlib.sha256(json.dumps([self.kind, self.text, self.essence()]).encode()).hexdigest()[:8]

    def essence(self) -> Any:
        """Return the part of the question that a kept answer depends on."""
        return None

    def functions(self) -> dict[str, dict]:
        """Return the JavaScript that judges an answer, by name."""
        return {}

    def data(self) -> dict[str, Any]:
        """Return all else that judging needs, as what JSON can hold."""
        return {}

    def said(self) -> dict[str, str]:
        """Return the sentences that an answer may get, by name, in MyST."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


def chapter_of(name: str) -> str:
    """Return the page that asks a question: what stands before the first hyphen; one chapter has one of its own."""
    return "how-many" if name.startswith("how-many-") else name.partition("-")[0]


class Hints(Question):
    """Two hints for an exercise whose answer is a proof or a program: there is nothing to type."""


def looked(slip) -> str:
    """Return the sentence of a slip, and where to look again."""
    if not slip.place:
        return slip.because
    place = f"{{eq}}`{slip.place}`" if slip.place.startswith("eq:") else f"[]({slip.place}.ipynb)"
    return f"{slip.because} Look again at {place}."


@dataclass(eq=False, repr=False)
class Number(Question):
    """A number is typed.

    Parameters
    ----------
    key : float or sympy.Expr
        What `gmm` computed.
    unit : str
        What stands behind the box.
    slips : sequence of Slip
    tolerance : float
        How far off an answer may be, relative to the key: three digits by default.
    """

    key: Any = field(kw_only=True)
    unit: str = field(default="", kw_only=True)
    slips: Sequence[Slip] = field(default=(), kw_only=True)
    tolerance: float = field(default=5e-3, kw_only=True)

    kind: ClassVar[str] = "number"

    def essence(self):
        return f"{float(self.key):.9g}"

    def data(self):
        values = [float(slip.value) for slip in self.slips]
        return {"key": float(self.key), "slips": values, "tolerance": self.tolerance, "unit": self.unit}

    def said(self):
        return {f"slip{i}": looked(slip) for i, slip in enumerate(self.slips)}


@dataclass(eq=False, repr=False)
class Formula(Question):
    """A formula is typed in the book's letters, and compared with the key at seeded points.

    Parameters
    ----------
    key : sympy.Expr
        An expression of :mod:`gmm.formulas`.
    slips : sequence of Slip
    letters : sequence of sympy.Symbol
        What the key does not contain, and an answer may.
    """

    key: sp.Expr = field(kw_only=True)
    slips: Sequence[Slip] = field(default=(), kw_only=True)
    letters: Sequence[sp.Symbol] = field(default=(), kw_only=True)

    kind: ClassVar[str] = "formula"

    @property
    def symbols(self) -> list[sp.Symbol]:
        """Return the letters that an answer may have, in the order of their names."""
        every = sp.Tuple(self.key, *self.letters, *(slip.value for slip in self.slips))
        return arguments(every)

    def essence(self):
        return str(self.key)

    def functions(self):
        every = {"key": self.key, **{f"slip{i}": slip.value for i, slip in enumerate(self.slips)}}
        return {name: javascript(arguments(value), sp.sympify(value)) for name, value in every.items()}

    def data(self):
        return {"points": points(tuple(map(identifier, self.symbols)))}

    def said(self):
        return {f"slip{i}": looked(slip) for i, slip in enumerate(self.slips)}


@dataclass(eq=False, repr=False)
class Choice(Question):
    """One of several answers is right, and each says why it is so or not.

    Parameters
    ----------
    options : sequence of Option
        One of them right.
    proof : callable, optional
        Returns whether what the right answer claims is so.
    """

    options: Sequence[Option] = field(kw_only=True)
    proof: Callable[[], Any] | None = field(default=None, kw_only=True)

    kind: ClassVar[str] = "choice"

    def __post_init__(self):
        super().__post_init__()
        if sum(option.right for option in self.options) != 1:
            raise ValueError(f"{self.name} has not one right option. Mark one.")

    @property
    def shown(self) -> list[Option]:
        """Return the options in an order that does not tell the right one, the same for each reader."""
        return sorted(self.options, key=lambda option: zlib.crc32(f"{self.name} {option.text}".encode()))

    def essence(self):
        return [option.text for option in self.shown]

    def data(self):
        return {"key": [option.right for option in self.shown].index(True)}

    def said(self):
        return {f"option{i}": option.because for i, option in enumerate(self.shown)}


@dataclass(eq=False, repr=False)
class Guess(Choice):
    """A prediction before a figure moves; it is kept, and then the figure goes to a state that shows it.

    Parameters
    ----------
    figure : callable
        Returns the :class:`~gmm.live.spec.FigureSpec`, as the chapter shows it.
    state : dict of str to float
        The parameters that show what comes out.
    """

    figure: Callable[[], Any] = field(kw_only=True)
    state: dict[str, float] = field(kw_only=True)

    kind: ClassVar[str] = "guess"

    def data(self):
        return {**super().data(), "figure": self.figure().name, "state": self.state}


@dataclass(eq=False, repr=False)
class Goal(Question):
    """A figure is to be brought into a state that meets a predicate.

    Parameters
    ----------
    figure : callable
        As for :class:`Guess`.
    predicate : sympy relation
        An inequality, or several joined by ``sympy.And``, over the parameters of the figure, what it computes with,
        and its functions, by :func:`named`.
    state : dict of str to float
        Parameters that meet it.
    """

    figure: Callable[[], Any] = field(kw_only=True)
    predicate: Any = field(kw_only=True)
    state: dict[str, float] = field(kw_only=True)

    kind: ClassVar[str] = "goal"

    @property
    def condition(self) -> Any:
        """Return the predicate; one that takes long to write down is given as a function without arguments."""
        return self.predicate() if isinstance(self.predicate, FunctionType) else self.predicate

    def essence(self):
        return str(self.condition)

    def functions(self):
        expression = margin(self.condition)
        return {"key": javascript(arguments(expression), expression)}

    def data(self):
        return {"figure": self.figure().name, "state": self.state}


@dataclass(eq=False, repr=False)
class Code(Question):
    """A function is written, and compared with the solution on seeded data.

    Parameters
    ----------
    function : str
        Its name.
    starter, solution : str
        What stands in the box at first, and what is right.
    cases : callable
        Returns the arguments of the calls that are compared, a tuple for each.
    properties : sequence of (callable, str)
        What a right result has, as a function of the arguments and the result, and the sentence where it has not.
    slips : sequence of CodeSlip
    """

    function: str = field(kw_only=True)
    starter: str = field(kw_only=True)
    solution: str = field(kw_only=True)
    cases: Callable[[], Sequence[tuple]] = field(kw_only=True)
    properties: Sequence[tuple[Callable[..., Any], str]] = field(default=(), kw_only=True)
    slips: Sequence[CodeSlip] = field(default=(), kw_only=True)

    kind: ClassVar[str] = "code"

    def essence(self):
        return self.solution

    def said(self):
        return {f"slip{i}": looked(slip) for i, slip in enumerate(self.slips)}


def named(function: str) -> sp.Symbol:
    """Return what stands in a goal for a function of the figure, which the figure computes."""
    return sp.Symbol(function, real=True)


def margin(predicate: Any) -> sp.Expr:
    """Return the expression that is positive where the predicate holds."""
    parts = predicate.args if isinstance(predicate, sp.And) else [predicate]
    return (
        sp.Min(*[part.gts - part.lts for part in parts], evaluate=False)
        if len(parts) > 1
        else (parts[0].gts - parts[0].lts)
    )


def points(names: tuple[str, ...]) -> dict[str, list[float]]:
    """Return the seeded points at which formulas are compared: round values for each letter, by its name in code.

    Weights are positive and sum to one where there are several, as the two
    responsibilities beside them do; variances and counts are positive, responsibilities lie between 0 and 1.
    """
    rng = np.random.default_rng(12)
    drawn = {name: _values(rng, name) for name in names}
    weights = [name for name in names if name.startswith("pi") and name[2:].isdigit()]
    if len(weights) > 1:
        shares = np.array([drawn[name] for name in weights])
        shares = np.maximum(1, np.round(20 * shares / shares.sum(axis=0)))
        shares[-1] = 20 - shares[:-1].sum(axis=0)
        drawn |= {name: row / 20 for name, row in zip(weights, shares)}
    if {"pi1", "gamma1", "gamma2"} <= set(names):  # the two shares of one value
        drawn["gamma2"] = 1 - drawn["gamma1"]
    return {name: [round(float(value), 3) for value in values] for name, values in drawn.items()}


def _values(rng, name):
    """Return round values that the letter may have."""
    letter = name.rstrip("0123456789")
    if letter in ("pi", "gamma", "g", "p"):
        return rng.integers(2, 19, POINTS) / 20
    if letter in ("var", "variance", "sigma", "N", "K", "s", "S", "d"):
        return rng.integers(3, 40, POINTS) / 10
    return rng.integers(-25, 26, POINTS) / 10


def unlike(key: Any, slip: Any) -> bool:
    """Tell whether a slip is proved to be another thing than the key.

    SymPy evaluates their difference to thirty digits at places with rational
    coordinates: one place where it is not zero is a proof.
    """
    difference = sp.sympify(key) - sp.sympify(slip)
    letters = arguments(difference)
    at = points(tuple(map(identifier, letters)))
    for i in range(POINTS):
        place = {letter: sp.Rational(str(at[identifier(letter)][i])) for letter in letters}
        value = difference.subs(place).evalf(30)
        if value.is_comparable and abs(value) > sp.Float("1e-20"):
            return True
    return False
