"""A question as a widget of JupyterLab: the same form and script, and the kernel's Python for code."""

import json

import pytest

from gmm import practice
from gmm.practice.words import plain


def test_a_widget_has_the_form_of_the_page_without_latex():
    asked = practice.ask("normal-peak")
    assert repr(asked) == "Asked('normal-peak')"
    assert 'data-question="normal-peak"' in asked.html
    assert "Look again at equation normal." in asked.html
    assert "1/(√(2 π σ²))" in asked.html
    assert "\\frac" not in asked.html.partition("<script")[0]


def test_a_widget_answers_for_code_by_the_kernels_python():
    asked, answers = practice.ask("em-code-e-step"), []
    asked.send = answers.append
    asked._hear(None, {"name": "em-code-e-step", "source": practice.find("em-code-e-step").solution}, [])
    assert [json.loads(answer) for answer in answers] == [{"result": "right"}]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"$\frac12$ of {numref}`fig-x`", "1/2 of the figure"),
        (r"$\sum_k \gamma(n, k)$ *once*", "Σₖ γ(n, k) once"),
        (r"$e^{-z^2/2}$, see [](em.ipynb)", "e^(-z²/2), see the chapter em"),
        ("`np.exp` {cite:p}`turner2017`", "np.exp turner2017"),
    ],
)
def test_a_sentence_is_told_without_markup(text, told):
    assert plain(text) == told
