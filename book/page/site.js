// What every page of the site needs beyond its theme.
(() => {
  "use strict";

  // Paper is white, whatever the screen is, and nothing can be unfolded on it.
  const { dataset } = document.documentElement;
  let theme, folds = [];
  addEventListener("beforeprint", () => {
    theme ??= dataset.theme;
    dataset.theme = "light";
    folds.push(...document.querySelectorAll("details.hide:not([open])"));
    folds.forEach((fold) => (fold.open = true));
  });
  addEventListener("afterprint", () => {
    dataset.theme = theme ?? dataset.theme;
    folds.forEach((fold) => (fold.open = false));
    [theme, folds] = [undefined, []];
  });

  // A box that scrolls must be reached by the keyboard: it gets a tab stop while its content is wider than it.
  const boxes = document.querySelectorAll(".formula, pre, .pst-scrollable-table-container");
  const update = () => {
    // First all is read, then all is written: in turns, each reading would lay the page out anew.
    const wide = Array.from(boxes, (box) => box.scrollWidth > box.clientWidth);
    boxes.forEach((box, i) => {
      if (wide[i]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  };
  addEventListener("resize", update);
  addEventListener("load", update);

  // The folds of solutions are all called alike. Each gets the number of its exercise, once they are there.
  document.addEventListener("DOMContentLoaded", () => {
    for (const fold of document.querySelectorAll(".admonition.dropdown")) {
      const button = fold.querySelector(".toggle-button"), title = fold.querySelector(".admonition-title");
      let before = fold.previousElementSibling;
      while (before && !before.querySelector(":scope > strong:first-child")) before = before.previousElementSibling;
      const number = before?.querySelector("strong").textContent.replace(/\.$/, "");
      button?.setAttribute("aria-label", [title.firstChild.textContent.trim(), number].filter(Boolean).join(" "));
    }
  });
})();
