"""The script that judges what is typed, in Node, on small questions and on all of the bank."""

import json
import re

import pytest
import sympy as sp

from gmm import formulas as F
from gmm import practice
from gmm.formulas.names import identifier
from gmm.practice.form import NORMAL, script
from gmm.practice.question import Choice, Formula, Guess, Number, Slip
from tests.live import scripts
from tools.contents import chapters

SOURCE = script("widget.js").rpartition("export default")[0]
JUDGE = """asked.map(([question, answers]) => {
  const ready = { ...question, functions: called(question.functions), N: called({ N }).N.call };
  return answers.map((answer) => judge(ready, answer));
})"""
Z = sp.Symbol("z", real=True)


def run(expression, **values):
    """Return the value of a JavaScript expression after the script, with these values by their names."""
    given = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    return scripts.told(f"{SOURCE}\n{given}console.log(JSON.stringify({expression}));")


def judged(*asked):
    """Return the verdicts on some answers to each of some questions."""
    jobs = [({"kind": q.kind, "data": q.data(), "functions": q.functions()}, answers) for q, answers in asked]
    return run(JUDGE, asked=jobs, N=NORMAL)


def results(question, answers):
    """Return the results of some answers to one question."""
    return [told["result"] for told in judged((question, answers))[0]]


DENSITY = Formula(
    "normal-test", "?", key=F.normal, slips=[Slip(F.normal.subs(F.var, sp.sqrt(F.var)), "σ.", "eq:normal")]
)
SHARE = Formula("normal-test", "?", key=F.responsibility(1), slips=[Slip(F.component(1), "Not divided.")])
HALF = Number("normal-test", "?", key=sp.Rational(1, 2), unit="minutes", slips=[Slip(2, "Upside down.")])


def test_equal_forms_of_a_density_are_right():
    answers = [
        "N(x, mu, var)",
        "N(x | μ, σ²)",
        "𝒩(x|μ,σ^2)",
        "exp(-(x-mu)^2/(2*var)) / sqrt(2*pi*var)",
        "exp(−(x−μ)**2/(2·σ²)) ÷ √(2·π·σ²)",
        "1/(sigma*sqrt(2*pi)) * exp(-1/2*((x-mu)/sigma)^2)",
        "exp(-(mu^2 - 2*mu*x + x^2)/(2*var) - log(2*pi*var)/2)",
        "e^(-((x-mu)^2)/2/var)/(2 π var)^0.5".replace("2 π var", "2*π*var"),
    ]
    assert results(DENSITY, answers) == ["right"] * len(answers)


def test_letters_with_an_index_may_be_typed_as_the_book_prints_them():
    answers = [
        "pi1*N(x, mu1, var1) / (pi1*N(x, mu1, var1) + pi2*N(x, mu2, var2))",
        "π₁*N(x | μ₁, σ₁²) / (π₁*N(x | μ₁, σ₁²) + (1 − π₁)*N(x | μ₂, σ₂²))",
        "1/(1 + pi_2/pi_1*N(x, mu_2, sigma_2^2)/N(x, mu_1, sigma_1^2))",
    ]
    assert results(SHARE, answers) == ["right"] * 3
    assert results(SHARE, ["pi1*N(x, mu1, var1)"]) == ["slip"]
    assert results(SHARE, ["N(x, mu1, var1)/(N(x, mu1, var1) + N(x, mu2, var2))"]) == ["wrong"]


