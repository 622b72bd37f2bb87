"""The page for a reader's own data, used as a reader would, and held to gmm."""

import csv
import io
import json
import warnings

import numpy as np
import pytest

import gmm
from gmm import Mixture, datasets
from tests.pages.conftest import Visit, sampled

PAGE = "yours"
OWN = "document.querySelector('[data-figure=own]').gmm"
WAITING = datasets.faithful().waiting
SETS = {
    "faithful": (WAITING, None),
    "galaxies": (datasets.galaxies().velocity, None),
    "crabs": (datasets.crabs().ratio, datasets.crabs().count),
}


@pytest.fixture(params=sampled(["http", "file"], ["http"]))
def opened(request, visit):
    visit = visit(PAGE, request.param, accept_downloads=True)
    visit.live()
    yield visit
    visit.check()  # no error, and no request to anywhere


@pytest.fixture
def page(visit):
    visit = visit(PAGE, accept_downloads=True)
    visit.live()
    yield visit.page
    visit.check()


@pytest.fixture(scope="module")
def kept_page(browser, served):
    """One page for all the texts that are only pasted into it."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, accept_downloads=True)
    visit = Visit(context, served)
    visit.page.goto(f"{served}/{PAGE}.html")
    visit.live()
    yield visit
    context.close()


@pytest.fixture
def reused(kept_page):
    """The page on which texts are pasted one after the other."""
    yield kept_page.page
    kept_page.check()


def fitted(page):
    """Wait for the end of all fits."""
    page.wait_for_function(f"{OWN}.done", timeout=60_000)


def paste(page, text):
    """Put a text into the field as a paste does, and wait until it is read."""
    page.locator(".gmm-own textarea").fill(text)
    settled(page)


def settled(page):
    """Wait until the text is read, asked about or refused."""
    page.wait_for_function(f"{OWN}.waiting === null && {OWN}.told !== null")


def status(page):
    return page.locator(".gmm-own-status").text_content()


def choose(page, name):
    page.locator(f".gmm-own [data-set={name}]").click()
    fitted(page)


def slide(page, k):
    page.get_by_label("Components K").fill(str(k))


def saved(page, label):
    """Press a button and return the text of the file that it saves."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).click()
    return waiting.value.path().read_text("utf-8")


def memberships(page):
    """Return the downloaded table of memberships: its header and its numbers."""
    head, *rows = csv.reader(io.StringIO(saved(page, "Memberships (CSV)")))
    return head, np.array(rows, dtype=float)


def parameters(page):
    """Return the downloaded parameters as a mixture, and everything else beside it."""
    record = json.loads(saved(page, "Parameters (JSON)"))
    return Mixture(record["weights"], record["means"], record["variances"]), record


# --- the book's data sets -------------------------------------------------


@pytest.mark.parametrize("name", sampled(SETS, ["galaxies"]))
def test_the_fit_ends_no_lower_than_gmm_and_the_downloads_hold_it(opened, name):
    page = opened.page
    x, count = SETS[name]
    weight = np.ones(x.size) if count is None else count
    choose(page, name)
    for k in range(1, 5):
        slide(page, k)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", gmm.ConvergenceWarning)  # only the heights are compared
            ours = gmm.fit(x, k, sample_weight=count)
        # None of these fits ends in a collapse: their standard deviations are far above the data's steps.
        assert np.sqrt(ours.mixture.variances).min() > 1e-3 * np.std(x)
        mixture, record = parameters(page)
        log_likelihood = gmm.log_likelihood(x, mixture, sample_weight=count)
        assert record["log_likelihood"] == pytest.approx(log_likelihood, rel=1e-11)
        assert log_likelihood > ours.log_likelihood - 1e-6
        p = 3 * k - 1
        assert record["n_observations"] == weight.sum()
        assert record["aic"] == pytest.approx(-2 * log_likelihood + 2 * p, rel=1e-11)
        assert record["bic"] == pytest.approx(-2 * log_likelihood + p * np.log(weight.sum()), rel=1e-11)
        assert record["converged"]
        gamma = gmm.e_step(x, mixture)
        np.testing.assert_allclose(record["N_k"], weight @ gamma, atol=1e-9 * weight.sum())
        np.testing.assert_allclose(np.square(record["standard_deviations"]), mixture.variances, rtol=1e-12)
        assert (np.diff(mixture.means) >= 0).all()
        # A further step of EM moves nothing.
        after = gmm.m_step(x, gamma, sample_weight=count)
        sigma = np.sqrt(mixture.variances)
        assert np.abs((after.means - mixture.means) / sigma).max() < 2e-9
        assert np.abs(after.variances / mixture.variances - 1).max() < 4e-9
        head, rows = memberships(page)
        assert head[3:] == [*(f"gamma_{j}" for j in range(1, k + 1)), "component"]
        np.testing.assert_array_equal(rows[:, 1], x)
        np.testing.assert_array_equal(rows[:, 2], weight)
        np.testing.assert_allclose(rows[:, 3:-1], gamma, atol=1e-9)
        np.testing.assert_array_equal(rows[:, -1], gamma.argmax(axis=1) + 1)
        table = np.array([*csv.reader(io.StringIO(saved(page, "Parameters (CSV)")))][1:], dtype=float)
        np.testing.assert_array_equal(table[:, 1:3].T, [mixture.weights, mixture.means])
        np.testing.assert_array_equal(table[:, 4], mixture.variances)


