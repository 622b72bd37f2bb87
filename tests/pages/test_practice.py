"""The questions in the page: answered by hand and by key, without scripts, on paper, kept, listed and carried along."""

import gzip
import json
import re

import pytest

from exam.paper import paper
from exam.pool import TEMPLATES
from gmm import practice
from gmm.formulas.names import identifier
from gmm.practice.code import planted
from gmm.practice.form import script
from gmm.practice.question import Formula, Goal, Guess, Number
from gmm.practice.words import plain
from tests.pages.conftest import live_pages
from tests.practice.test_bank import PAGES
from tests.practice.test_judge import typed

KILOBYTE = 1024
LONG = 300_000  # milliseconds, for a machine with much else to do
PEAK = "form[data-question=normal-peak]"
# Bring a widget to life outside JupyterLab.
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


def each_page(at_once):
    """Ask it of every page; `make test` asks it of one that has all kinds that it is about."""
    names = [name if name == at_once else pytest.param(name, marks=pytest.mark.sweep) for name in PAGES]
    return pytest.mark.parametrize("name", names)


@pytest.fixture
def asked(visit):
    """A function that opens a page with its questions alive."""

    def open_page(name, *arguments, **options):
        opened = visit(name, *arguments, **options)
        opened.page.locator("html[data-gmm-practice]").wait_for(state="attached")
        return opened

    return open_page


def assert_same_start(page, spec):
    """Insist that a figure of the page begins as a specification says, on the same sliders and data."""
    shown = page.locator(f'[data-figure="{spec.name}"]').evaluate(
        """({ gmm }) => {
          const scope = gmm.scope();
          return { values: { ...scope, ...scope.values }, xs: [...(scope.xs ?? [])], bounds: gmm.spec.bounds };
        }"""
    )
    for key, slider in spec.sliders.items():
        assert shown["values"][key] == pytest.approx(float(slider.value)), key
        assert [shown["bounds"][key][end] for end in ("min", "max")] == pytest.approx([slider.low, slider.high]), key
    assert shown["xs"] == pytest.approx([] if spec.data is None else spec.data.tolist())


def form(page, name):
    return page.locator(f'form[data-question="{name}"]')


def result(page, name):
    return form(page, name).get_attribute("data-result")


def answered(page, name, text):
    """Type an answer and press Enter; return its result."""
    form(page, name).locator("[name=answer]").fill(text)
    form(page, name).locator("[name=answer]").press("Enter")
    return result(page, name)


@each_page("normal")
def test_every_question_of_a_page_is_answered_right_and_by_its_slips(asked, name):
    opened = asked(name, fresh=True)
    page = opened.page
    for question in practice.questions(name).values():
        if isinstance(question, Number):
            assert answered(page, question.name, repr(float(question.key))) == "right"
        elif isinstance(question, Formula):
            for slip in question.slips:
                assert answered(page, question.name, typed(slip.value)) == "slip"
                assert form(page, question.name).locator(".gmm-verdict").text_content().startswith("A slip.")
            assert answered(page, question.name, typed(question.key)) == "right"
        elif question.kind == "choice":
            for i, option in enumerate(question.shown):
                form(page, question.name).locator("input").nth(i).check()
                form(page, question.name).locator("button").click()
                assert result(page, question.name) == ("right" if option.right else "wrong")
        elif question.kind == "code":
            page.evaluate("delete globalThis.gmmPython")  # as where the site has no Python
            form(page, question.name).locator("button").click()
            assert "practice.ask" in form(page, question.name).locator(".gmm-verdict").text_content()
            assert result(page, question.name) == "unread"
    opened.check()


@each_page("em")
def test_a_figure_says_when_its_goal_is_met_and_the_address_of_its_state_is_the_answer(asked, name):
    opened = asked(name, fresh=True)
    page = opened.page
    if any(isinstance(question, Goal | Guess) for question in practice.questions(name).values()):
        opened.live()
    for question in practice.questions(name).values():
        if isinstance(question, Goal | Guess):  # the bank asks about the figure that the page shows
            assert_same_start(page, question.figure())
    for question in practice.questions(name).values():
        if isinstance(question, Goal):
            form(page, question.name).locator("button").click()
            assert result(page, question.name) == "wrong"
            form(page, question.name).locator(".gmm-sets").evaluate("(link) => link.click()")
            form(page, question.name).and_(page.locator("[data-result=right]")).wait_for(timeout=20_000)
            figure = page.locator(f'[data-figure="{question.figure().name}"]')
            figure.locator(".gmm-goal", has_text="is met").first.wait_for()
            kept = page.evaluate("(name) => JSON.parse(localStorage['gmm-practice'])[name]", question.name)
            assert kept["answer"].startswith(f"#live={question.figure().name}&")
        elif isinstance(question, Guess):
            form(page, question.name).locator("input").first.check()
            form(page, question.name).locator("button").click()
            now = page.locator(f'[data-figure="{question.figure().name}"]').evaluate("(figure) => figure.gmm.scope()")
            values = now.get("values", now)
            assert {key: values[key] for key in question.state} == pytest.approx(question.state)
            assert result(page, question.name) in ("right", "wrong")
    opened.check()


