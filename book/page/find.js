// Shows what Sphinx's search has found: sections, the best first, each with a piece of its own text
// (tools/book_ext/find.py puts both into the index). Nothing is fetched, so it works from a file as well.
(() => {
  "use strict";
  const BEFORE = 60, LENGTH = 240; // characters of an excerpt

  /** A pattern that finds the beginnings of words. */
  const pattern = (terms) =>
    new RegExp(`(?<![\\p{L}\\p{N}])(?:${[...terms].map(_escapeRegExp).join("|") || "(?!)"})`, "giu");

  const excerpt = (text, terms) => {
    const place = Math.max(text.search(pattern(terms)), 0);
    const start = place > BEFORE ? text.indexOf(" ", place - BEFORE) + 1 : 0;
    const piece = text.slice(start, start + LENGTH);
    const whole = start + LENGTH >= text.length ? piece : piece.replace(/\s\S*$/, "");
    return (start ? "… " : "") + whole + (start + whole.length < text.length ? " …" : "");
  };

  const show = ([address, title], text, terms, words) => {
    const item = Search.output.appendChild(document.createElement("li"));
    const link = item.appendChild(document.createElement("a"));
    link.href = address;
    link.textContent = title;
    const context = item.appendChild(document.createElement("p"));
    context.className = "context";
    context.textContent = excerpt(text, terms);
    if (SPHINX_HIGHLIGHT_ENABLED) words.forEach((word) => _highlightText(context, word, "highlighted"));
  };

  Search.query = (query) => {
    const parsed = Search._parseQuery(query);
    const [, terms, , words] = parsed;
    const { docnames, texts } = Search._index;
    const textOf = ([address]) => texts[docnames.indexOf(address)];
    const times = (result) => textOf(result).match(pattern(terms))?.length ?? 0;
    // Sphinx gives all sections with a word the same score: the one that says it most often goes first.
    const ranked = Search._performSearch(...parsed).map((result) => [result, result[4], times(result)]);
    ranked.sort(([, one, often], [, other, seldom]) => other - one || seldom - often);
    ranked.forEach(([result]) => show(result, textOf(result), terms, words));
    _finishSearch(ranked.length);
    if (ranked.length) Search.status.textContent = ranked.length === 1 ? "One section" : `${ranked.length} sections`;
  };
})();
