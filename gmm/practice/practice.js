// Judges answers, in the page and in JupyterLab: nothing that is typed runs as code.
//
// jsep stands before it and makes a tree of a formula; here its letters get values. progress.js keeps the answers.

jsep.removeAllBinaryOps();
[["+", 1], ["-", 1], ["*", 2], ["/", 2], ["^", 4, true]].forEach((operator) => jsep.addBinaryOp(...operator));

const { exp, log, sqrt, abs, tanh, min, max, PI: pi, E: e } = Math, CONSTANTS = { pi, e };
const FUNCTIONS = { exp, log, ln: log, sqrt, abs, tanh, min, max };
const OPERATORS = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "^": (a, b) => a ** b };
const SIGNS = { π: "pi", μ: "mu", σ: "sigma", γ: "gamma", ν: "nu", λ: "lambda", "−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "√": "sqrt", "𝒩": "N", "²": "^2", "³": "^3", "½": "(1/2)", "¼": "(1/4)", "¾": "(3/4)", "[": "(", "]": ")", "∣": ",", "|": "," };
const COMMA = "Write a decimal point, not a comma: 0.5.", UNREAD = "That cannot be read: close brackets, write * between factors, abs(x) for |x|.";
const DECIMAL = /\d,\d/, CALL = /[A-Za-z𝒩√]\s*\(/u;

const refuse = (text) => {
  throw { text };
};

/** What is typed, in the letters of the code: σ₁² is sigma1^2, and what is named before a = goes. A bracket is a call, so that −x² and (−x)² differ. */
const plain = (text) =>
  text.replace(/^[^=]*=/, "").replace(/([\d.]+)\s*%/g, "($1/100)").replace(/\*\*/g, "^").replace(/[₀-₉]/g, (digit) => digit.charCodeAt(0) - 8320).replace(/./gu, (sign) => SIGNS[sign] ?? sign)
    .replace(/([a-zA-Z])_(\d)/g, "$1$2").replace(/(?<!\w)\(/g, "only(");

/** The tree of a formula. */
export function read(text) {
  if (!text.trim()) refuse("Type an answer first.");
  let tree;
  try {
    tree = jsep(plain(text));
  } catch {
    refuse(UNREAD);
  }
  return tree.type === "Compound" ? refuse(DECIMAL.test(text) ? COMMA : UNREAD) : tree;
}

/** The value of a tree where the letters have these values. */
export function value(node, letters, N) {
  const { type, operator, left, right } = node, of = (part) => value(part, letters, N);
  if (type === "Literal" && typeof node.value === "number") return node.value;
  if (type === "Identifier") return letter(node.name, letters);
  if (type === "UnaryExpression" && "+-".includes(operator)) return (operator === "-" ? -1 : 1) * of(node.argument);
  if (type === "BinaryExpression") {
    const bare = operator === "^" && left.type === "UnaryExpression"; // −x² is −(x²)
    return bare ? of({ ...left, argument: { ...node, left: left.argument } }) : OPERATORS[operator](of(left), of(right));
  }
  if (type !== "CallExpression") return refuse(UNREAD);
  const { name } = node.callee, calls = { only: (x) => x, N, ...FUNCTIONS };
  if (name === undefined || (name === "only" && node.arguments.length !== 1)) refuse(UNREAD);
  if (Object.hasOwn(letters, name)) refuse(`Write * between ${name} and the bracket.`);
  if (!Object.hasOwn(calls, name)) refuse(`There is no function ${name} here. There are N, ${Object.keys(FUNCTIONS).join(", ")}.`);
  const wanted = name === "min" || name === "max" ? 2 : calls[name].length;
  if (node.arguments.length !== wanted) refuse(name === "N" ? `N takes three numbers. ${COMMA}` : COMMA);
  return calls[name](...node.arguments.map(of));
}

const shownAs = (name) => (name === "variance" ? "var" : name);

/** The value of a letter: var is σ², sigma its root, and pi without a number 3.14…. */
function letter(name, letters) {
  const squared = name.replace(/^(sigma|var)(\d*)$/, (_, word, digit) => (digit ? `var${digit}` : "variance"));
  if (Object.hasOwn(letters, name)) return letters[name];
  if (Object.hasOwn(letters, squared)) return name[0] === "s" ? sqrt(letters[squared]) : letters[squared];
  if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name];
  const known = Object.keys(letters).map(shownAs).join(", ");
  return refuse(`There is no letter ${name} here. ` + (known ? `The letters are ${known}.` : "A number is asked for."));
}

/** A number in three digits or so. */
const brief = (number) => (Number.isFinite(number) ? String(Number(number.toPrecision(3))).replace("-", "−") : "not a number");

// --- verdicts ---------------------------------------------------------------

/** What is said of a number. */
function judgeNumber({ data, N }, typed) {
  const unit = [data.unit, data.unit.split(/[ ,]/)[0]].find((word) => word && typed.trim().endsWith(word)) ?? "";
  const bare = typed.trim().slice(0, typed.trim().length - unit.length);
  if (DECIMAL.test(bare) && !CALL.test(bare)) refuse(COMMA);
  const number = value(read(bare), {}, N), { key } = data;
  if (!Number.isFinite(number)) refuse("That is 0/0: take the common exponent off.");
  const near = (goal, by = 1) => abs(number - goal) <= by * data.tolerance * abs(goal) + 1e-12;
  if (near(key)) return { result: "right" };
  const slip = data.slips.findIndex((other) => near(other));
  if (slip >= 0) return { result: "slip", say: `slip${slip}` };
  if (key < 1 && near(100 * key)) return { result: "wrong", text: `Per cent have their sign: ${bare} %.` };
  const rounded = number && Number(key.toFixed(bare.split(".")[1]?.length ?? 0)) === number;
  const close = near(key, 10) && "Close, but not it.";
  return { result: "wrong", text: rounded ? "Close. Give a digit more." : close || `${brief(number)} is too ${number > key ? "large" : "small"}.` };
}

/** What is said of a formula: it is compared with the key, and with each slip, at all points. */
function judgeFormula({ data, functions, N }, typed) {
  if (DECIMAL.test(typed) && !CALL.test(typed)) refuse(COMMA);
  const tree = read(typed), names = Object.keys(data.points), many = data.points[names[0]]?.length ?? 1;
  const places = Array.from({ length: many }, (_, i) => Object.fromEntries(names.map((name) => [name, data.points[name][i]])));
  const yours = places.map((place) => value(tree, place, N));
  const at = (name) => places.map((place) => functions[name](place));
  const same = (a, b) => abs(a - b) <= 1e-9 * max(abs(a), abs(b)) + 1e-14;
  const key = at("key"), agrees = (values) => values.every((b, i) => same(yours[i], b));
  if (agrees(key)) return { result: "right" };
  const slip = Object.keys(functions).find((name) => name !== "key" && agrees(at(name)));
  if (slip) return { result: "slip", say: slip };
  const off = [...key.keys()].filter((i) => !same(yours[i], key[i])), j = off.find((i) => brief(key[i]) !== brief(yours[i])) ?? off[0];
  const where = functions.key.args.map((name) => `${shownAs(name)} = ${String(places[j][name]).replace("-", "−")}`).join(", ");
  const subject = where ? `At ${where} yours` : "Yours";
  return { result: "wrong", text: `${subject} is ${brief(yours[j])}, and the right one ${brief(key[j])}.` };
}

const judges = {
  number: judgeNumber,
  formula: judgeFormula,
  choice: ({ data }, chosen) => (chosen === "" ? refuse("Choose one first.") : { result: Number(chosen) === data.key ? "right" : "wrong", say: `option${chosen}` }),
};
judges.guess = judges.choice;

/** The verdict on an answer: its result, and what is said, by the name of a sentence or as a text. */
export function judge(question, answer) {
  try {
    return judges[question.kind](question, answer);
  } catch (error) {
    if (!error.text) throw error;
    return { result: "unread", text: error.text };
  }
}

/** The functions of a question: each takes what it needs from a place. */
export const called = (functions) =>
  Object.fromEntries(Object.entries(functions ?? {}).map(([name, { args, body, call = new Function(...args, body) }]) =>
    [name, Object.assign((place) => call(...args.map((arg) => place[arg])), { args, call })]));

// --- the form ----------------------------------------------------------------

const RESULTS = { right: "Right.", slip: "A slip.", wrong: "Not yet." };

/** Bring a form to life. `run` judges code where there is a Python to do it, and returns JSON. */
export function enliven(form, run) {
  const { question: name, kind, version } = form.dataset, of = globalThis.gmmPractice ?? {};
  const { data, functions = of[name], N = of.N } = JSON.parse(form.querySelector("script").textContent);
  const question = { kind, data, functions: called(functions), N: called({ N }).N.call };
  const verdict = form.querySelector(".gmm-verdict"), field = form.elements.answer;
  form.querySelector("fieldset").disabled = false;

  const show = ({ result, say, text }, answer, kept) => {
    const word = document.createElement("strong"), said = form.querySelector(`[data-say="${say}"]`);
    word.textContent = RESULTS[result] ?? "";
    verdict.replaceChildren(word, " ", ...(said ? said.cloneNode(true).childNodes : [text ?? ""]));
    form.dataset.result = result;
    if (!kept && result !== "unread") progress.keep(name, { version, result, answer });
    document.dispatchEvent(new Event("gmm-answered"));
  };

  /** Whether the figure meets the goal now; nothing where it does not live. */
  const figure = () => document.querySelector(`[data-figure="${data.figure}"]`);
  const met = () => {
    const { gmm } = figure() ?? {}, now = gmm?.scope();
    return gmm && question.functions.key(new Proxy(now, { get: (_, arg) => gmm.call[arg]?.(now) ?? now[arg] })) > 0;
  };
  const reach = () => {
    const { gmm } = figure(), scope = gmm.scope(), values = scope.values ?? scope;
    const state = Object.fromEntries(gmm.spec.params.map((key) => [key, values[key]]));
    show({ result: "right", text: "The goal is met." }, `#${new URLSearchParams({ live: data.figure, ...state })}`);
  };
  const judged = {
    goal: () => (met() ? reach() : show(figure()?.gmm ? { result: "wrong", text: "The goal is not met." } : { result: "unread", text: "The figure stands still here." })),
    code: async (source) => {
      verdict.textContent = globalThis.gmmPython?.wait ?? "Running …";
      const told = await (run ?? globalThis.gmmPython?.verdict)?.(name, source);
      show(told ? JSON.parse(told) : { result: "unread", text: `Python is not here. In JupyterLab, practice.ask("${name}") checks it.` }, source);
    },
    guess: (answer) => {
      const told = judge(question, answer);
      show(told, answer);
      if (told.result !== "unread") form.querySelector(".gmm-sets")?.click();
    },
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = field?.value;
    judged[kind] ? judged[kind](answer) : show(judge(question, answer), answer);
  });
  if (kind === "code") field.onkeydown = ({ key, ctrlKey, metaKey }) => key === "Enter" && (ctrlKey || metaKey) && form.requestSubmit();

  if (kind === "goal") {
    let waiting, line;
    document.addEventListener("gmm-drawn", ({ target }) => {
      if (target !== figure()) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const now = met();
        line ??= Object.assign(target.appendChild(document.createElement("p")), { className: "gmm-goal", role: "status" });
        line.textContent = now ? `The goal of ${form.querySelector(".gmm-number").textContent.toLowerCase()} is met.` : "";
        if (now && form.dataset.result !== "right") reach();
      }, 200);
    });
  }

  const kept = progress.of(name, version);
  if (!kept) return;
  if (field) field.value = kept.answer ?? "";
  show(judges[kind] ? judge(question, kept.answer ?? "") : kept, kept.answer, true);
}
