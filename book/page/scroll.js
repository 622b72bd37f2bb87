// A box that scrolls must be reached by the keyboard: it gets a tab stop while its content is wider than it.
(() => {
  "use strict";
  const boxes = document.querySelectorAll(".formula, pre, .pst-scrollable-table-container");
  const update = () =>
    boxes.forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  addEventListener("resize", update);
  addEventListener("load", update);
})();
