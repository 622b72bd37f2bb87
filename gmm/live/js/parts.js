// What not every figure has. A page of the site holds those that its figures name (tools/book_ext/widgets.py).

export { drops } from "./drops.js";
export { Formula } from "./formula.js";
export { maps } from "./maps.js";
export { Moves } from "./moves.js";
export { Stepper } from "./stepper.js";
