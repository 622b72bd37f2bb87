// Who points at a link to an equation, a word or a source, or focuses it, sees beside it what it leads to.
// What other pages define lies in a template of this page (tools/book_ext/previews.py). A tap follows the link.
(() => {
  const LINKS = "a.reference.internal[href*='#']";
  const WAIT = 200; // ms, in which a pointer may cross a link, or reach the box
  const GAP = 6; // px between a link and the box
  const stored = document.querySelector("template.previews")?.content;
  const article = document.querySelector("article");
  if (!article) return;

  // It describes the link that has the focus; the role of a tooltip would ask for a name as well.
  const box = document.createElement("div");
  Object.assign(box, { id: "preview", className: "preview", hidden: true });
  article.append(box);

  // What stands at a place of this page: a formula, the definition of a word, or a source.
  const standing = (id) => {
    let place = document.getElementById(id);
    if (place?.matches("div.math")) return [place.querySelector(".formula")];
    if (place?.matches(".citation")) return [place.querySelector("p")];
    if (!place?.matches("dt[id^=term-]")) return null;
    while (place && place.tagName !== "DD") place = place.nextElementSibling;
    return place?.childNodes;
  };

  const meant = (link) => {
    const id = decodeURIComponent(link.hash.slice(1));
    if (link.pathname === location.pathname) return standing(id);
    const address = CSS.escape(`${link.pathname.split("/").pop()}#${id}`);
    return stored?.querySelector(`[data-at=${address}]`)?.childNodes;
  };

  const fill = (nodes) => {
    box.replaceChildren(...Array.from(nodes, (node) => node.cloneNode(true)));
    box.querySelectorAll("a").forEach((link) => link.replaceWith(...link.childNodes));
    box.querySelectorAll("[id], [tabindex]").forEach((node) => ["id", "tabindex"].forEach((name) => node.removeAttribute(name)));
  };

  const place = (link) => {
    const { left, right } = article.getBoundingClientRect();
    box.style.maxWidth = `${Math.min(right, innerWidth - GAP) - Math.max(left, GAP)}px`;
    // A formula that is wider than the box becomes smaller.
    box.querySelectorAll(".formula").forEach((formula) => {
      const share = formula.clientWidth / formula.scrollWidth;
      if (share < 1) formula.style.fontSize = `${Math.floor(98 * share)}%`;
    });
    const at = link.getClientRects()[0], own = box.getBoundingClientRect();
    const frame = box.offsetParent.getBoundingClientRect();
    const below = at.bottom + GAP + own.height <= innerHeight || at.top < own.height + 2 * GAP + 48;
    const x = Math.max(left, GAP, Math.min(at.left, right - own.width, innerWidth - GAP - own.width));
    const y = below ? at.bottom + GAP : at.top - GAP - own.height;
    box.style.left = `${x - frame.left}px`;
    box.style.top = `${y - frame.top}px`;
  };

  let pointed = null, focused = null, dismissed = null, wanted = null, shown = null, timer;

  const show = () => {
    if (wanted === shown) return;
    shown?.removeAttribute("aria-describedby");
    shown = wanted;
    box.hidden = !shown;
    if (!shown) return;
    fill(meant(shown));
    place(shown);
    shown.setAttribute("aria-describedby", box.id);
    shown.removeAttribute("title"); // which says the same
  };

  // What is pointed at comes before what has the focus, and what was dismissed stays so until it is left.
  const update = (wait) => {
    let next = pointed ?? focused;
    if (next !== dismissed) dismissed = null;
    if (next === dismissed) next = null;
    if (next === wanted) return;
    wanted = next;
    clearTimeout(timer);
    if (wait) timer = setTimeout(show, wait);
    else show();
  };

  const linkAt = (target) => {
    const link = target.closest?.(LINKS);
    return link && !box.contains(link) && meant(link) ? link : null;
  };
  const dismiss = () => {
    dismissed = shown;
    update(0);
  };

  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return;
    pointed = box.contains(target) ? shown : linkAt(target);
    update(WAIT);
  });
  document.documentElement.addEventListener("pointerleave", () => {
    pointed = null;
    update(WAIT);
  });
  document.addEventListener("focusin", ({ target }) => {
    focused = target.matches(":focus-visible") ? linkAt(target) : null;
    update(0);
  });
  document.addEventListener("focusout", () => {
    focused = null;
    update(0);
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && shown) dismiss();
  });
  document.addEventListener("click", ({ target }) => {
    if (shown && !box.contains(target)) dismiss();
  });
  addEventListener("resize", () => shown && dismiss());
})();