def test_where_gmm_and_the_page_find_the_same_top_they_find_the_same_parameters(page):
    choose(page, "faithful")
    mixture, _ = parameters(page)
    ours = gmm.fit(WAITING, 2, tol=1e-12).mixture
    for got, expected in zip(mixture, ours):
        np.testing.assert_allclose(got, expected, rtol=1e-8)
    np.testing.assert_allclose(memberships(page)[1][:, 3:-1], gmm.e_step(WAITING, ours), atol=1e-8)


def test_the_tables_show_the_fit_and_the_criteria_of_every_k(page):
    fitted(page)
    ours = gmm.fit(WAITING, 2)
    rows = page.locator(".gmm-own-table").first.locator("tbody tr").all_inner_texts()
    assert [row.split() for row in rows] == [
        [str(j), f"{pi:.4f}", f"{mu:.3f}", f"{var**0.5:.4f}", f"{var:.3f}", f"{nk:.2f}"]
        for j, (pi, mu, var, nk) in enumerate(zip(*ours.mixture, gmm.e_step(WAITING, ours.mixture).sum(axis=0)), 1)
    ]
    criteria = page.locator(".gmm-own-criteria tbody tr").all_inner_texts()
    assert len(criteria) == 5
    assert f"{ours.bic:.2f} (smallest)" in criteria[1]
    assert "BIC is smallest at K = 2." in status(page)
    page.locator(".gmm-own summary").click()
    assert page.locator(".gmm-own-long tbody tr").count() == 100


def test_k_follows_the_smallest_bic_until_the_reader_chooses(page):
    slider = page.get_by_label("Components K")
    choose(page, "galaxies")
    assert slider.input_value() == "3"
    assert "distrust it" in status(page)
    slide(page, 5)
    assert page.locator(".gmm-own-table").first.locator("tbody tr").count() == 5
    page.get_by_role("button", name="K with the smallest BIC").click()
    assert slider.input_value() == "3"


# --- ways in --------------------------------------------------------------


WRITTEN = {
    "lines": "\n".join(f"{v:g}" for v in WAITING),
    "commas": ", ".join(f"{v:g}" for v in WAITING),
    "semicolons": "; ".join(f"{v:g}" for v in WAITING),
    "tabs": "\t".join(f"{v:g}" for v in WAITING),
    "header and CRLF": "wait in minutes\r\n" + "\r\n".join(f"{v:e}" for v in WAITING) + "\r\n",
    "quotes": "# a note\n\n" + "\n".join(f'"{v:g}"' for v in WAITING),
    "byte order mark": "\ufeffwait\n" + "\n".join(f"+{v:.2f}" for v in WAITING),
    "wrapped": "\n".join(" ".join(f"{v:g}" for v in WAITING[i : i + 10]) for i in range(0, WAITING.size, 10)),
}