def test_a_question_is_answered_by_keys_alone_and_its_verdict_is_announced(asked):
    page = asked("normal", fresh=True).page
    form(page, "normal-peak").locator("input").focus()
    page.keyboard.type("1/sqrt(2*var)")
    page.keyboard.press("Enter")
    verdict = form(page, "normal-peak").locator(".gmm-verdict")
    assert verdict.get_attribute("role") == "status"
    assert "The number π is left out." in verdict.text_content()
    assert verdict.locator("a").get_attribute("href") == "#equation-eq-normal"
    assert page.evaluate("document.activeElement.name") == "answer"  # where one goes on typing
    page.keyboard.press("Control+a")
    page.keyboard.type("1/√(2·π·σ²)")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert result(page, "normal-peak") == "right"
    choice = form(page, "normal-density-above-one")
    choice.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert result(page, "normal-density-above-one") in ("right", "wrong")


def test_a_wrong_formula_gets_a_counterexample_and_nonsense_a_sentence(asked):
    page = asked("normal").page
    assert answered(page, "normal-peak", "1/var") == "wrong"
    told = page.locator(f"{PEAK} .gmm-verdict").text_content()
    assert re.search(r"At var = [\d.]+ yours is [\d.]+, and the right one [\d.]+\.", told), told
    assert answered(page, "normal-peak", "alert(1)") == "unread"
    assert answered(page, "normal-peak", "") == "unread"
    assert answered(page, "normal-68", "0,16") == "unread"
    assert "decimal point" in form(page, "normal-68").locator(".gmm-verdict").text_content()


def test_answers_are_kept_and_an_edited_question_is_open_again(asked):
    opened = asked("normal", fresh=True)
    page = opened.page
    assert answered(page, "normal-peak", "1/sqrt(2*pi*var)") == "right"
    assert answered(page, "normal-68", "0.5") == "wrong"
    page.evaluate(
        """() => {
          const kept = JSON.parse(localStorage["gmm-practice"]);
          kept["normal-68"].version = "of before";
          localStorage["gmm-practice"] = JSON.stringify(kept);
        }"""
    )
    page.reload()
    page.locator("html[data-gmm-practice]").wait_for(state="attached")
    assert result(page, "normal-peak") == "right"
    assert form(page, "normal-peak").locator("input").input_value() == "1/sqrt(2*pi*var)"
    assert result(page, "normal-68") is None
    opened.check()


def test_the_review_lists_what_was_missed_and_a_file_carries_the_answers(asked, visit, tmp_path):
    opened = asked("normal", fresh=True)
    page = opened.page
    answered(page, "normal-peak", "1/sqrt(2*pi*var)")
    answered(page, "normal-68", "0.5")
    page.goto(page.url.replace("normal.html", "review.html"))
    missed, right = (page.locator(f"li[data-name={name}]") for name in ("normal-68", "normal-peak"))
    assert missed.get_attribute("data-result") == "wrong"
    assert "missed" in missed.text_content()
    assert right.get_attribute("data-result") == "right"
    assert "1 right, 1 missed" in page.locator(".gmm-review-count").text_content()
    page.get_by_role("button", name="Only what was missed").click()
    assert missed.is_visible()
    assert not right.is_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    saved = tmp_path / "answers.json"
    download.value.save_as(saved)
    assert json.loads(saved.read_text("utf-8"))["answers"].keys() == {"normal-68", "normal-peak"}
    over = page.locator(".gmm-review-over")
    over.click()
    assert "again" in over.text_content()
    over.click()
    assert "0 right, 0 missed" in page.locator(".gmm-review-count").text_content()
    page.locator(".gmm-review-read").set_input_files(saved)
    page.locator(".gmm-review-told", has_text="2 answers were read").wait_for()
    assert missed.get_attribute("data-result") == "wrong"
    wrong = tmp_path / "other.json"
    wrong.write_text("[1]", "utf-8")
    page.locator(".gmm-review-read").set_input_files(wrong)
    page.locator(".gmm-review-told", has_text="holds no answers").wait_for()
    opened.check()


def test_the_final_test_counts(asked):
    page = asked("final", fresh=True).page
    n = len(practice.questions("final"))
    assert page.locator(".gmm-score").text_content() == f"0 of {n} answered, 0 right"
    answered(page, "final-normal", "1/sqrt(8*pi)")
    answered(page, "final-sums", "4")
    assert page.locator(".gmm-score").text_content() == f"2 of {n} answered, 1 right"


