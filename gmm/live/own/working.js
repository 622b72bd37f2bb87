// All that is done to a text without a document: a worker runs it, too.

import { fits } from "./fitting.js";
import { reading } from "./reading.js";

export { indices, shares } from "./fitting.js";
export { component, mixtures } from "./printed.js";
export { field } from "./reading.js";

/** Read a text and fit it: yields what was read, words on the way, and the fits. */
export function* work(text, wish, most) {
  const told = yield* reading(text, wish);
  yield { told };
  if (told.data) yield* fits(told.data, most);
}

/** Do the work that is asked for from a worker. */
export function serve() {
  onmessage = ({ data }) => {
    for (const told of work(...data)) if (told) postMessage(told);
    postMessage({ done: true });
  };
}