@pytest.mark.parametrize("way", sampled(WRITTEN, ["lines", "header and CRLF", "wrapped"]))
def test_numbers_are_read_whatever_stands_between_them(reused, way):
    paste(reused, WRITTEN[way])
    np.testing.assert_array_equal(reused.evaluate(f"{OWN}.data.x"), WAITING)


@pytest.mark.parametrize("separator", sampled([",", ";", "\t", "  "], ["\t"]))
def test_a_column_of_a_table_is_chosen_by_its_name(reused, separator):
    eruptions = datasets.faithful().eruptions
    lines = [separator.join(["place", "eruption", "wait"])]
    lines += [separator.join(["geyser", f"{a:g}", f"{b:g}"]) for a, b in zip(eruptions, WAITING)]
    paste(reused, "\n".join(lines))
    column = reused.get_by_role("combobox", name="Column", exact=True)
    assert column.locator("option").all_inner_texts() == ["eruption", "wait"]
    np.testing.assert_array_equal(reused.evaluate(f"{OWN}.data.x"), eruptions)
    column.select_option(label="wait")
    settled(reused)
    np.testing.assert_array_equal(reused.evaluate(f"{OWN}.data.x"), WAITING)
    fitted(reused)
    assert memberships(reused)[0][1] == "wait"


@pytest.mark.parametrize(
    ("text", "names", "chosen"),
    [
        (",wait\n0,79\n1,54\n2,74\n3,62", ["column 1", "wait"], ("wait", "no counts")),  # as pandas writes it
        ('"","wait"\n"1",79\n"2",54\n"3",74\n"4",62', ["column 1", "wait"], ("wait", "no counts")),  # as R does
        ('"wait"\n"1" 79\n"2" 54\n"3" 74\n"4" 62', ["column 1", "wait"], ("wait", "no counts")),
        ("n,wait\n1,79\n2,54\n3,74\n4,62", ["n", "wait"], ("wait", "no counts")),  # n numbers the lines
        ("wait,n\n79,3\n54,1\n74,2\n62,2", ["wait", "n"], ("wait", "n")),  # n counts
        ("goals,n\n0,9\n1,7\n2,5\n3,2", ["goals", "n"], ("goals", "n")),
        ('who,wait\n"Doe, J",79\n"Roe, ""R""",54\nPoe,74\n"",62', ["wait"], ("wait", "no counts")),
        ('"wait, minutes";b\n79;1\n54;2;\n74;4\n62;8', ["wait, minutes", "b"], ("wait, minutes", "no counts")),
        ("wait,b\n79,\n54,2\n74,4\n62,", ["wait", "b"], ("wait", "no counts")),  # gaps in another column
        ("wait,b,\n79,5,\n54,2,\n74,4,\n62,1,", ["wait", "b"], ("wait", "no counts")),
    ],
)
def test_a_table_is_read_as_other_programs_write_it(reused, text, names, chosen):
    paste(reused, text)
    menus = [reused.get_by_role("combobox", name=name, exact=True) for name in ("Column", "Counts")]
    offered = menus[0].locator("option").all_text_contents()
    assert [name for name in offered if name != "all columns, as one list"] == names
    assert tuple(menu.evaluate("(menu) => menu.selectedOptions[0].textContent") for menu in menus) == chosen
    assert reused.evaluate(f"{OWN}.data.x") == ([0, 1, 2, 3] if names[0] == "goals" else [79, 54, 74, 62])


def test_the_downloaded_memberships_can_be_read_again(reused):
    paste(reused, '"wait, minutes"\n' + "\n".join(f"{v:g}" for v in WAITING))
    fitted(reused)
    paste(reused, saved(reused, "Memberships (CSV)"))
    assert reused.evaluate(f"{OWN}.data.name") == "wait, minutes"
    np.testing.assert_array_equal(reused.evaluate(f"{OWN}.data.x"), WAITING)
    assert reused.evaluate(f"{OWN}.data.total") == WAITING.size


def test_counts_count_as_so_many_observations(reused):
    values, counts = np.unique(WAITING, return_counts=True)
    paste(reused, "\n".join(f"{v:g} {c}" for v, c in zip(values, counts)))
    reused.get_by_role("combobox", name="Counts", exact=True).select_option(label="column 2")
    fitted(reused)
    slide(reused, 2)
    assert parameters(reused)[1]["log_likelihood"] == pytest.approx(gmm.fit(WAITING, 2).log_likelihood, abs=1e-7)
    assert "272 numbers" in status(reused)


