// Runs the cells of a page in the page: run.js loads this when its button is pressed.
//
// A worker has the interpreter (worker.js, shell.py). Here is what one sees: an editor for each
// cell, its buttons, and what it printed and showed, in the place of what the book stores.
"use strict";

globalThis.gmmCells = ({ bar, button, told, cells: nodes, code, edits, KEY, HERE, load }) => {
  const STATE = "application/vnd.jupyter.widget-state+json", VIEW = "application/vnd.jupyter.widget-view+json";
  const NAMES = { numpy: "NumPy", sympy: "SymPy", matplotlib: "Matplotlib" };
  const STEP = 10; // columns, in which the width of a printed text is told to the style sheet (tools/book_ext/reading.py)

  function add(parent, tag, className = "", properties = {}) {
    const node = Object.assign(document.createElement(tag), { className }, properties);
    parent.append(node);
    return node;
  }

  const press = (parent, textContent, onclick) => add(parent, "button", "gmm-button", { type: "button", textContent, onclick });
  const script = (name) => load("script", { src: new URL(name, HERE) });
  const blob = (text, type) => URL.createObjectURL(new Blob([text], { type }));
  const say = (text) => (told.textContent = text);

  // --- the interpreter ---

  globalThis.gmmFiles ??= {};

  /** A file of the site, out of the script that holds it; null where there is none. */
  async function file(name) {
    if (!gmmFiles[name]) await script(`${name}.js`).catch(() => null);
    return gmmFiles[name] ?? null;
  }

  /** A worker with Python in it. `hear` gets what it tells while a cell runs. */
  class Python {
    async begin() {
      const { text } = await file("worker.js");
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      this.worker = new Worker(blob(bytes, "text/javascript"));
      this.worker.onmessage = ({ data }) => this.#hear(data);
      this.worker.onerror = ({ message }) => this.#hear({ failed: message });
      return this.ask({ task: "start" });
    }

    ask(message, hear) {
      return new Promise((done, failed) => {
        Object.assign(this, { hear, done, failed });
        this.worker.postMessage(message);
      });
    }

    async #hear(message) {
      if (message.want) this.worker.postMessage({ task: "file", name: message.want, found: await file(message.want) });
      else if ("ended" in message) this.done(message.how);
      else if (message.failed) this.failed(new Error(message.failed));
      else this.hear?.(message);
    }

    end() {
      this.worker?.terminate();
      this.failed?.(new Error("stopped"));
    }
  }

  let python, ready;

  /** Begin an interpreter, in which no cell has run; `ready` tells, in time, whether it can be used. */
  function begin() {
    python = new Python();
    const failed = ({ message }) => say(`Python cannot be loaded: ${brief(message)}`);
    ready = python.begin().then(() => true, failed);
    return ready;
  }

  const brief = (message) => message.trim().split("\n").at(-1);

  // --- what a cell shows ---

  /** The outputs of one run of a cell. */
  class Output {
    constructor(cell) {
      Object.assign(this, { cell, box: document.createElement("div"), work: Promise.resolve() });
      this.box.className = "cell_output gmm-ran docutils container";
    }

    /** Add what the worker told, and keep the order of what takes time. */
    add(message) {
      if (message.loading) say(`Loading ${message.loading.map((name) => NAMES[name] ?? name).join(" and ")} …`);
      if (message.running) say(`Cell ${message.running} is running.`);
      if (message.stream) this.#print(message.stream === "stderr" ? "stderr" : "stream", message.text);
      if (message.warning) this.#print("gmm-warned", `${message.warning}\n`);
      if (message.note) add(this.box, "p", "gmm-note", { textContent: message.note });
      if (message.show) this.#show(message.show);
      if (message.error) this.#fail(message);
      if (this.box.childNodes.length) this.cell.show(this);
    }

    #print(kind, text) {
      if (this.printed?.kind !== kind || this.box.lastChild !== this.printed.box) {
        const box = add(this.box, "div", `output ${kind} highlight-myst-ansi notranslate`);
        this.printed = { kind, box, widest: 0, rest: "", pre: add(add(box, "div", "highlight"), "pre") };
      }
      const printed = this.printed, lines = (printed.rest + text).split("\n");
      printed.rest = lines.at(-1);
      const widest = lines.reduce((most, { length }) => Math.max(most, length), printed.widest);
      if (widest > printed.widest) {
        printed.box.classList.remove(`columns-${columns(printed.widest)}`);
        printed.box.classList.add(`columns-${columns(widest)}`);
        printed.widest = widest;
      }
      printed.pre.append(text);
    }

    #show(shown) {
      if (shown[VIEW]) return this.#later((place) => live(place, shown[STATE], shown[VIEW].model_id));
      if (shown["image/svg+xml"]) return this.#picture(shown["image/svg+xml"]);
      if (shown["text/html"]) return void add(this.box, "div", "output text_html", { innerHTML: shown["text/html"] });
      if (shown["text/latex"]) return this.#later((place) => formula(place, shown["text/latex"]));
      this.printed = null;
      this.#print("text_plain", shown["text/plain"]);
    }

    /** What needs a script first gets its place now. */
    #later(fill) {
      const place = add(this.box, "div", "output");
      const failed = ({ message }) => add(place, "p", "gmm-note", { textContent: message });
      this.work = this.work.then(() => fill(place)).then(() => this.#caption(place), failed);
    }

    #picture(svg) {
      const place = add(this.box, "div", "output image_svg");
      const stored = this.cell.stored?.querySelector("img")?.alt, { number, edited } = this.cell;
      const alt = stored && !edited ? stored : `What cell ${number} has drawn`;
      add(place, "img", "", { src: blob(svg, "image/svg+xml"), alt });
      this.#caption(place);
    }

    /** The caption of the stored figure stays with the new one. */
    #caption(place) {
      const caption = this.cell.stored?.querySelector("figcaption");
      if (!caption || !place.querySelector("img, .gmm-figure") || this.box.querySelector("figure")) return;
      const figure = document.createElement("figure"), copy = caption.cloneNode(true);
      place.replaceWith(figure);
      copy.querySelectorAll(".headerlink").forEach((node) => node.remove());
      [copy, ...copy.querySelectorAll("[id]")].forEach((node) => node.removeAttribute("id"));
      figure.append(place, copy);
    }

    #fail({ error, advice }) {
      const box = add(this.box, "div", "output gmm-failed-cell notranslate");
      add(add(box, "div", "highlight"), "pre", "", { textContent: error.trimEnd() });
      if (advice) add(this.box, "p", "gmm-note", { textContent: advice });
    }
  }

  const columns = (widest) => Math.ceil(widest / STEP) * STEP;

  async function formula(place, text) {
    if (!globalThis.katex) await script("katex.js");
    const box = add(add(place, "div", "math"), "div", "formula");
    const [, latex] = /^\$+(?:\\displaystyle)?\s*(.*?)\$+$/s.exec(text.trim()) ?? [null, text];
    katex.render(latex, box, { displayMode: true, throwOnError: false });
  }

  // Scripts that a cell sends, a module or printed functions, stand in the page by what they are, each once.
  globalThis.gmmMade ??= new Map();
  const made = async (text) => {
    if (!gmmMade.has(text)) {
      globalThis.gmmMake = (value) => gmmMade.set(text, value);
      await load("script", { src: blob(`gmmMake(${text});`, "text/javascript") });
    }
    return gmmMade.get(text);
  };
  const moduleText = (esm) =>
    `(() => {"use strict";\n${esm.replace(/^export default /m, "return ").replace(/^export /gm, "")}\n})()`;
  const functionsText = (printed) => {
    const parts = Object.entries(printed).map(([name, { args, body }]) => `${JSON.stringify(name)}:{args:${JSON.stringify(args)},call(${args}){${body}}}`);
    return `({${parts}})`;
  };

  /** Show a live figure as the page shows those that the book stores. */
  async function live(place, state, id) {
    if (!globalThis.gmmShow) await script("../page.js");
    for (const { state: values } of Object.values(state)) {
      if (values._esm) values._esm = await made(moduleText(values._esm));
      if (values.functions) values.functions = await made(functionsText(values.functions));
    }
    await gmmShow(state, id, place);
  }

  // --- a cell ---

  class Cell {
    constructor(node, i) {
      this.number = i + 1;
      this.node = node;
      this.input = node.querySelector(".cell_input");
      this.source = this.text = code(node);
      this.stored = node.querySelector(".cell_output");
      this.kernel = node.dataset.state === "kernel";
      this.empty = node.matches(".gmm-empty"); // the playground's, which has names at hand
      if (this.kernel) {
        add(this.input, "p", "gmm-note", { textContent: "This cell needs the notebook: it asks for other processes, for files beside the book or for versions." });
        return;
      }
      const { was, now } = edits[i] ?? {};
      if (was === this.source) this.text = now;
      this.bar = document.createElement("div"); // it comes with the editor
      this.bar.className = "gmm-cell-bar";
      this.runner = press(this.bar, "Run", () => (this.busy ? stop() : queue([this])));
      this.back = press(this.bar, "Reset", () => this.reset());
      this.switch = press(this.bar, "Stored output", () => this.#turn(this.node.dataset.shown === "ran" ? "stored" : "ran"));
      this.switch.hidden = true;
      this.runner.ariaLabel = `Run cell ${this.number}`;
      this.back.ariaLabel = `Reset cell ${this.number}`;
      this.#mark();
    }

    get edited() {
      return this.text !== this.source;
    }

    set state(state) {
      this.node.dataset.state = state;
      this.busy = state === "running";
      this.runner.textContent = this.busy ? "Stop" : "Run";
      this.runner.ariaLabel = `${this.runner.textContent} cell ${this.number}`;
    }

    get state() {
      return this.node.dataset.state;
    }

    /** Back to what it is where it has not run. */
    rest() {
      this.state = this.edited ? "edited" : "stored";
    }

    #mark() {
      this.node.toggleAttribute("data-edited", this.edited);
      this.back.hidden = !this.edited;
    }

    /** Give the cell its editor and its buttons. */
    edit() {
      if (this.editor || this.kernel) return;
      const place = document.createElement("div");
      place.className = "gmm-editor highlight";
      this.input.append(place, this.bar);
      this.editor = gmmEditor(place, this.text, `Code of cell ${this.number}`, {
        changed: (text) => this.#change(text),
        run: () => [queue([this]), this.next?.focus()],
      });
      this.node.dataset.editor = "";
    }

    focus() {
      this.edit();
      this.node.querySelector("details.hide:not([open])")?.setAttribute("open", "");
      this.editor.focus();
    }

    #change(text) {
      this.text = text;
      if (!this.busy) this.rest();
      this.#mark();
      keep();
    }

    reset() {
      this.edit();
      this.editor.set(this.source);
      this.focus();
      if (!this.busy) this.rest();
      this.#turn("stored");
    }

    #turn(shown) {
      if (shown === "ran" && !this.ran) return;
      this.node.dataset.shown = shown;
      this.switch.textContent = shown === "ran" ? "Stored output" : "New output";
    }

    /** Put the outputs of a run into the place of the stored ones. */
    show({ box }) {
      if (this.ran !== box) {
        this.ran?.remove();
        (this.stored ?? this.input).after((this.ran = box));
      }
      this.switch.hidden = !this.stored;
      this.#turn("ran");
    }

    /** Run it, and return whether that went well. */
    async run() {
      this.state = "running";
      const output = new Output(this), { text } = this;
      let failure;
      const hear = (message) => {
        failure = message.error ? message : failure;
        output.add(message);
      };
      const how = await python.ask({ task: "run", code: text, number: this.number, offers: this.empty }, hear);
      await output.work;
      if (!output.box.childNodes.length && this.ran) this.show(output);
      this.state = how;
      if (this.text !== text) this.rest(); // it was changed meanwhile
      if (how === "done") say(`Cell ${this.number} is done.`);
      else say(`Cell ${this.number} ended with an error: ${failure.name}.`);
      if (failure?.name === "NameError") this.#offer(output.box);
      return how === "done";
    }

    /** What a name would come from may not have run. */
    #offer(box) {
      const above = all.filter((cell) => cell.number < this.number && cell.state !== "done" && !cell.kernel);
      if (above.length) press(add(box, "p", "gmm-note"), "Run the cells above, then this one", () => queue([...above, this]));
    }
  }

  const all = nodes.map((node, i) => new Cell(node, i)), able = all.filter((cell) => !cell.kernel);
  able.forEach((cell, i) => (cell.next = able[i + 1]));

  /** Keep what was changed for the next visit. */
  function keep() {
    const changed = able.filter((cell) => cell.edited).map(({ number, source, text }) => [number - 1, { was: source, now: text }]);
    try {
      localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(changed)));
    } catch {
      // It then holds for this page.
    }
  }

  // --- running them ---

  let line = [], going = false; // what runs next: cells, and answers that are judged

  /** Let nothing more run. */
  const clear = () => line.splice(0).forEach((job) => job.drop?.());

  /** Run cells one after the other; an error ends that. */
  async function queue(cells) {
    line.push(...cells.filter((cell) => !line.includes(cell)));
    if (going) return;
    busy((going = true));
    try {
      if (!(await ready)) clear();
      while (line.length) if (!(await line.shift().run())) clear();
    } catch (error) {
      clear();
      if (error.message !== "stopped") await renew(`Python has ended: ${brief(error.message)}`);
    }
    busy((going = false));
  }

  function busy(is) {
    halt.hidden = !is;
    bar.toggleAttribute("data-busy", is);
  }

  const stop = () => renew("Stopped.");

  /** End the interpreter, and with it all that cells have made; begin another. */
  async function renew(why) {
    const lost = able.filter((cell) => ["running", "done", "error"].includes(cell.state));
    const last = lost.find((cell) => cell.state === "running");
    clear();
    python.end();
    lost.forEach((cell) => cell.rest());
    say(`${why} What the cells had made is gone.`);
    const again = lost.filter((cell) => cell !== last && (!last || cell.number < last.number));
    if (again.length) press(told, `Run the ${again.length === 1 ? "cell" : again.length + " cells"} above again`, () => queue(again));
    await begin();
  }

  /** What the practice says of a reader's code, in JSON; nothing where there is no Python. */
  async function verdict(name, source) {
    if (!(await ready)) return null;
    const ended = (text) => JSON.stringify({ result: "unread", text });
    const hear = ({ loading }) => loading && say("Loading what judges code …");
    return new Promise((done) => {
      const run = async () => {
        say("An answer is running.");
        try {
          done(await python.ask({ task: "verdict", name, source }, hear));
          say("An answer has run.");
        } finally {
          done(ended("It was stopped. Is there a loop without an end?"));
        }
        return true;
      };
      queue([{ run, drop: () => done(ended("It has not run. Press again.")) }]);
    });
  }
  globalThis.gmmPython = { verdict };

  const everything = press(bar, "Run all", () => queue(able)), halt = press(bar, "Stop", stop);
  halt.hidden = true;
  everything.disabled = true;
  bar.insertBefore(everything, told);
  bar.insertBefore(halt, told);
  button.remove();
  told.setAttribute("role", "status");
  bar.dataset.ready = "loading";
  document.querySelector(".gmm-reading[aria-pressed=true]")?.click();

  // Editors come one in a frame, when their cells are near.
  const near = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => isIntersecting && come(target)), { rootMargin: "600px" });
  const coming = [];
  function come(node) {
    near.unobserve(node);
    if (coming.push(able.find((cell) => cell.node === node)) === 1) requestAnimationFrame(mount);
  }
  function mount() {
    coming[0].edit();
    coming.shift();
    if (coming.length) requestAnimationFrame(mount);
  }
  able.forEach((cell) => near.observe(cell.node));

  say("Loading Python …");
  const began = performance.now();
  begin().then((is) => {
    if (!is) return;
    everything.disabled = false;
    bar.dataset.ready = "yes";
    performance.measure("gmm-python", { start: began });
    say("Python is ready. Change a cell, and press Shift and Enter.");
  });
};
