"""A figure fills the screen with its formula and its sliders, by a button and by a key."""

import pytest

FILLS = """() => {
  const box = document.querySelector(".gmm-screen .gmm-stage").getBoundingClientRect();
  const inside = [...document.querySelectorAll(".gmm-screen :is(svg[role=presentation], .gmm-row, .gmm-formula)")]
    .filter((node) => node.checkVisibility() && node.textContent.trim())
    .every((node) => { const { left, right, top, bottom } = node.getBoundingClientRect();
      return left > -1 && top > -1 && right < innerWidth + 1 && bottom < innerHeight + 1; });
  return { inside, share: Math.max(box.width / innerWidth, box.height / innerHeight) };
}"""


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_figure_fills_the_screen_and_comes_back(visit, way):
    opened = visit("normal", fresh=True)
    opened.live()
    page = opened.page
    figure = page.locator(".gmm-alive").first
    button = figure.get_by_role("button", name="Fill the screen")
    if way == "button":
        button.click()
    else:
        figure.locator("input[type=range]").first.focus()
        page.keyboard.press("f")
    page.wait_for_selector(".gmm-screen .gmm-stage")
    page.wait_for_timeout(300)
    seen = page.evaluate(FILLS)
    assert seen["inside"] and seen["share"] > 0.85
    page.keyboard.press("Escape")
    page.wait_for_selector(".gmm-screen", state="detached")
    assert page.locator(".gmm-stage").count() == 0 and button.is_visible()
