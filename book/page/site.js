// What every page of the site needs beyond its theme.
(() => {
  "use strict";

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
})();