def test_a_wrong_formula_gets_a_counterexample_that_is_one():
    (told,) = judged((DENSITY, ["N(x, mu, 2*var)"]))[0]
    assert told["result"] == "wrong"
    at = dict(part.split(" = ") for part in told["text"].removeprefix("At ").partition(" yours")[0].split(", "))
    x, mu, var = (float(at[name].replace("−", "-")) for name in ("x", "mu", "var"))
    yours, right = (
        float(part.rstrip(".")) for part in told["text"].partition("yours is ")[2].split(", and the right one ")
    )
    assert yours == pytest.approx(float(F.normal.subs({F.x: x, F.mu: mu, F.var: 2 * var})), rel=5e-3)
    assert right == pytest.approx(float(F.normal.subs({F.x: x, F.mu: mu, F.var: var})), rel=5e-3)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("-x^2", -9),
        ("(-x)^2", 9),
        ("2^-x", 1 / 8),
        ("-(x)^2", -9),
        ("2*-x", -6),
        ("x^2^2", 81),
        ("--x", 3),
        ("(x)/2/3", 0.5),
    ],
)
def test_signs_powers_and_brackets_bind_as_in_algebra(typed, value):
    assert run("value(read(typed), { x: 3 })", typed=typed) == value


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type an answer first"),
        ("   ", "Type an answer first"),
        ("1,5*x", "decimal point"),
        ("N(0,5, mu, var)", "decimal point"),
        ("sqrt(1,5)", "decimal point"),
        ("2 x", "write * between"),
        ("(x", "close brackets"),
        ("x +", "cannot be read"),
        ("q", "There is no letter q here. The letters are mu, var, x."),
        ("alert(1)", "There is no function alert here"),
        ("constructor(1)", "There is no function constructor"),
        ("x.constructor", "cannot be read"),
        ("[1][0]", "cannot be read"),
        ("'a'", "cannot be read"),
        ("this", "cannot be read"),
        ("x ? 1 : 2", "cannot be read"),
        ("toString", "There is no letter toString"),
        ("__proto__", "There is no letter"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_never_run(typed, sentence):
    (told,) = judged((DENSITY, [typed]))[0]
    assert told["result"] == "unread"
    assert sentence in told["text"]


def test_a_number_may_be_a_fraction_a_percentage_or_have_its_unit():
    answers = ["0.5", "1/2", "50 %", "0.5 minutes", ".501", "sqrt(1/4)", "5e-1"]
    assert results(HALF, answers) == ["right"] * len(answers)
    told = judged((HALF, ["0,5", "2", "0.7", "-3", "0.49", "x", "half"]))[0]
    assert [one["result"] for one in told] == ["unread", "slip", "wrong", "wrong", "wrong", "unread", "unread"]
    assert [one.get("text", "") for one in told[2:5]] == [
        "0.7 is too large.",
        "−3 is too small.",
        "Close, but not it.",
    ]


def test_a_number_that_is_nearly_right_is_told_so():
    third = Number("normal-test", "?", key=sp.Rational(1, 3), unit="nats (of all)")
    told = judged((third, ["0.3", "0.33", "0.34", "33.3", "33.3 %", "0.333 nats", "N(0, 0, 1)", "exp(-800)/exp(-800)"]))
    assert [one["text"] for one in told[0] if "text" in one] == [
        "Close. Give a digit more.",
        "Close. Give a digit more.",
        "Close, but not it.",
        "Per cent have their sign: 33.3 %.",
        "0.399 is too large.",
        "That is 0/0: take the common exponent off.",
    ]
    assert [one["result"] for one in told[0]][4:6] == ["right", "right"]


def test_the_second_share_may_be_typed_for_what_the_first_leaves():
    answers = ["gamma1/pi1 - gamma2/pi2", "gamma1/pi1 - (1 - gamma1)/pi2", "gamma1/pi1 + gamma2/pi2"]
    assert results(practice.find("likelihood-exercise-2"), answers) == ["right", "right", "slip"]


def test_forms_that_students_type_are_read():
    answers = ["x1/4", "¼ x1", "[x1]/4", "y = x1/4", "25% * x1", "x1(1/4)", "0,25*x1", "|x1|/4"]
    quarter = Formula("normal-test", "?", key=sp.Symbol("x1", real=True) / 4)
    told = judged((quarter, answers))[0]
    assert [one["result"] for one in told] == ["right", "unread", "right", "right", "right", *["unread"] * 3]
    assert told[1]["text"].startswith("That cannot be read: close brackets, write * between factors")
    assert told[5]["text"] == "Write * between x1 and the bracket."
    assert told[6]["text"] == "Write a decimal point, not a comma: 0.5."
    assert "abs(x) for |x|" in told[7]["text"]


def test_a_slip_of_the_bank_gets_its_own_sentence():
    question = practice.find("normal-peak")
    for i, slip in enumerate(question.slips):
        (told,) = judged((question, [typed(slip.value)]))[0]
        assert told == {"result": "slip", "say": f"slip{i}"}


def typed(expression):
    """Return an expression as somebody would type it."""
    named = {symbol: sp.Symbol(identifier(symbol)) for symbol in sp.sympify(expression).free_symbols}
    text = sp.sstr(sp.sympify(expression).xreplace(named))
    return re.sub(r"\b(Abs|Max|Min)\b", lambda found: found[1].lower(), text).replace("E", "e")


def forms(key):
    """Return equivalent forms of an expression, made by SymPy and by a writer: all that must be right."""
    key = sp.sympify(key)
    made = [key, sp.expand(key), sp.factor(key), sp.together(key), sp.powsimp(key)]
    if key.is_positive:
        made.append(sp.exp(sp.log(key), evaluate=False))
    texts = [typed(form) for form in made]
    texts += [texts[0].replace("-", "−").replace("*", "·").replace("··", "**"), f"0 + ({texts[0]})"]
    texts += [re.sub(r"([a-z])(\d)\b", r"\1_\2", texts[0])]
    return list(dict.fromkeys(texts))


PAGES = [*chapters(), "final"]
each_page = pytest.mark.parametrize(
    "page", [page if page in ("normal", "em") else pytest.param(page, marks=pytest.mark.sweep) for page in PAGES]
)


def of_kind(page, kind):
    return [question for question in practice.questions(page).values() if type(question) is kind]


@each_page
def test_every_form_of_a_key_is_right_and_every_slip_is_that_slip(page):
    asked = of_kind(page, Formula)
    rights = judged(*[(question, forms(question.key)) for question in asked])
    slips = judged(*[(question, [typed(slip.value) for slip in question.slips]) for question in asked])
    for question, right, slip in zip(asked, rights, slips):
        assert [told["result"] for told in right] == ["right"] * len(right), (question.name, forms(question.key), right)
        assert slip == [{"result": "slip", "say": f"slip{i}"} for i in range(len(slip))], question.name


@each_page
def test_a_formula_that_is_off_is_wrong_and_nonsense_is_unread(page):
    asked = of_kind(page, Formula)
    wrong = judged(
        *[(question, [f"({typed(question.key)})*1.0001", f"{typed(question.key)} + 0.7"]) for question in asked]
    )
    for question, told in zip(asked, wrong):
        assert [one["result"] for one in told] == ["wrong", "wrong"], question.name
        assert all("the right one" in one["text"] for one in told)
    unread = judged(*[(question, ["", "?", "((1)", "0,5", "colour", "x y"]) for question in asked])
    assert {one["result"] for told in unread for one in told} <= {"unread"}


@each_page
def test_a_number_is_judged_at_its_tolerance(page):
    asked = of_kind(page, Number)
    for question in asked:
        key, by = float(question.key), question.tolerance
        answers = [repr(key), repr(key * (1 + 0.9 * by)), repr(key).replace("-", "−"), f"{key!r} {question.unit}"]
        values = [repr(float(slip.value)) for slip in question.slips]
        right, slips, others = judged((question, answers), (question, values), (question, ["", "0,5", "?", "q"]))
        assert {told["result"] for told in right} == {"right"}, (question.name, right)
        assert slips == [{"result": "slip", "say": f"slip{i}"} for i in range(len(values))], question.name
        assert {told["result"] for told in others} == {"unread"}
        (far,) = judged((question, [repr(key * (1 + 40 * by) + 17 * by)]))[0]
        assert far["result"] in ("wrong", "slip")


@each_page
def test_each_option_says_its_own_sentence(page):
    asked = [*of_kind(page, Choice), *of_kind(page, Guess)]
    for question, told in zip(asked, judged(*[(q, [str(i) for i in range(len(q.options))]) for q in asked])):
        rights = [option.right for option in question.shown]
        assert [one["result"] == "right" for one in told] == rights
        assert [question.said()[one["say"]] for one in told] == [option.because for option in question.shown]
    assert all(
        told == {"result": "unread", "text": "Choose one first."} for (told,) in judged(*[(q, [""]) for q in asked])
    )
