// The button "Run the cells here". What runs them is loaded when it is pressed, and nothing before.
(() => {
  "use strict";
  const HERE = new URL("python/", document.currentScript.src);
  const KEY = `gmm-cells:${location.pathname.split("/").pop()}`;
  const FORBIDDEN =
    "The server of this page forbids Python in it: its policy would have to allow 'wasm-unsafe-eval', and blob: for scripts, workers and pictures.";

  const load = (tag, attributes) =>
    new Promise((done, failed) => {
      const node = Object.assign(document.createElement(tag), attributes, { onload: done });
      node.onerror = () => failed(new Error(`${node.src ?? node.href} is not there.`));
      document.head.append(node);
    });
  const script = (name) => load("script", { src: new URL(`${name}.js`, HERE) });

  /** Whether a server's policy lets a page compile WebAssembly, and a worker that has no address import a module that has none. */
  async function allowed() {
    const test = () => {
      const empty = URL.createObjectURL(new Blob([], { type: "text/javascript" }));
      import(empty).then(() => postMessage(true), () => postMessage(false));
    };
    try {
      await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
      return await new Promise((done) => {
        const worker = new Worker(URL.createObjectURL(new Blob([`(${test})()`], { type: "text/javascript" })));
        worker.onmessage = ({ data }) => [worker.terminate(), done(data)];
        worker.onerror = () => done(false);
      });
    } catch {
      return false;
    }
  }

  /** What a reader has changed here on an earlier visit: by the number of a cell its text then, and now. */
  function changes() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const bar = document.querySelector(".gmm-run"), [button, told] = bar.children;
    const cells = [...document.querySelectorAll(".cell .cell_input")].map((input) => input.closest(".cell"));
    const code = (cell) => cell.querySelector(".cell_input pre").textContent.replace(/\n$/, "");
    const given = new URLSearchParams(location.search).get("code"), empty = document.querySelector(".gmm-empty pre");
    if (given && empty) empty.textContent = given; // an example that leads to the playground
    const edits = changes();
    let count = 0;
    cells.forEach((cell, i) => {
      const edited = edits[i]?.was === code(cell);
      count += edited;
      cell.dataset.state = cell.matches(".tag_kernel") ? "kernel" : edited ? "edited" : "stored";
    });
    if (count) told.textContent += ` ${count === 1 ? "One cell has" : count + " cells have"} your changes of an earlier visit.`;
    delete bar.dataset.early;
    const begin = async () => {
      button.ariaDisabled = true;
      if (!(await allowed())) return void (told.textContent = FORBIDDEN);
      try {
        await Promise.all([load("link", { rel: "stylesheet", href: new URL("cells.css", HERE) }), script("cells"), script("editor")]);
        globalThis.gmmCells({ bar, button, told, cells, code, edits, KEY, HERE, load });
      } catch (error) {
        told.textContent = `Python cannot be loaded. ${error.message}`;
      }
    };
    let begun;
    button.onclick = () => (begun ??= begin());
    // An answer in code asks for Python as well as the button does. What has loaded it takes this place (cells.js).
    const first = async (...asked) => {
      await button.onclick();
      const { verdict } = globalThis.gmmPython;
      return verdict === first ? null : verdict(...asked);
    };
    globalThis.gmmPython = { verdict: first, wait: "Python is being loaded, once for this page …" };
  });
})();
