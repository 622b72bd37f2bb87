// A live figure for a whole room: it fills the screen with its formula and its sliders.
//
// The key f, while a hand is on a figure or its focus is in it, or the button "Fill the screen". The decks use the
// same stage for the figures on their slides.
(() => {
  "use strict";
  const STAGE = "gmm-stage", SCREEN = "gmm-screen", WORD = "Fill the screen";

  /** Lay a figure out with its sliders beside or below it, whichever is larger in a room, and as large as fits. */
  globalThis.gmmStage = (box, width, height) => {
    const scale = (way) => {
      box.dataset.way = way;
      return Math.min(width / box.offsetWidth, height / box.offsetHeight);
    };
    box.classList.add(STAGE);
    const best = scale("below") > scale("beside") ? "below" : "beside", size = scale(best);
    const left = Math.max(0, (width - size * box.offsetWidth) / 2);
    box.style.transform = `translateX(${left}px) scale(${size})`;
    return size;
  };

  const unstage = (box) => {
    box.classList.remove(STAGE);
    box.style.transform = "";
    delete box.dataset.way;
  };

  let leave = null;

  /** Let a figure fill the screen; where a frame forbids that, the window. */
  function fill(alive, button) {
    const box = alive.firstElementChild;
    const fit = () => {
      const edge = 2 * parseFloat(getComputedStyle(alive).paddingLeft);
      globalThis.gmmStage(box, alive.clientWidth - edge, alive.clientHeight - edge - button.offsetHeight);
    };
    const watch = new ResizeObserver(fit);
    const left = () => document.fullscreenElement || leave?.();
    alive.classList.add(SCREEN);
    button.textContent = "Back to the page";
    watch.observe(alive);
    watch.observe(box);
    alive.requestFullscreen?.().catch(() => {});
    document.addEventListener("fullscreenchange", left);
    fit();
    leave = () => {
      leave = null;
      watch.disconnect();
      document.removeEventListener("fullscreenchange", left);
      alive.classList.remove(SCREEN);
      button.textContent = WORD;
      unstage(box);
      if (document.fullscreenElement) document.exitFullscreen();
      button.scrollIntoView({ block: "nearest" });
    };
  }

  const toggle = (alive, button) => (leave ? leave() : fill(alive, button));

  /** Give each figure of the page its button. */
  function start() {
    for (const alive of document.querySelectorAll(".gmm-alive")) {
      const bar = alive.querySelector(":scope > .gmm-steppers:last-child");
      if (!bar || bar.querySelector(".gmm-fill")) continue;
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "gmm-button gmm-fill", textContent: WORD });
      button.setAttribute("aria-keyshortcuts", "f");
      button.onclick = () => toggle(alive, button);
      bar.append(button);
    }
  }

  addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (key === "Escape" && leave) return leave();
    if (key !== "f" || ctrlKey || metaKey || altKey || target.matches("input:not([type=range], [type=checkbox]), textarea, select")) return;
    const alive = target.closest?.(".gmm-alive") ?? document.querySelector(".gmm-alive:hover"), button = alive?.querySelector(".gmm-fill");
    if (button) toggle(alive, button);
  });
  // page.js says so when the figures are there.
  const told = new MutationObserver(() => document.documentElement.dataset.gmmLive && (told.disconnect(), start()));
  told.observe(document.documentElement, { attributes: true, attributeFilter: ["data-gmm-live"] });
  if (document.documentElement.dataset.gmmLive) start();
})();