def test_a_block_of_numbers_can_be_one_list(reused):
    paste(reused, "1 2 3\n4 5 9\n7 8 6")
    reused.get_by_role("combobox", name="Column", exact=True).select_option(label="all columns, as one list")
    settled(reused)
    assert reused.evaluate(f"{OWN}.data.x") == [1, 2, 3, 4, 5, 9, 7, 8, 6]


DROP = """
([name, text]) => {
  const data = new DataTransfer();
  name ? data.items.add(new File([text], name)) : data.setData("text/plain", text);
  const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.querySelector(".gmm-own textarea").dispatchEvent(event);
}
"""


@pytest.mark.parametrize("name", ["galaxies.csv", None])
def test_a_file_or_a_text_can_be_dropped(opened, name):
    x = datasets.galaxies().velocity
    opened.page.evaluate(DROP, [name, "speed\n" + "\n".join(f"{v:.3f}" for v in x)])
    opened.page.wait_for_function(f"{OWN}.data?.name === 'speed'")
    np.testing.assert_array_equal(opened.page.evaluate(f"{OWN}.data.x"), x)


def test_a_file_can_be_opened(page):
    file = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"1\n2\n4\n7\n"}
    page.locator(".gmm-own input[type=file]").set_input_files(file)
    page.wait_for_function(f"{OWN}.data.x.length === 4")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("{ name: 'a', size: 30e6 }", "The file a has 30 MB: save its one column of numbers as text."),
        ("new File(['1\\0002\\0'], 'a.xls')", "The file a.xls is not plain text: save it as CSV first."),
        ("{ name: 'folder', size: 0, text: () => Promise.reject() }", "folder cannot be read: choose a file of text."),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(reused, file, sentence):
    reused.evaluate(f"{OWN}.load({file})")
    assert status(reused) == sentence
    assert reused.locator(".gmm-own-output").is_hidden()


# --- what cannot be fitted ------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There are no numbers yet: paste a column of numbers, or drop a file."),
        ("1\n2\nthree\n4", "Line 3, “three”: this is not a number. Correct it, or remove the line."),
        ("id,value\n1,3,5", "Line 1 has 2 names where line 2 has 3 fields"),
    ],
)
def test_bad_input_gets_one_sentence_with_the_remedy(reused, text, sentence):
    choose(reused, "faithful")
    paste(reused, text)
    assert sentence in status(reused)
    assert reused.locator(".gmm-own-output").is_hidden() and reused.locator(".gmm-own-first").is_hidden()
    assert reused.locator(".gmm-own-output svg, .gmm-own-output td").count() == 0
    assert reused.locator(".gmm-own textarea").get_attribute("aria-invalid") == "true"
    paste(reused, "1 2 3 4 7 8 9")
    assert reused.locator(".gmm-own-first").inner_text() == "Read as 1, 2, 3, 4, 7, …"
    fitted(reused)
    assert reused.locator(".gmm-own-output").is_visible()


# --- what is asked ----------------------------------------------------------


def test_a_number_that_can_be_meant_in_two_ways_is_asked_about_by_a_switch(opened):
    page = opened.page
    fitted(page)
    lines = [f"1.{i * 7 % 900 + 100},{i % 10}5" for i in range(60)]
    paste(page, "\n".join(lines))
    assert status(page) == "One question first. Line 1, “1.100,05”: how is it meant?"
    assert page.locator(".gmm-own-output").is_hidden()
    assert page.evaluate(f"[{OWN}.data, {OWN}.now, {OWN}.fits]") == [None, None, []]
    switch = page.get_by_role("group", name="Line 1, “1.100,05”: how is it meant?")
    assert switch.get_by_role("radio").count() == 2 and switch.get_by_role("radio", checked=True).count() == 0
    switch.get_by_role("radio", name="“1.100,05” means 1100.05").check()
    fitted(page)
    assert (
        page.locator(".gmm-own-first").inner_text().startswith("Read as 1100.05, 1107.15, 1114.25, 1121.35, 1128.45, …")
    )
    assert page.locator(".gmm-own-output").is_visible()
    switch.get_by_role("radio", name="“1.100,05” is 1.100 and 05").check()  # the switch stays
    fitted(page)
    assert page.locator(".gmm-own-first").inner_text().startswith("Read as 1.1, 1.107, 1.114")
    # The next question in this text is another.
    paste(page, "\n".join(["1,234", *lines]))
    assert "how is it meant?" in status(page)


