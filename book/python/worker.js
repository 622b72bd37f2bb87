// The worker of a page: one Python interpreter, in which the cells run.
//
// The page may lie in a folder, where nothing can be fetched. So it hands over each file that is asked for, as
// base64 out of a script (tools/book_ext/python.py packs them), and what Pyodide would fetch is answered from there.
"use strict";

// Pyodide 314 refuses a classic worker, and Chromium refuses a module worker from a blob: so hide that this is a classic one.
self.importScripts = () => {
  throw new TypeError("module");
};

const NOWHERE = "https://local.invalid/";
const TYPES = { wasm: "application/wasm", mjs: "text/javascript", json: "application/json" };
const waiting = new Map();
let python;

/** The bytes that stand in base64 in a text, of a file that may have been packed by gzip. */
async function bytes({ text, packed }) {
  const raw = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (!packed) return raw;
  return new Uint8Array(await new Response(new Blob([raw]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

/** A file of the site, from the page; null for one that it does not have. */
const file = (name) =>
  new Promise((done) => {
    waiting.set(name, async (found) => done(found && (await bytes(found))));
    postMessage({ want: name });
  });

async function fetched(address) {
  const { href } = new URL(address.url ?? address, NOWHERE), name = href.split("/").pop();
  const data = href.startsWith(NOWHERE) ? await file(name) : null;
  if (!data) throw new TypeError("The page asks no other host for anything.");
  return new Response(data, { headers: { "Content-Type": TYPES[name.split(".").pop()] ?? "application/octet-stream" } });
}

const module = async (name) => import(URL.createObjectURL(new Blob([await file(name)], { type: TYPES.mjs })));

async function start() {
  self.fetch = fetched;
  self.XMLHttpRequest = self.WebSocket = self.EventSource = undefined;
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(["pyodide.mjs", "pyodide.asm.mjs"].map(module));
  const lockFileContents = new TextDecoder().decode(await file("pyodide-lock.json"));
  python = await loadPyodide({ indexURL: NOWHERE, packageBaseUrl: NOWHERE, createPyodideModule, lockFileContents });
  await load(["numpy"]);
  const [place] = python.runPython("import site; site.getsitepackages()").toJs();
  python.unpackArchive((await file("gmm.zip")).buffer, "zip", { extractDir: place });
  python.registerJsModule("page", { post: (text) => postMessage(JSON.parse(text)) });
  python.runPython("import shell");
}

const load = (names) => python.loadPackage(names, { messageCallback() {}, checkIntegrity: false });

/** Load what a program imports and is not there yet. */
async function prepare(code, offers) {
  const wanted = python.pyimport("shell").needed(code, offers).toJs();
  if (!wanted.length) return;
  postMessage({ loading: wanted });
  await load(wanted);
}

/** Run a cell, and tell what it prints and shows as it comes. */
async function run({ code, number, offers }) {
  await prepare(code, offers);
  postMessage({ running: number });
  return python.pyimport("shell").run(code, number, offers);
}

/** What is to be said of a reader's code that answers a question. */
async function verdict({ name, source }) {
  await prepare("from gmm.practice import code, shown", false);
  return python.pyimport("gmm.practice").verdict(name, source);
}

const tasks = {
  start,
  run,
  verdict,
  file({ name, found }) {
    waiting.get(name)?.(found);
    waiting.delete(name);
  },
};

onmessage = async ({ data: { task, ...rest } }) => {
  try {
    const ended = await tasks[task](rest);
    if (task !== "file") postMessage({ ended: task, how: ended ?? "done" });
  } catch (error) {
    postMessage({ failed: String(error?.message ?? error) });
  }
};