def test_without_scripts_the_answers_are_folded_and_on_paper_they_stand_at_the_end(visit):
    page = visit("normal", java_script_enabled=False, fresh=True).page
    peak = page.locator(PEAK)
    assert peak.locator("fieldset").get_attribute("disabled") is not None
    fold = peak.locator(".gmm-solved")
    assert not fold.locator(".katex").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator(".katex").first.is_visible()
    assert not page.locator(".gmm-answers").is_visible()
    page.emulate_media(media="print")
    assert not fold.is_visible()
    assert page.locator(".gmm-answers").is_visible()
    asked = [question for question in practice.questions("normal").values() if question.kind and question.text]
    assert page.locator(".gmm-answers > div").count() == len(asked)


def test_where_nothing_may_be_kept_a_question_is_judged_all_the_same(asked, browser, served):
    page = browser.new_page()
    page.set_content(
        f'<iframe sandbox="allow-scripts allow-forms" src="{served}/normal.html" width="900" height="700"></iframe>'
    )
    frame = page.frame_locator("iframe")
    frame.locator("html[data-gmm-practice]").wait_for(state="attached")
    frame.locator(f"{PEAK} input").fill("1/sqrt(2*pi*var)")
    frame.locator(f"{PEAK} input").press("Enter")
    assert frame.locator(PEAK).get_attribute("data-result") == "right"
    page.close()


def test_an_answer_in_code_is_judged_by_the_python_of_the_page(asked):
    opened = asked("em", "file", fresh=True)
    page, question = opened.page, practice.find("em-code-e-step")
    box = form(page, question.name)
    verdict = box.locator(".gmm-verdict")

    def judged(source):
        """Write code, and let it be judged; the first time Python is loaded for it."""
        box.locator("textarea").fill(source)
        box.locator("textarea").press("Control+Enter")

    judged(planted(question, question.slips[0]))
    assert "Python is being loaded" in verdict.text_content()
    box.and_(page.locator("[data-result=slip]")).wait_for(timeout=LONG)
    assert plain(question.slips[0].because)[:30] in verdict.text_content()
    judged(question.solution)
    box.and_(page.locator("[data-result=right]")).wait_for(timeout=LONG)
    judged("while True: pass")
    verdict.get_by_text("Running …").wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    verdict.get_by_text("Is there a loop without an end?").wait_for()
    page.locator(".gmm-run[data-ready=yes]").wait_for()
    judged(question.starter)
    verdict.get_by_text("There is nothing to run yet.").wait_for(timeout=LONG)
    opened.check()


@pytest.mark.parametrize(
    ("name", "typed", "result"),
    [("normal-peak", "1/sqrt(2*pi*var)", "right"), ("normal-68", "0.5", "wrong"), ("em-code-e-step", "def …", "slip")],
)
def test_the_widget_of_jupyterlab_judges_as_the_page_does(browser, name, typed, result):
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


@pytest.mark.parametrize(("name", "theme"), [("normal", "light"), ("failures", "dark"), ("review", "dark")])
def test_questions_fit_the_narrowest_phone_in_colours_that_can_be_read(look, name, theme):
    page = look(name, 360, theme).page
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for control in page.locator("form[data-question] :is(button, summary, input[type=text]):visible").all():
        assert control.bounding_box()["height"] >= 43.9


@pytest.mark.parametrize("name", PAGES)
def test_the_script_of_the_questions_is_small(site, name, capsys):
    source = (site / "_static" / "practice.js").read_bytes()
    html = (site / f"{name}.html").read_text("utf-8")
    scripts = [(site / path).read_text("utf-8") for path in re.findall(r'src="(_static/scripts/\w+\.js)"', html)]
    (keys,) = [text for text in scripts if "var gmmPractice" in text]
    sizes = [len(gzip.compress(text, 9)) for text in (source, keys.encode())]
    with capsys.disabled():
        print(f"\n{name}: {sizes[0]} bytes of script for its questions, {sizes[1]} of keys, compressed", end="")
    assert sum(sizes) <= 8 * KILOBYTE


def test_letters_are_told_as_they_are_typed(asked):
    page = asked("mixture").page
    told = form(page, "mixture-density").locator(".gmm-unit code").all_text_contents()
    assert told == [identifier(symbol) for symbol in practice.find("mixture-density").symbols]


def test_no_question_of_the_pool_is_in_the_site(site):
    texts = {question.text for seed in range(3) for question in paper(seed, len(TEMPLATES))}
    for path in [*site.glob("*.html"), *site.glob("_static/scripts/*.js"), site / "searchindex.js"]:
        page = path.read_text("utf-8")
        assert not re.search(r"exam-\d+-\d+-|exam\.pool", page), path.name
        assert not any(text in page for text in texts), path.name


def test_every_live_page_of_the_course_asks(site):
    assert set(live_pages()) - {"yours"} <= set(PAGES)