def test_empty_lines_are_skipped_by_a_button(reused):
    paste(reused, "1\n\n2\n\n\n4\n8\n9\n7")
    assert "Lines 2, 4 and 5 are empty" in status(reused)
    button = reused.get_by_role("button", name="Skip 3 empty lines")
    button.focus()
    reused.keyboard.press("Enter")
    fitted(reused)
    assert reused.evaluate(f"{OWN}.data.x") == [1, 2, 4, 8, 9, 7]
    assert button.get_attribute("aria-pressed") == "true"
    assert button.evaluate("(node) => node === document.activeElement")
    button.click()
    settled(reused)
    assert reused.locator(".gmm-own-output").is_hidden()


def test_what_belongs_to_the_last_text_cannot_be_saved_while_the_next_is_typed(page):
    fitted(page)
    page.clock.install()
    page.locator(".gmm-own textarea").fill("1 2 3")
    assert page.get_by_role("button", name="Memberships (CSV)").is_disabled()
    assert "gmm-own-stale" in page.locator(".gmm-own-output").get_attribute("class")


def test_a_name_like_a_formula_is_saved_as_text(reused):
    paste(reused, "=1+1;b\n1;5\n2;7\n4;8\n9;1")
    fitted(reused)
    assert memberships(reused)[0][1] == "'=1+1"


# --- refused and stale columns ------------------------------------------------


def test_the_columns_of_a_text_that_is_gone_are_not_offered(page):
    column = page.get_by_role("combobox", name="Column", exact=True)
    assert column.is_visible()
    page.get_by_role("button", name="Clear").click()
    settled(page)
    assert column.is_hidden()
    paste(page, "a,b\n1,2\n3,x\n5,7")
    column.select_option(label="b")
    settled(page)
    assert "Line 3, “x”" in status(page)
    assert column.is_visible()


def test_a_file_too_long_to_show_is_named_until_something_else_is_there(page):
    field, lines = page.locator(".gmm-own textarea"), "\n".join(f"{v:.9f}" for v in np.linspace(0, 9, 30_000))
    page.evaluate(DROP, ["long.csv", lines])
    page.wait_for_function(f"{OWN}.data?.total === 30000")
    assert field.get_attribute("placeholder") == "long.csv is read, but too long to show."
    page.get_by_role("button", name="Clear").click()
    assert field.get_attribute("placeholder") == ""
    page.clock.install()
    field.fill("1 2 3")  # and a file at once, before this is read
    page.evaluate(DROP, ["long.csv", lines])
    page.wait_for_function(f"{OWN}.data?.total === 30000")
    page.clock.run_for(5000)
    assert page.evaluate(f"{OWN}.data?.total") == 30_000


def test_more_numbers_than_the_page_takes_are_refused(reused):
    reused.evaluate(f"{OWN}.read(Array.from({{length: 200001}}, (_, i) => i).join('\\n'))")
    settled(reused)
    assert status(reused).startswith("These are 200,001 numbers, and this page takes 200,000")


def test_more_components_than_values_and_collapsed_ones_are_named(reused):
    paste(reused, "1 1 1 2 2 2 5 5 5")
    fitted(reused)
    rows = reused.locator(".gmm-own-criteria tbody tr").all_inner_texts()
    assert "every start ends with a component on one value" in rows[2]
    assert "needs 4 different values; there are 3" in rows[3]
    slide(reused, 4)
    assert reused.locator(".gmm-own-output").get_by_text("K = 4: needs 4 different values").is_visible()
    assert reused.get_by_role("button", name="Memberships (CSV)").is_disabled()


