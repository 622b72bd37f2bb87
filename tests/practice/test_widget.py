"""A question as a widget of JupyterLab: the same form and script, and the kernel's Python for code."""

import json

import pytest

from gmm import practice
from gmm.practice.form import script
from gmm.practice.words import plain

OPEN = """
async ([source, html, verdict]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  let hear = () => {};
  const model = {
    get: () => html,
    on: (_, call) => (hear = call),
    off: () => {},
    send: (message) => hear(verdict, (globalThis.sent = message)),
  };
  module.default.render({ model, el: document.body });
}
"""


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
    ("name", "typed", "result"),
    [("normal-peak", "1/sqrt(2*pi*var)", "right"), ("normal-68", "0.5", "wrong"), ("em-code-e-step", "def …", "slip")],
)
def test_the_module_judges_in_a_browser(browser, name, typed, result):
    page = browser.new_page()
    verdict = json.dumps({"result": "slip", "say": "slip0"})
    page.evaluate(OPEN, [script("widget.js"), practice.ask(name).html, verdict])
    page.locator("[name=answer]").fill(typed)
    page.locator("button").click()
    form = page.locator("form")
    form.and_(page.locator("[data-result]")).wait_for()
    assert form.get_attribute("data-result") == result
    if name == "em-code-e-step":
        assert page.evaluate("globalThis.sent") == {"name": name, "source": typed}
    page.close()


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
