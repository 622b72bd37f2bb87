// Runs the notebooks' widgets in the rendered page, with no kernel and no network.
//
// The build embeds the state of every widget as JSON (tools/book_ext/widgets.py makes it
// short). This script reads it and shows the models that the book uses with native inputs. The drawing itself
// is the figure's own module, the same that runs in JupyterLab.
(() => {
  "use strict";
  const MIME = "application/vnd.jupyter.widget-";
  const REFERENCE = "IPY_MODEL_";
  const LINK = "Link to this state";

  /** What a front end knows of one widget: its state, and who listens to it. */
  class Model {
    constructor(id, { model_name, state }) {
      Object.assign(this, { id, name: model_name, state, listeners: {} });
    }

    get(key) {
      return this.state[key];
    }

    set(key, value) {
      if (typeof key === "object") return Object.entries(key).forEach((entry) => this.set(...entry));
      if (Object.is(this.state[key], value)) return;
      this.state[key] = value;
      for (const event of [`change:${key}`, "change"]) (this.listeners[event] ?? []).forEach((call) => call());
    }

    on(events, call) {
      for (const event of events.split(" ")) (this.listeners[event] ??= []).push(call);
    }

    off(events, call) {
      for (const event of events?.split(" ") ?? Object.keys(this.listeners)) {
        this.listeners[event] = (this.listeners[event] ?? []).filter((other) => call && other !== call);
      }
    }

    /** There is no kernel to save to. */
    save_changes() {}
    send() {}
  }

  function add(parent, tag, className, attributes = {}) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    // Else a browser that comes back to the page sets an input as it was, and tells no one.
    if ("autocomplete" in node) node.autocomplete = "off";
    for (const [name, value] of Object.entries(attributes)) {
      name in node ? (node[name] = value) : node.setAttribute(name, value);
    }
    parent.append(node);
    return node;
  }

  let labels = 0;

  /** A row with a label tied to the input that follows it. */
  function row(model, parent) {
    const id = `gmm-input-${++labels}`;
    const line = add(parent, "div", ["gmm-row", ...(model.get("_dom_classes") ?? [])].join(" "));
    add(line, "label", "gmm-name", { textContent: model.get("description") ?? "", htmlFor: id });
    return [line, id];
  }

  /** Keep an input and its model the same, from now on. */
  function bind(model, key, show) {
    model.on(`change:${key}`, show);
    show();
  }

  function slider(model, parent) {
    const [line, id] = row(model, parent);
    const { min, max, step = 1 } = model.state;
    const input = add(line, "input", "gmm-range", { type: "range", id, min, max, step: step ?? 1 });
    // Not an <output>: that would be announced at every step, besides the slider itself.
    const output = add(line, "span", "gmm-value", { ariaHidden: "true" });
    const digits = Number(/\.(\d+)/.exec(model.get("readout_format") ?? "")?.[1] ?? 0);
    input.addEventListener("input", () => model.set("value", Number(input.value)));
    bind(model, "value", () => {
      // A value between two steps, as a fit gives it, must not be rounded by the input.
      if (Number(input.value) !== model.get("value")) input.value = model.get("value");
      output.textContent = model.get("value").toFixed(digits).replace("-", "−");
      const unit = model.get("tooltip");
      input.setAttribute("aria-valuetext", unit ? `${output.textContent} ${unit}` : output.textContent);
    });
  }

  function dropdown(model, parent) {
    const [line, id] = row(model, parent);
    const select = add(line, "select", "gmm-select", { id });
    model.get("_options_labels").forEach((text) => add(select, "option", "", { textContent: text }));
    select.addEventListener("change", () => model.set("index", select.selectedIndex));
    bind(model, "index", () => (select.selectedIndex = model.get("index") ?? -1));
  }

  function checkbox(model, parent) {
    const line = add(parent, "label", "gmm-row");
    const input = add(line, "input", "gmm-check", { type: "checkbox" });
    line.append(" ", model.get("description"));
    input.addEventListener("change", () => model.set("value", input.checked));
    bind(model, "value", () => (input.checked = model.get("value")));
  }

  function button(model, parent) {
    // What a Button does stands in Python, which is not here: say so instead of doing nothing.
    const title = "This button needs a running notebook.";
    add(parent, "button", "gmm-button", { type: "button", textContent: model.get("description"), disabled: true, title });
  }

  function text(model, parent) {
    const node = add(parent, "div", "gmm-text");
    const key = model.name === "LabelModel" ? "textContent" : "innerHTML";
    bind(model, "value", () => (node[key] = model.get("value")));
  }

  const box = (className) => async (model, parent, models) => {
    const node = add(parent, "div", className);
    for (const child of model.get("children")) await show(refer(child, models), node, models);
  };

  async function accordion(model, parent, models) {
    for (const [i, child] of model.get("children").entries()) {
      const fold = add(parent, "details", "gmm-fold", { open: model.get("selected_index") === i });
      add(fold, "summary", "", { textContent: model.get("titles")[i] });
      await show(refer(child, models), fold, models);
    }
  }

  const styles = new Set();
  function any(model, parent, models) {
    // A style that an earlier widget of the page has, too, stands there only (tools/book_ext/widgets.py).
    let css = model.get("_css");
    if (css?.startsWith(REFERENCE)) css = refer(css, models).get("_css");
    if (css && !styles.has(css)) add(document.head, "style", "", { textContent: css });
    styles.add(css);
    // The build gives numbers, a cell that runs in the page what they stand for (book/python/cells.js).
    const { functions, _esm: esm } = model.state;
    if (functions >= 0) model.set("functions", gmmFunctions[functions]);
    (esm >= 0 ? gmmModules[esm] : esm).render({ model, el: add(parent, "div", "") });
  }

  const views = {
    FloatSliderModel: slider,
    IntSliderModel: slider,
    DropdownModel: dropdown,
    CheckboxModel: checkbox,
    ButtonModel: button,
    HTMLModel: text,
    HTMLMathModel: text,
    LabelModel: text,
    AccordionModel: accordion,
    HBoxModel: box("gmm-hbox"),
    VBoxModel: box("gmm-vbox"),
    AnyModel: any,
  };

  const refer = (reference, models) => models.get(reference.slice(REFERENCE.length));

  async function show(model, parent, models) {
    const view = views[model?.name];
    if (!view) throw new Error(`The page cannot show the widget ${model?.name ?? "that is missing"}.`);
    await view(model, parent, models);
  }

  /** Tie two values as ipywidgets' jslink and jsdlink do. */
  function link(model, models) {
    const [[from, key], [to, other]] = ["source", "target"].map((end) => {
      const [reference, name] = model.get(end);
      return [refer(reference, models), name];
    });
    const copy = () => to.set(other, from.get(key));
    from.on(`change:${key}`, copy);
    if (model.name === "LinkModel") to.on(`change:${other}`, () => from.set(key, to.get(other)));
    copy();
  }

  /** The drawing with a name. */
  function named(name, models) {
    const found = [...models.values()].filter((model) => model.name === "AnyModel" && model.get("name") === name);
    if (found.length !== 1) throw new Error(`${found.length || "No"} widgets of the page have the name ${name}.`);
    return found[0];
  }

  /** The box of sliders around a drawing, if there is one, else the drawing itself. */
  const boxed = (drawing, models) =>
    [...models.values()].find((model) => model.get("children")?.includes(REFERENCE + drawing.id)) ?? drawing;

  const values = (drawing, names) => Object.fromEntries(names.map((name) => [name, drawing.get(name)]));

  /** Two buttons below a figure: back to its start, and a link that carries its state. */
  function tools(drawing, parent) {
    const names = drawing?.get("spec")?.params;
    if (!names) return;
    const first = values(drawing, names);
    const bar = add(parent, "div", "gmm-steppers");
    const button = (textContent, act) =>
      add(bar, "button", "gmm-button", { type: "button", textContent }).addEventListener("click", act);
    button("Reset", () => drawing.set({ playing: false, ...first }));
    button(LINK, ({ target }) => {
      const state = new URLSearchParams({ live: drawing.get("name"), ...values(drawing, names) });
      history.replaceState(null, "", `#${state}`);
      const said = (text) => (target.textContent = text);
      const there = () => said("The link is in the address bar");
      (navigator.clipboard?.writeText(location.href) ?? Promise.reject()).then(() => said("Link copied"), there);
      setTimeout(said, 4000, LINK); // by then the state may be another
    });
  }

  /** Put a figure into the state that an address carries, and return where it is. */
  function recall(models, hash = location.hash) {
    const wanted = new URLSearchParams(hash.slice(1)), name = wanted.get("live");
    // Of a figure that the book stores and one that a cell has made in its place, the one that is seen.
    const found = name ? [...document.querySelectorAll(`[data-figure="${CSS.escape(name)}"]`)] : [];
    const place = found.find((figure) => figure.checkVisibility({ visibilityProperty: true })) ?? found[0];
    if (!place) return null;
    const drawing = named(name, models);
    drawing.set("playing", false);
    for (const [key, { min, max, step }] of Object.entries(drawing.get("spec")?.bounds ?? {})) {
      const value = Math.min(max, Math.max(min, parseFloat(wanted.get(key))));
      // Whole steps count something; other values stay as a fit gave them, between two steps.
      if (!Number.isNaN(value)) drawing.set(key, step % 1 ? value : Math.round(value));
    }
    return place;
  }

  const come = (place) => place?.scrollIntoView({ behavior: "instant", block: "center" });

  /** Words of the text that set a figure are buttons: one reads on, and a copy of its picture stays in view. */
  function words(models) {
    for (const word of document.querySelectorAll('a[href^="#live="]')) {
      const { hash } = word, state = new URLSearchParams(hash.slice(1)), term = state.get("term");
      word.classList.add(...(term ? ["gmm-word-lights", `gmm-${term}`] : ["gmm-word-acts"]));
      if (term) Object.assign(word.dataset, { term, of: state.get("live") }); // js/terms.js looks for them
      word.removeAttribute("href"); // the theme takes what begins with # for a selector
      word.tabIndex = 0;
      word.setAttribute("role", "button");
      word.dataset.sets = hash;
      word.onkeydown = ({ key }) => !["Enter", " "].includes(key) || (word.click(), false);
      word.onclick = () => hold(recall(models, hash));
    }
  }

  let release = () => {};

  /** Hold a copy of a figure's picture in view for as long as the figure itself is not. */
  function hold(place) {
    release();
    if (!place) return;
    const box = add(document.body, "div", "gmm-held", { hidden: true }), picture = place.querySelector("svg");
    const frame = add(box, "div", "");
    const copy = () => {
      const clone = picture.cloneNode(true);
      clone.lastElementChild.remove(); // what hands can take
      clone.setAttribute("aria-hidden", "true");
      frame.replaceChildren(clone);
    };
    const close = add(box, "button", "gmm-button", { type: "button", textContent: "×", ariaLabel: "Close the copy of the figure" });
    const changes = new MutationObserver(copy), sight = new IntersectionObserver(([{ isIntersecting }]) => (box.hidden = isIntersecting));
    const escape = ({ key }) => key === "Escape" && release();
    close.onclick = release = () => {
      [changes, sight].forEach((observer) => observer.disconnect());
      removeEventListener("keydown", escape);
      box.remove();
    };
    addEventListener("keydown", escape);
    copy();
    changes.observe(picture, { subtree: true, childList: true, attributes: true });
    sight.observe(picture);
  }

  /** What a live figure stands in, so that a screen reader says where its sliders and buttons begin and end. */
  function figureBox() {
    const box = document.createElement("div");
    box.className = "gmm-alive";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Live figure");
    return box;
  }

  /** Show the widget that `find` gives in the place of its still picture, which stays if anything fails. */
  async function revive(place, find, models) {
    const live = figureBox();
    place.after(live);
    try {
      const model = find();
      await show(boxed(model, models), live, models);
      tools(model, live);
      place.classList.add("gmm-replaced"); // it comes back in print
      place.querySelector(".gmm-room")?.remove();
    } catch (error) {
      console.error(error);
      live.replaceChildren();
      add(live, "p", "gmm-failed", { role: "status" }).textContent = `This figure stands still here. ${error.message}`;
    }
  }

  /** A widget is taller than its still picture: bring a reader who came by a link back to its target. */
  function keepPlace() {
    if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
    const back = () => document.querySelector(":target")?.scrollIntoView({ behavior: "instant" });
    // Not before the browser has drawn the widgets and made its own correction for them.
    requestAnimationFrame(() => requestAnimationFrame(back));
  }

  /** Take up the records of widgets, and tie those that are tied. */
  function take(state, models) {
    const taken = Object.entries(state).map(([id, record]) => new Model(id, record));
    for (const model of taken) models.set(model.id, model);
    for (const model of taken) if (/^(Directional)?LinkModel$/.test(model.name)) link(model, models);
  }

  const models = new Map();

  /** For a cell that has run in the page: show the figure that it made, in the place of one with its name. */
  globalThis.gmmShow = async (state, id, place) => {
    const names = new Set(Object.values(state).map((record) => record.state.name).filter(Boolean));
    for (const model of [...models.values()]) if (names.has(model.get("name"))) models.delete(model.id);
    take(state, models);
    const live = figureBox();
    place.append(live);
    await show(models.get(id), live, models);
    tools([...models.values()].find((model) => state[model.id] && model.name === "AnyModel"), live);
  };

  function start() {
    for (const tag of document.querySelectorAll(`script[type="${MIME}state+json"]`)) take(JSON.parse(tag.textContent).state, models);
    words(models); // before the theme looks at them
    const waiting = [];
    for (const still of document.querySelectorAll("[data-live]")) {
      waiting.push(revive(still, () => named(still.dataset.live, models), models));
    }
    for (const tag of document.querySelectorAll(`script[type="${MIME}view+json"]`)) {
      waiting.push(revive(tag, () => models.get(JSON.parse(tag.textContent).model_id), models));
    }
    Promise.all(waiting).then(() => {
      if (waiting.length) keepPlace();
      come(recall(models));
      addEventListener("hashchange", () => come(recall(models)));
      performance.mark("gmm-live");
      document.documentElement.dataset.gmmLive = String(waiting.length);
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
