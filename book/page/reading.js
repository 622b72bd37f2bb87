// "Reading" hides the code that is not the lesson (tools/book_ext/reading.py says what is).
// It stands in the head and is not deferred: the page must know before it is first painted.
(() => {
  "use strict";
  const KEY = "gmm-reading";
  const root = document.documentElement;

  // What is stored is guarded: a browser may forbid it.
  const remembered = () => {
    try {
      return localStorage.getItem(KEY) === "true";
    } catch {
      return root.hasAttribute("data-reading");
    }
  };
  const remember = (on) => {
    try {
      localStorage.setItem(KEY, on);
    } catch {
      // It then holds for this page.
    }
  };

  const show = (on) => {
    root.toggleAttribute("data-reading", on);
    document.querySelector(".gmm-reading")?.setAttribute("aria-pressed", on);
  };

  /** Switch, and keep what stands at the top of the screen where it is. */
  const choose = (on) => {
    const seen = [...document.querySelectorAll(".bd-article :is(h1, h2, h3, p, figure, div.math)")];
    const top = (node) => node.getBoundingClientRect().top;
    const held = seen.find((node) => !node.closest(".cell") && top(node) > 0);
    const place = held && top(held);
    root.style.overflowAnchor = "none"; // else a browser that keeps the place by itself would do so once more
    show(on);
    if (held) scrollBy({ top: top(held) - place, behavior: "instant" });
    requestAnimationFrame(() => requestAnimationFrame(() => (root.style.overflowAnchor = "")));
    remember(on);
    const said = on ? "The code is hidden" : "The code is shown";
    document.querySelector(".gmm-reading-said").textContent = said;
  };

  const press = ({ target }) => {
    if (target.closest(".gmm-reading")) choose(!root.hasAttribute("data-reading"));
    const button = target.closest(".gmm-code");
    if (button) button.ariaExpanded = String(button.closest(".cell").classList.toggle("reading-open"));
  };

  show(remembered());
  document.addEventListener("click", press);
  document.addEventListener("DOMContentLoaded", () => show(remembered()));
  addEventListener("pageshow", () => show(remembered())); // a reader may come back from a page where it was changed
})();
