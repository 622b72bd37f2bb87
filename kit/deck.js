// What a deck needs beyond reveal.js: slides as wide as the screen, figures as large as their slide, keys that stay in hand.
(() => {
  "use strict";
  const HEIGHT = 720;
  const shape = () => ({ width: innerWidth / innerHeight > 1.5 ? 1280 : 960, height: HEIGHT });
  const isPrinted = /print-pdf/.test(location.search);

  /** Let the figures of a slide fill the room that its words leave. */
  function fit(slide) {
    for (const stage of slide?.querySelectorAll(".stage") ?? []) {
      const box = stage.querySelector(".gmm-alive")?.firstElementChild;
      if (box?.firstElementChild && stage.clientHeight) globalThis.gmmStage(box, stage.clientWidth, stage.clientHeight);
    }
  }

  /** A formula that is wider than its slide gets as small as it must; its number keeps its place. */
  function narrow(slide) {
    for (const shown of slide?.querySelectorAll(".katex-display") ?? []) {
      shown.style.fontSize = "";
      const wide = (node) => node.getBoundingClientRect().width / Reveal.getScale();
      const base = [...shown.querySelectorAll(".katex-html > .base")].reduce((sum, node) => sum + wide(node), 0);
      const tag = shown.querySelector(".tag"), room = shown.clientWidth - (tag ? 2 * wide(tag) + 30 : 0);
      if (base > room && room > 0) scale(shown, room / base);
    }
  }

  const scale = (node, by) => (node.style.fontSize = `${parseFloat(getComputedStyle(node).fontSize) * by}px`);

  /** So do a table and printed lines. */
  function squeeze(slide) {
    for (const shown of slide?.querySelectorAll(":scope pre, :scope table") ?? []) {
      shown.style.fontSize = "";
      const style = getComputedStyle(shown.parentElement), edges = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
      const room = shown.parentElement.clientWidth - edges;
      if (shown.scrollWidth > room + 1 && room > 0) scale(shown, (0.98 * room) / shown.scrollWidth);
    }
  }

  /** Tell whether something on a slide reaches into its lower edge. */
  function isFull(slide) {
    const end = slide.clientHeight - parseFloat(getComputedStyle(slide).paddingBottom) + 1;
    return [...slide.children].some((node) => !node.matches(".caption") && node.offsetTop + node.offsetHeight > end);
  }

  /** Words are as large as they fit, and never unreadable; those beside a picture leave it its room. */
  function set(slide) {
    if (!slide) return;
    let size = slide.querySelector(".stage, img.picture") ? 30 : 38;
    do {
      slide.style.fontSize = `${size}px`;
      narrow(slide);
      squeeze(slide);
    } while (isFull(slide) && (size -= 1) >= 18);
    fit(slide);
  }

  const now = () => set(Reveal.getCurrentSlide());

  Reveal.initialize({
    ...shape(),
    margin: 0,
    center: false,
    display: "flex",
    hash: true,
    history: false,
    navigationMode: "linear",
    overview: true,
    slideNumber: "c/t",
    transition: "none",
    backgroundTransition: "none",
    pdfSeparateFragments: false,
    pdfMaxPagesPerSlide: 1,
    plugins: globalThis.RevealNotes ? [RevealNotes] : [],
    // Keys that a figure takes are its own.
    keyboardCondition: () => !document.activeElement?.closest(".gmm-alive, [role=button]"),
  });

  // A clicker turns the slide wherever the focus is, and Escape gives the keys back from a figure to the slides.
  addEventListener("keydown", (event) => {
    const act = { PageDown: () => Reveal.next(), PageUp: () => Reveal.prev() }[event.key];
    const inside = document.activeElement?.closest(".gmm-alive, [role=button]");
    if (act || (event.key === "Escape" && inside)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      act ? (inside && document.activeElement.blur(), act()) : document.activeElement.blur();
    }
  }, true);

  const size = new ResizeObserver(now);
  function watch() {
    for (const figure of document.querySelectorAll(".stage :is(.gmm-figure, .gmm-vbox)")) size.observe(figure);
    isPrinted ? Reveal.getSlides().forEach(set) : now();
  }
  Reveal.on("ready", now);
  Reveal.on("slidechanged", now);
  Reveal.on("pdf-ready", () => Reveal.getSlides().forEach(set));
  addEventListener("resize", () => (isPrinted ? null : (Reveal.configure(shape()), now())));
  const told = new MutationObserver(() => document.documentElement.dataset.gmmLive && (told.disconnect(), watch()));
  told.observe(document.documentElement, { attributes: true, attributeFilter: ["data-gmm-live"] });
  if (document.documentElement.dataset.gmmLive) watch();
})();
