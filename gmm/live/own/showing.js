// Showing: what a reader of the page for own numbers sees of them.
//
// The same module runs in JupyterLab (through anywidget) and in the rendered page (through page.js). What it reads
// and fits with is one function, so that a worker can run its text. Nothing is sent anywhere: the module holds no
// request.

import { Panel } from "../js/panel.js";
import { entry, html, path, svg } from "../js/svg.js";
import { core, offered } from "./core.js";
import { membershipsCsv, parametersCsv, parametersJson } from "./saving.js";
import { across, digits, even, fixed, histogram, located, margin, minus, upward } from "./words.js";

const { component, indices, mixtures, shares, work } = offered;
const MOST_COMPONENTS = 5;

/** What is said of an end that is no maximum. */
const UNSURE = {
  maximum: "rounding allows no closer look",
  ridge: "the likelihood is flat there, as where components coincide: take fewer",
  saddle: "a saddle, no maximum",
  unfinished: "the climb was stopped before its end",
};

/** A pair of axes in a picture. */
function axes(root, { left, top, width, height, x, y, xlabel, ylabel, xticks, bare }) {
  const panel = new Panel(svg(root, "g", { "aria-hidden": "true" }), { x, y, xlabel, ylabel });
  panel.place({ edge: 0, left, top, width, height });
  panel.drawAxes(xticks ?? across(x, width), upward(y, height), bare);
  return panel;
}

/** The work on a text: in a worker where one can be had, else on the page, in slices of a few milliseconds. */
class Work {
  static refused = false;

  /** The site's own file over http, where a policy may allow nothing else (tools/book_ext/widgets.py writes it). */
  static file() {
    const page = location.protocol.startsWith("http") && document.querySelector('script[src*="_static/page.js"]');
    return page ? new URL("own-worker.js", page.src).href : undefined;
  }

  /** Begin anew, and tell what comes. */
  start(given, hear) {
    this.stop();
    if (Work.refused) return this.slices(given, hear);
    const here = (event) => {
      // A policy may forbid workers, and a frame may be too strict for them.
      event?.preventDefault();
      this.stop();
      Work.refused = true;
      this.slices(given, hear);
    };
    try {
      this.url ??= Work.file() ?? URL.createObjectURL(new Blob([`(${core})().serve();`], { type: "text/javascript" }));
      this.worker = new Worker(this.url);
    } catch {
      return here();
    }
    this.worker.onmessage = ({ data }) => hear(data);
    this.worker.onerror = here;
    this.worker.postMessage(given);
  }

  slices(given, hear) {
    const steps = (this.steps = work(...given));
    const slice = () => {
      for (const until = performance.now() + 12; performance.now() < until; ) {
        if (steps !== this.steps) return;
        const { done, value } = steps.next();
        if (done) return hear({ done });
        if (value) hear(value);
      }
      setTimeout(slice);
    };
    setTimeout(slice);
  }

  stop() {
    this.worker?.terminate();
    this.worker = this.steps = null;
  }
}

class Own {
  static questions = 0;

  constructor(model, el) {
    Object.assign(this, { model, el, sets: model.get("datasets"), K: 2, fits: [], answers: {}, wish: {}, work: new Work() });
    this.opened = false; // the table of memberships
    el.classList.add("gmm-figure", "gmm-own");
    el.dataset.figure = model.get("name");
    this.input();
    this.output();
    this.observer = new ResizeObserver(() => this.width !== this.room() && this.draw());
    this.observer.observe(el);
    el.gmm = this; // for tests and for the curious
    this.choose(0);
  }

  remove() {
    this.work.stop();
    clearTimeout(this.waiting);
    this.observer.disconnect();
  }

  button(parent, text, click, attributes) {
    const node = html(parent, "button", "gmm-button", text, { type: "button", ...attributes });
    node.onclick = click;
    return node;
  }

  /** A label that holds its input: no id, which a second copy of the picture could repeat. */
  labelled(parent, className, text, tag, input, attributes = {}) {
    const label = html(parent, "label", className);
    html(label, "span", "gmm-name", text);
    // Without autocomplete=off a browser that comes back to the page sets the input, and tells no one.
    return html(label, tag, input, undefined, { autocomplete: "off", ...attributes });
  }