def test_two_numbers_of_components_that_fail_alike_are_told_apart(reused):
    paste(reused, "1 1 1 2 2 2 5 5 5 9 9 9 13 13 13")
    fitted(reused)
    for k in (4, 5):
        slide(reused, k)
        assert reused.locator(".gmm-own-output").get_by_text(f"K = {k}: every start ends with").is_visible()


def test_one_component_fits_few_ones_among_many_zeros(reused):
    x = np.repeat([0.0, 1.0], [95, 5])
    paste(reused, "\n".join(f"{v:g}" for v in x))
    fitted(reused)
    assert "BIC is smallest at K = 1." in status(reused)
    mixture, record = parameters(reused)
    np.testing.assert_allclose(np.concatenate(list(mixture)), [1, x.mean(), x.var()], rtol=1e-12)
    assert record["log_likelihood"] == pytest.approx(gmm.log_likelihood(x, mixture), rel=1e-12)


# --- numbers of any size --------------------------------------------------


AXES = """
(root) => [...root.querySelectorAll(".gmm-own-output svg > g")].flatMap((axes) => ["middle", "end"].map((anchor) =>
  [...axes.querySelectorAll(`text[text-anchor=${anchor}]:not(.gmm-label)`)].map((text) => text.textContent)))
"""
OVERLAPS = """
(root) => [...root.querySelectorAll(".gmm-own-output svg")].flatMap((svg) => {
  const texts = [...svg.querySelectorAll("text")], boxes = texts.map((text) => text.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return texts.flatMap((text, i) =>
    texts.filter((_, j) => i < j && meet(boxes[i], boxes[j])).map((other) => [text.textContent, other.textContent]));
})
"""


SIZES = [(1e9, 1), (1.7e12, 1e7), (0, 1e-12), (0, 1e-20), (0, 1e30), (1, 1e-9)]


@pytest.mark.parametrize(("shift", "scale"), sampled(SIZES, [(1e9, 1)]))
def test_numbers_of_any_size_are_told_apart_and_have_room(reused, shift, scale):
    rng = np.random.default_rng(3)
    x = shift + scale * np.concatenate([rng.normal(size=150), rng.normal(6, 1, 100)])
    paste(reused, "\n".join(map(repr, x.tolist())))
    fitted(reused)
    mixture, _ = parameters(reused)
    figure = reused.locator("[data-figure=own]")
    rows = [row.split() for row in reused.locator(".gmm-own-table").first.locator("tbody tr").all_inner_texts()]
    shown = np.array([[float(cell.replace("−", "-")) for cell in row[2:5]] for row in rows]).T
    sigma = np.sqrt(mixture.variances)
    assert (np.abs(shown[0] - mixture.means) < 6e-4 * sigma + np.spacing(mixture.means)).all()
    np.testing.assert_allclose(shown[1:], [sigma, mixture.variances], rtol=1e-4)
    for texts in figure.evaluate(AXES):
        assert len(set(texts)) == len(texts) != 1
    assert figure.evaluate(OVERLAPS) == []


# --- long fits and other readers ------------------------------------------


NO_WORKERS = "window.Worker = class { constructor() { throw new Error('no'); } }"
SILENT_WORKERS = """
window.Worker = class {
  postMessage() { setTimeout(() => this.onerror?.(new Event("error", { cancelable: true }))); }
  terminate() {}
};
"""


@pytest.mark.parametrize(
    "workers",
    ["there", pytest.param(NO_WORKERS, marks=pytest.mark.sweep), pytest.param(SILENT_WORKERS, marks=pytest.mark.sweep)],
    ids=["there", "none", "silent"],
)
@pytest.mark.parametrize("scheme", sampled(["http", "file"], ["file"]))
def test_a_long_fit_leaves_the_page_alive_and_finds_the_top(visit, scheme, workers):
    opened = visit("search", scheme, fresh=True)
    if workers != "there":
        opened.page.add_init_script(workers)
    opened.page.goto(opened.page.url.replace("search.html", f"{PAGE}.html"))
    opened.live()
    page = opened.page
    x, _ = Mixture([0.4, 0.6], [0.0, 4.0], [1.0, 2.0]).sample(20_000, np.random.default_rng(5))
    fitted(page)
    page.evaluate("(window.beats = 0, setInterval(() => { beats += 1; }, 5))")
    page.evaluate(f"(text) => {OWN}.fill(text)", "\n".join(map(repr, x.tolist())))
    page.wait_for_function(f"{OWN}.fits[3]", timeout=120_000)
    assert page.evaluate("beats") > 10  # were each fit one piece of work, the clock would beat once between two
    assert page.evaluate(f"{OWN}.work.worker !== null") == (workers == "there")
    slide(page, 2)
    ours = gmm.fit(x, 2)
    assert page.evaluate(f"{OWN}.fits[2].logL") == pytest.approx(ours.log_likelihood, abs=1e-5)
    opened.check()


