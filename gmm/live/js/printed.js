// The functions that SymPy printed.

/** A function that SymPy printed: a page has it in a file, a notebook as its text. */
const made = ({ args, body, call }) => call ?? new Function(...args, body);

/** Turn {name: printed function} into {name: scope => value}. */
export function compile(functions) {
  const compiled = {};
  for (const [name, printed] of Object.entries(functions)) {
    const call = made(printed), { args } = printed;
    compiled[name] = (scope) => call(...args.map((arg) => scope[arg]));
  }
  return compiled;
}