  select(parent, text) {
    const node = this.labelled(parent, "gmm-own-field", text, "select", "gmm-select");
    node.onchange = () => this.begin({ column: Number(this.column.value), counts: Number(this.counts.value) });
    return node;
  }

  /** Where the numbers come in. */
  input() {
    const area = html(this.el, "div", "gmm-own-input");
    this.text = this.labelled(area, "gmm-own-numbers", "Your numbers: paste them here, or drop a file", "textarea", "gmm-own-text", {
      rows: 6, spellcheck: "false",
    });
    this.text.oninput = () => {
      this.text.placeholder = "";
      this.work.stop(); // what was being fitted is no longer asked for
      this.stale();
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.read(this.text.value), 400);
    };
    for (const kind of ["dragenter", "dragover"]) {
      this.el.addEventListener(kind, (event) => (event.preventDefault(), area.classList.add("gmm-own-over")));
    }
    this.el.addEventListener("dragleave", (event) => !this.el.contains(event.relatedTarget) && area.classList.remove("gmm-own-over"));
    this.el.addEventListener("drop", (event) => {
      area.classList.remove("gmm-own-over");
      event.preventDefault();
      const file = event.dataTransfer?.files?.[0], text = event.dataTransfer?.getData("text/plain");
      if (file) this.load(file);
      else if (text) this.fill(text);
    });
    const bar = html(area, "div", "gmm-own-bar");
    const file = html(bar, "input", "gmm-own-hidden", undefined, { type: "file", accept: ".csv,.txt,.tsv,.dat,text/*", tabindex: -1, "aria-hidden": "true" });
    file.onchange = () => file.files[0] && this.load(file.files[0]);
    this.button(bar, "Open a file", () => ((file.value = ""), file.click()));
    this.sets.forEach((set, i) => this.button(bar, set.label, () => this.choose(i), { "data-set": set.name }));
    this.button(bar, "Clear", () => (this.fill(""), this.text.focus()));
    this.choices = html(area, "div", "gmm-own-bar");
    this.column = this.select(this.choices, "Column");
    this.counts = this.select(this.choices, "Counts");
    this.asked = html(area, "div", "gmm-own-asked");
    this.first = html(area, "p", "gmm-own-first");
    this.status = html(area, "p", "gmm-own-status", "", { role: "status", "aria-live": "polite" });
  }

  /** Where the fit is shown. */
  output() {
    this.shown = html(this.el, "div", "gmm-own-output");
    const row = html(this.shown, "div", "gmm-row gmm-own-k");
    this.slider = this.labelled(row, "gmm-own-slider", "Components K", "input", "gmm-range", { type: "range", min: 1, max: 5, step: 1, value: 2 });
    this.value = html(row, "span", "gmm-value", "2", { "aria-hidden": "true" }); // the slider itself is announced
    this.slider.oninput = () => this.pick(Number(this.slider.value), false);
    this.least = this.button(html(this.shown, "div", "gmm-own-bar"), "K with the smallest BIC", () => this.pick(this.smallest(), true));
    this.figure = html(this.shown, "div");
    this.values = html(this.shown, "div");
    this.choice = html(this.shown, "div");
    this.members = html(this.shown, "div");
    this.drawn = {};
    const bar = html(this.shown, "div", "gmm-own-bar", undefined, { role: "group", "aria-label": "Download" });
    this.saves = [
      this.button(bar, "Memberships (CSV)", () => this.save("memberships.csv", membershipsCsv(this.data, this.now))),
      this.button(bar, "Parameters (CSV)", () => this.save("parameters.csv", parametersCsv(this.now))),
      this.button(bar, "Parameters (JSON)", () => this.save("parameters.json", parametersJson(this.data, this.fits, this.now))),
    ];
  }

  save(name, text) {
    const url = URL.createObjectURL(new Blob([text], { type: name.endsWith("json") ? "application/json" : "text/csv" }));
    const link = html(this.el, "a", "", "", { href: url, download: name });
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  choose(i) {
    this.fill(this.sets[i].text, this.sets[i].column);
  }

  fill(text, column, name = "The text") {
    // A field with megabytes of text is slow to show.
    const long = text.length >= 300_000;
    this.text.value = long ? "" : text;
    this.text.placeholder = long ? `${name} is read, but too long to show.` : "";
    this.read(text, column);
  }

  async load(file) {
    if (file.size > 20e6) return this.refuse(`The file ${file.name} has ${Math.round(file.size / 1e6)} MB: save its one column of numbers as text.`);
    const text = await file.text().catch(() => null);
    if (text === null) return this.refuse(`${file.name} cannot be read: choose a file of text.`);
    if (text.includes("\0")) return this.refuse(`The file ${file.name} is not plain text: save it as CSV first.`);
    this.fill(text, undefined, file.name);
  }

  /** Read a new text; its columns are for the page to guess, and its questions for the reader to answer. */
  read(text, column) {
    this.source = text;
    this.begin({ column });
  }

  /** Read what is there with these wishes, and fit it. */
  begin(wish) {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.wish = wish;
    this.stale();
    this.fits = [];
    this.automatic = true;
    this.work.start([this.source, { ...wish, answers: this.answers }, MOST_COMPONENTS], (told) => this.hear(told));
  }

  /** What is shown belongs to other numbers than those in the field: it goes pale, and cannot be saved. */
  stale() {
    this.told = null;
    this.done = false;
    this.shown.classList.add("gmm-own-stale");
    [...this.saves, this.least].forEach((button) => (button.disabled = true));
  }

  /** Take in what the work tells: what was read, a fit, words on the way, or that it is done. */
  hear({ told, fit, words, done }) {
    if (told) this.take(told);
    if (words && performance.now() - this.spoken > 700) this.say(`${this.about} ${words}`);
    if (fit) this.fits[fit.K] = fit;
    if (fit?.K === this.K) this.draw();
    if (done && this.data) this.finish();
  }

  /** Show how the text was read: the columns, the questions, the first numbers, or a sentence instead. */
  take(told) {
    this.told = told;
    this.data = told.data;
    this.offer(told);
    this.question(told);
    if (!told.data) return this.refuse(told.trouble, told.asks);
    const { data } = this;
    this.about = `${data.total.toLocaleString("en")} numbers, ${data.values.length.toLocaleString("en")} of them different, `
      + `from ${digits(data.values[0], 10)} to ${digits(data.values.at(-1), 10)}.`;
    this.first.textContent = `Read as ${data.x.slice(0, 5).map((x) => minus(String(x))).join(", ")}${data.x.length > 5 ? ", …" : ""}`;
    this.first.hidden = this.shown.hidden = false;
    this.shown.classList.remove("gmm-own-stale");
    this.say(`${this.about} Fitting K = 1 to ${MOST_COMPONENTS}.`);
    this.draw();
  }

  /** The columns to choose from. */
  offer({ columns, header, column, counts }) {
    this.choices.hidden = !columns.length;
    const offered = JSON.stringify([columns, header]);
    if (offered !== this.offered) {
      this.offered = offered;
      this.column.replaceChildren();
      this.counts.replaceChildren();
      html(this.counts, "option", "", "no counts", { value: -1 });
      for (const [c, name] of columns) for (const menu of [this.column, this.counts]) html(menu, "option", "", name, { value: c });
      if (columns.length && !header) html(this.column, "option", "", "all columns, as one list", { value: -1 });
    }
    this.column.value = String(column);
    this.counts.value = String(counts);
  }

  /** The questions that the text leaves, each a switch, or a button where there is one answer only. */
  question({ questions }) {
    const old = new Map([...this.asked.children].map((node) => [node.dataset.key, node]));
    for (const [key, node] of old) if (!questions.some((question) => question.key === key)) node.remove();
    for (const { key, text, options, answer } of questions) {
      const node = old.get(key) ?? this.switch(key, text, options);
      node.classList.toggle("gmm-own-open", answer === undefined);
      for (const input of node.querySelectorAll("input")) input.checked = input.value === answer;
      node.querySelector("button")?.setAttribute("aria-pressed", String(answer !== undefined));
    }
  }

  switch(key, text, options) {
    const node = html(this.asked, "fieldset", "gmm-own-question", undefined, { "data-key": key }), name = `gmm-own-${++Own.questions}`;
    html(node, "legend", "", text);
    const reply = (answer) => {
      this.answers[key] = this.answers[key] === answer ? undefined : answer;
      this.begin(this.wish);
    };
    if (options.length === 1) this.button(node, options[0][1], () => reply(options[0][0]));
    else {
      for (const [value, words] of options) {
        const label = html(node, "label", "gmm-own-answer");
        html(label, "input", "", undefined, { type: "radio", name, value, autocomplete: "off" }).onchange = () => reply(value);
        html(label, "span", "", words);
      }
    }
    return node;
  }

  /** A question or a sentence in the place of numbers: then nothing else is shown. */
  refuse(sentence, asks = false) {
    this.work.stop();
    this.told ??= {};
    this.data = this.now = null;
    this.fits = [];
    this.first.hidden = this.shown.hidden = true;
    this.first.textContent = "";
    for (const part of ["figure", "values", "choice", "members"]) this[part].replaceChildren();
    this.drawn = {};
    this.say(asks ? `One question first. ${sentence}` : sentence, asks ? "asks" : "trouble");
    this.inPrint(true);
  }

  say(text, mood = "") {
    this.status.textContent = text;
    this.spoken = performance.now();
    this.status.classList.toggle("gmm-own-trouble", mood === "trouble");
    this.text.setAttribute("aria-invalid", String(mood === "trouble"));
  }

  /** Print this in the place of its still picture, which shows the first data set. */
  inPrint(on) {
    const alive = this.el.closest(".gmm-alive");
    alive?.classList.toggle("gmm-own-printed", on);
    alive?.previousElementSibling?.classList.toggle("gmm-own-unprinted", on);
  }

  finish() {
    this.done = true;
    if (this.automatic) this.pick(this.smallest(), true);
    else this.draw();
    this.say(`${this.about} ${this.verdict()}`);
  }

  smallest() {
    const good = this.fits.filter((f) => f && !f.failed);
    return good.length ? good.reduce((best, f) => (f.bic < best.bic ? f : best)).K : 1;
  }

  /** One sentence on the choice of K, and a warning where a component holds next to nothing. */
  verdict() {
    const K = this.smallest(), { nk } = this.fits[K], least = Math.min(...nk);
    const caution = K > 1 && least < 10 ? ` Its smallest component holds only ${digits(least, 2)} of them: distrust it.` : "";
    return `BIC is smallest at K = ${K}.${caution}`;
  }

  pick(K, automatic) {
    this.automatic = automatic;
    this.K = K;
    this.slider.value = String(K);
    this.draw();
  }

  room() {
    return Math.max(250, Math.min(this.el.clientWidth || 640, 820));
  }

  draw() {
    const { K, data } = this;
    this.width = this.room();
    this.value.textContent = String(K);
    this.slider.setAttribute("aria-valuetext", `K = ${K}`);
    if (!data || !this.told) return;
    this.inPrint(Boolean(this.fits[K]));
    this.now = this.fits[K] && !this.fits[K].failed ? this.fits[K] : null;
    this.saves.forEach((button) => (button.disabled = !this.now));
    this.least.disabled = !this.done;
    const failed = this.fits[K]?.failed, fresh = (what, ...state) => {
      // What shows the same as before stays as it is.
      const same = this.drawn[what]?.every((value, i) => value === state[i]);
      this.drawn[what] = state;
      if (!same) this[what].replaceChildren();
      return !same;
    };
    if (fresh("figure", this.fits[K] ?? K, this.width)) {
      if (this.now) this.picture();
      else html(this.figure, "p", "gmm-own-note", failed ? `K = ${K}: ${failed}.` : `K = ${K} is being fitted …`);
    }
    if (fresh("values", this.now) && this.now) this.parameters();
    if (fresh("choice", this.done && this.fits, this.width) && this.done) this.criteria();
    if (fresh("members", this.now) && this.now) this.memberships();
  }

  /** The histogram with the curves above, the responsibilities below. */
  picture() {
    const { now, data, width, K } = this;
    const list = html(this.figure, "ul", "gmm-legend");
    entry(list, "gmm-key gmm-data gmm-key-bricks", "data");
    if (K > 1) indices(K).forEach((k) => entry(list, `gmm-key gmm-component${k}`, `component ${k}`));
    entry(list, "gmm-key gmm-mixture", "f(x)");
    const means = now.mu.map((m, k) => located(m, Math.sqrt(now.va[k]))).join(", ");
    const root = svg(this.figure, "svg", {
      role: "img", viewBox: `0 0 ${width} 420`, width, height: 420,
      "aria-label": `Histogram of ${data.name} with the fitted curve of ${K} component${K > 1 ? "s" : ""}, means ${means}; below, the responsibilities.`,
    });
    const bars = histogram(data), spread = data.values.at(-1) - data.values[0];
    const x = [data.values[0] - spread * 0.06, data.values.at(-1) + spread * 0.06];
    const points = Array.from({ length: 401 }, (_, i) => x[0] + ((x[1] - x[0]) * i) / 400);
    // Narrow components are drawn where they are.
    now.mu.forEach((m, k) => { for (let i = -8; i <= 8; i++) points.push(m + (i / 2) * Math.sqrt(now.va[k])); });
    const places = points.filter((p) => p >= x[0] && p <= x[1]).sort((a, b) => a - b);
    const parts = places.map((p) => now.mu.map((m, k) => component(p, now.pi[k], m, now.va[k])));
    const whole = places.map((p) => mixtures[K](p, ...now.pi, ...now.mu, ...now.va));
    const top = Math.max(...bars.bars, Math.min(Math.max(...whole), 4 * Math.max(...bars.bars))) * 1.06;
    const y = [0, top], left = margin(width, y, 240), inner = width - left - 14, common = { left, width: inner, x };
    const upper = axes(root, { ...common, top: 10, height: 240, y, ylabel: "density", bare: true }), { clipped } = upper;
    const [px, py] = [(value) => upper.px(value), (value) => upper.py(value)];
    bars.bars.forEach((height, i) => {
      const at = px(bars.from + i * bars.width), wide = Math.max(0.5, px(bars.from + (i + 1) * bars.width) - at - 0.5);
      if (height) svg(clipped, "rect", { class: "gmm-brick", x: at.toFixed(2), y: py(height).toFixed(2), width: wide.toFixed(2), height: (py(0) - py(height)).toFixed(2) });
    });
    if (K > 1) {
      indices(K).forEach((k) => {
        const drawn = path(places.map((p, i) => [px(p), py(parts[i][k - 1])]));
        svg(clipped, "path", { class: `gmm-area gmm-component${k}`, d: `${drawn}L${px(places.at(-1))},${py(0)}L${px(places[0])},${py(0)}Z` });
        svg(clipped, "path", { class: `gmm-curve gmm-component${k}`, d: drawn });
      });
    }
    svg(clipped, "path", { class: "gmm-curve gmm-mixture", d: path(places.map((p, i) => [px(p), py(whole[i])])) });
    const lower = axes(root, { ...common, top: 268, height: 104, y: [0, 1], xlabel: data.name, ylabel: "γ(x)" });
    const parted = places.map((p) => shares(data, now, p));
    indices(K).forEach((k) => svg(root, "path", { class: `gmm-curve gmm-component${k}`, d: path(places.map((p, i) => [lower.px(p), lower.py(parted[i][k - 1])])) }));
  }

  table(parent, caption, head, body, className = "") {
    const box = html(parent, "div", "gmm-own-scroll", undefined, { tabindex: 0, role: "region", "aria-label": caption });
    const node = html(box, "table", `gmm-own-table ${className}`);
    html(node, "caption", "", caption);
    const top = html(html(node, "thead"), "tr");
    head.forEach((text) => html(top, "th", "", text, { scope: "col" }));
    const rest = html(node, "tbody");
    body.forEach(([first, ...cells]) => {
      const row = html(rest, "tr");
      html(row, "th", "", first, { scope: "row" });
      cells.forEach((text) => html(row, "td", "", text));
    });
    return node;
  }

  parameters() {
    const { now } = this, { logL, aic, bic } = now;
    const node = this.table(
      this.values,
      `Parameters, K = ${now.K}`,
      ["component", "weight π", "mean μ", "standard deviation σ", "variance σ²", "Nₖ"],
      indices(now.K).map((k) => {
        const sigma = Math.sqrt(now.va[k - 1]);
        return [String(k), fixed(now.pi[k - 1], 4), located(now.mu[k - 1], sigma), even(sigma), even(now.va[k - 1]), fixed(now.nk[k - 1], 2)];
      })
    );
    node.querySelectorAll("tbody tr").forEach((row, i) => row.classList.add(`gmm-component${i + 1}`));
    const unsure = now.converged ? "" : ` (${UNSURE[now.kind]})`;
    html(this.values, "p", "gmm-own-note", `log-likelihood = ${fixed(logL, 4)} nats, AIC = ${fixed(aic, 2)}, BIC = ${fixed(bic, 2)}${unsure}`);
  }

  /** AIC and BIC over K, drawn and in a table. */
  criteria() {
    const good = this.fits.filter((f) => f && !f.failed), K = this.smallest();
    if (!good.length) return;
    const { width } = this, height = 190;
    const all = good.flatMap((f) => [f.aic, f.bic]), room = Math.max(1, (Math.max(...all) - Math.min(...all)) * 0.1);
    const y = [Math.min(...all) - room, Math.max(...all) + room], left = margin(width, y, height - 58);
    const list = html(this.choice, "ul", "gmm-legend");
    entry(list, "gmm-own-bic", "BIC (filled)");
    entry(list, "gmm-own-aic", "AIC (rings)");
    const root = svg(this.choice, "svg", { role: "img", "aria-label": `AIC and BIC for K from 1 to 5. BIC is smallest at K = ${K}.`, viewBox: `0 0 ${width} ${height}`, width, height });
    const panel = axes(root, {
      left, top: 12, width: Math.min(width - left - 20, 420), height: height - 58, x: [0.6, 5.4], y,
      xlabel: "components K", ylabel: "smaller is better", xticks: indices(5).map((k) => [k, String(k)]),
    });
    for (const kind of ["aic", "bic"]) {
      svg(root, "path", { class: `gmm-curve gmm-own-${kind}`, d: path(good.map((f) => [panel.px(f.K), panel.py(f[kind])])) });
      good.forEach((f) => svg(root, "circle", { class: `gmm-own-dot gmm-own-${kind}`, cx: panel.px(f.K), cy: panel.py(f[kind]), r: 4.5 }));
    }
    svg(root, "circle", { class: "gmm-own-best", cx: panel.px(K), cy: panel.py(this.fits[K].bic), r: 9.5 });
    const cells = (f) => [fixed(f.logL, 4), fixed(f.aic, 2), `${fixed(f.bic, 2)}${f.K === K ? " (smallest)" : ""}`, even(Math.sqrt(Math.min(...f.va)), 3), fixed(Math.min(...f.nk), 1)];
    const body = this.fits.filter(Boolean).map((f) => [String(f.K), ...(f.failed ? [f.failed, "", "", "", ""] : cells(f))]);
    this.table(this.choice, "How many components?", ["K", "log-likelihood", "AIC", "BIC", "smallest σ", "smallest Nₖ"], body, "gmm-own-criteria");
  }

  memberships() {
    const { now, data } = this, most = 100;
    const fold = html(this.members, "details", "gmm-own-fold");
    const shown = data.x.length > most ? ` (the first ${most}; the download has all ${data.x.length.toLocaleString("en")})` : "";
    html(fold, "summary", "", `Memberships of the observations${shown}`);
    const head = ["n", data.name, ...(data.counted ? ["count"] : []), ...indices(now.K).map((k) => `γ(n, ${k})`), "most probable"];
    const body = data.x.slice(0, most).map((x, i) => {
      const gamma = shares(data, now, x), count = data.counted ? [String(data.w[i])] : [];
      return [String(i + 1), digits(x, 10), ...count, ...gamma.map((share) => fixed(share, 4)), String(gamma.indexOf(Math.max(...gamma)) + 1)];
    });
    this.table(fold, "Memberships", head, body, "gmm-own-long");
    fold.open = this.opened;
    fold.ontoggle = () => (this.opened = fold.open);
  }
}

export default {
  render({ model, el }) {
    const own = new Own(model, el);
    return () => own.remove();
  },
};