def test_the_page_forbids_itself_every_connection(opened):
    page = opened.page
    told = page.evaluate("""
      async () => {
        const heard = [];
        addEventListener("securitypolicyviolation", (event) => heard.push(event.effectiveDirective));
        const failed = await fetch(location.href).then(() => false, () => true);
        const beacon = (() => { try { return navigator.sendBeacon("x", "y"); } catch { return false; } })();
        await new Promise((done) => setTimeout(done, 100));
        return [failed, beacon, heard];
      }
    """)
    assert told[0] and "connect-src" in told[2]
    assert page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") == "connect-src 'none'"
    # The worker, too.
    worker = """
      () => new Promise((done) => {
        const asked = `fetch(${JSON.stringify(location.href)})`;
        const text = `${asked}.then(() => postMessage("sent"), () => postMessage("refused"))`;
        new Worker(URL.createObjectURL(new Blob([text]))).onmessage = ({ data }) => done(data);
      })
    """
    assert page.evaluate(worker) == "refused"
    fitted(page)
    opened.errors.clear()  # what the page was made to try


# --- in print -----------------------------------------------------------------


def printed_still(page):
    return page.locator("[data-live=own]").is_visible()


@pytest.mark.parametrize("theme", sampled(["light", "dark"], ["dark"]))
def test_the_readers_fit_is_printed(visit, theme):
    opened = visit(PAGE, color_scheme=theme)
    opened.live()
    page = opened.page
    fitted(page)
    choose(page, "galaxies")
    page.emulate_media(media="print")
    assert not printed_still(page)
    assert page.locator(".gmm-own-output svg").first.is_visible()
    assert page.locator(".gmm-own-status").inner_text().startswith("82 numbers")
    for hidden in (".gmm-own textarea", ".gmm-own-k", ".gmm-own-bar"):
        assert page.locator(hidden).first.is_hidden()
    page.emulate_media(media="screen")
    paste(page, "1\n2\nthree")
    page.emulate_media(media="print")
    assert not printed_still(page)
    assert page.locator(".gmm-own-status").inner_text().startswith("Line 3")
    assert page.locator(".gmm-own-output").is_hidden()
    opened.check()


def test_the_keyboard_reaches_everything_and_labels_say_what_it_is(page):
    fitted(page)
    unnamed = page.evaluate(
        "[...document.querySelectorAll('.gmm-own :is(input:not([type=file]), select, textarea)')]"
        ".filter((node) => !node.labels.length).length"
    )
    assert unnamed == 0
    assert page.locator(".gmm-own [role=status][aria-live=polite]").count() == 1
    for table in page.locator(".gmm-own-table").all():
        assert table.locator("caption").count() == 1
        assert table.locator("thead th[scope=col]").count() > 3
    slider = page.get_by_label("Components K")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "K = 3"


@pytest.mark.parametrize("theme", sampled(["light", "dark"], ["dark"]))
def test_it_fits_on_a_narrow_phone(visit, theme):
    opened = visit(PAGE, viewport={"width": 320, "height": 640}, color_scheme=theme)
    opened.live()
    fitted(opened.page)
    for k in (1, 5):
        slide(opened.page, k)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320
    opened.check()


def test_without_javascript_it_says_so_beside_the_picture(visit):
    opened = visit(PAGE, java_script_enabled=False)
    told = opened.page.locator(".gmm-noscript")  # get_by_text does not look inside a noscript
    assert told.is_visible() and "needs JavaScript" in told.inner_text()
    assert opened.page.locator("[data-live=own] svg").is_visible()
