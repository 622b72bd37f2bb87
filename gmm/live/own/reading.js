// Reading: a text becomes numbers, or a question, or a sentence that says what to mend.
//
// Nothing here touches the document, so that the tests run it in Node. What can be
// read in two ways is never chosen in silence: it is a question, and the answer is
// kept by the words of the question, so that another text is asked anew.

const MOST = 200_000; // numbers that the page takes

/** What a reader can mend: the message says where, what and how. */
export class Trouble extends Error {}

/** What only the reader knows: a question with answers to choose from. */
export class Question extends Trouble {}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
// Two ways to write 1234.56: 1,234.56 and 1.234,56. Spaces and apostrophes group thousands in either.
const FORMS = {
  comma: /^[+-]?((\d+|[1-9]\d{0,2}([. \u00a0\u2007\u2009\u202f'’])\d{3}(\3\d{3})*)(,\d+)?|,\d+)(e[+-]?\d+)?$/i,
  point: /^[+-]?((\d+|[1-9]\d{0,2}([, \u00a0\u2007\u2009\u202f'’])\d{3}(\3\d{3})*)(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i,
};
const MISSING = /^(nan|na|n\/a|null|none|missing|[.-])?$/i;
const INFINITE = /^[+-]?(inf|infinity|∞)$/i;
const COUNTS = /^(counts?|n|freq(uency)?|frequencies|number|weights?|w)$/i;
const YEAR = /^(1[5-9]|2[01])\d\d$/;

const clean = (field) => field.trim().replace(/^'(.*)'$/, "$1").trim().replace(/^[−–]/, "-");
const short = (text) => (text.length > 24 ? `${text.slice(0, 24)}…` : text).replace(/\s+/g, " ");
const plain = (field) => NUMBER.test(field);
/** Whether a reader means a number by this, though perhaps not one that can be read without asking. */
const numberlike = (field) => plain(field) || FORMS.comma.test(field) || FORMS.point.test(field);
const word = (field) => /\p{L}/u.test(field) && !numberlike(field) && !MISSING.test(field) && !INFINITE.test(field);

/** A field as a number, where this sign is the decimal mark; NaN if it is none. */
export function value(field, decimal) {
  if (!FORMS[decimal].test(field)) return NaN;
  return Number(decimal === "comma" ? field.replace(/[^\d,e+-]/gi, "").replace(",", ".") : field.replace(/[^\d.e+-]/gi, ""));
}

/** “3”, “3 and 5”, “3, 5 and 9”, “3, 5, 9 and 4 more”. */
function listed(things, most = 3) {
  const named = things.slice(0, most), last = things.length > most ? `${things.length - most} more` : named.pop();
  return named.length ? `${named.join(", ")} and ${last}` : String(last);
}

/** The answer to a question, or the question itself where there is none yet. Options are [answer, words]. */
function ask(notes, text, options) {
  const key = [text, ...options.map(([, words]) => words)].join("\n");
  const answer = notes.answers[key];
  notes.questions.push({ key, text, options, answer });
  if (!options.some(([known]) => known === answer)) throw new Question(text);
  return answer;
}

// --- from text to fields ---------------------------------------------------

/**
 * The records of a text, as [record, line on which it begins], and the separator that its first line may name.
 *
 * A line break within quotes ends no record. Comments go; an empty line between two records stays, for it may be a value that is missing.
 */
export function records(text) {
  const found = [], lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/), named = /^"?sep=(.)"?$/i.exec(lines[0].trim() || lines[0]);
  let record = null, at = 0;
  lines.forEach((line, i) => {
    if (i === 0 && named) return;
    if (record === null) {
      if (line.startsWith("#") || line.trim().startsWith("#")) return;
      [record, at] = ["", i + 1];
      if (!opens(line, false)) (found.push([line, at]), (record = null));
      else record = line;
    } else {
      record += `\n${line}`;
      if (!opens(line, true)) (found.push([record, at]), (record = null));
    }
  });
  if (record !== null) throw new Trouble(`Line ${at}: a quotation mark opens here and does not close. Close it, or remove it.`);
  while (found.length && !found[0][0].trim()) found.shift();
  while (found.length && !found.at(-1)[0].trim()) found.pop();
  return { found, separator: named?.[1] };
}

/** Whether a quotation mark is open at the end of a line; one opens only where a field begins. */
function opens(line, quoted) {
  for (let i = line.indexOf('"'); i >= 0; i = line.indexOf('"', i + 1)) {
    if (!quoted) quoted = /(^|[,;\t ])$/.test(line.slice(Math.max(0, i - 1), i));
    else if (line[i + 1] === '"') i++;
    else quoted = false;
  }
  return quoted;
}

/** The fields of a record (RFC 4180). A separator within quotes is none, and two quotation marks there are one. */
export function fields(record, separator) {
  if (separator === "\n") return [clean(record.trim().replace(/^"(.*)"$/s, "$1").replaceAll('""', '"'))];
  if (separator === ", ") return record.split(/,\s+/).map(clean);
  const quoted = record.includes('"');
  if (separator === " ") {
    const found = quoted ? record.match(/(?:"(?:[^"]|"")*"|\S)+/g) : record.trim().split(/\s+/);
    return found.map((field) => clean(field.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"')));
  }
  if (!quoted) return record.split(separator).map(clean);
  const sign = `\\u${separator.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const field = RegExp(`(?:\\s*"((?:[^"]|"")*)"\\s*?|([^${sign}]*))(${sign}|$)`, "y"), found = [];
  for (let end = false; !end; ) {
    const [, inside, bare, after] = field.exec(record);
    found.push(clean(inside === undefined ? bare : inside.replaceAll('""', '"')));
    end = !after;
  }
  return found;
}

/** A row without the empty field after a separator at its end. */
const closed = (row) => (row.length > 1 && row.at(-1) === "" ? row.slice(0, -1) : row);

// --- from fields to columns ------------------------------------------------

/** Which sign parts the fields of these records, “\n” where each is one field. */
function separatorOf(first, body, notes) {
  // What is quoted separates nothing.
  const unquoted = ([record]) => (record.includes('"') ? record.replace(/"(?:[^"]|"")*"/g, '""') : record);
  const uncut = body.map(unquoted);
  for (const sign of "\t;") if (uncut.some((line) => line.includes(sign))) return sign;
  const names = first ? fields(first[0], ",") : [];
  const level = names.length > 1 && uncut.every((line) => closed(line.split(",")).length === closed(names).length);
  const named = names.some(word) && (!names.some(numberlike) || !names.some((name) => /\s/.test(name)));
  if (level && (named || quotedNames(first, body) || (names[0] === "" && !uncut.some((line) => line.startsWith(","))))) return ",";
  // The first line is one of them unless it is a name.
  const all = first && numberlike(first[0].trim()) ? [first, ...body] : body, bare = all.map((pair) => unquoted(pair).trim());
  const commas = bare.some((line) => line.includes(",")), spaces = bare.some((line) => /\s/.test(line));
  if (bare.every(numberlike) && !bare.every(plain) && (bare.length > 1 || /^[^,\s]+[,\s][^,\s]+$/.test(bare[0]))) {
    const sign = spaces ? " " : ",", cut = bare.map((line) => fields(line, sign));
    const parted = cut.every((row) => row.every(spaces ? numberlike : plain)) && cut.some((row) => row.length > 1) && (all !== body || !first || fields(first[0], sign).length === cut[0].length);
    const answer = howMeant(notes, bare, all.map(([, at]) => at), parted && ((line) => fields(line, sign)));
    if (answer === "apart") return sign;
    notes.decimal = answer;
    return "\n";
  }
  if (commas && spaces) {
    // “3,14 2,72” and “3,14, 2,72”: here commas belong to the numbers, perhaps.
    const inside = (tokens) => tokens.some((token) => /\d,\d/.test(token)) && tokens.every((token) => !token.includes(",") || (/\d,\d/.test(token) && numberlike(token)));
    const tokens = bare.map((line) => line.split(/\s+/));
    if (inside(tokens.flat())) return " ";
    const parts = bare.map((line) => line.replace(/,$/, "").split(/,\s+/)), at = parts.findIndex((row) => row.some((field) => /\d,\d/.test(field)));
    if (at >= 0 && parts.every((row) => row.every(numberlike))) {
      const answer = howMeant(notes, parts.flat(), parts.flatMap((row, i) => row.map(() => all[i][1])), (field) => fields(field, ","));
      if (answer === "apart") return ",";
      notes.decimal = answer;
      return ", ";
    }
  }
  return commas ? "," : spaces ? " " : "\n";
}

/** Ask how numbers are written that are not plain: which sign is the decimal mark, or whether they are several numbers. */
function howMeant(notes, texts, lines, part) {
  const ways = ["comma", "point"].filter((way) => texts.every((text) => FORMS[way].test(text)));
  const odd = texts.findIndex((text) => !plain(text));
  const telling = texts.findIndex((text, i) => i >= odd && ways.length > 1 && value(text, "comma") !== value(text, "point"));
  const at = telling < 0 ? odd : telling, text = texts[at];
  if (telling < 0 && ways.length > 1) ways.pop(); // both give the same numbers
  if (!ways.length) {
    const other = texts.findIndex((text) => !FORMS[FORMS.comma.test(texts[odd]) ? "comma" : "point"].test(text));
    throw new Trouble(`Line ${lines[odd]}, “${short(texts[odd])}”, and line ${lines[other]}, “${short(texts[other])}”: these are not written alike. Write all numbers with a decimal point.`);
  }
  const options = ways.map((way) => [way, `“${short(text)}” means ${String(value(text, way)).replace("-", "−")}`]);
  if (part) {
    const example = part(text).length > 1 ? text : texts.find((text) => part(text).length > 1);
    options.push(["apart", `“${short(example)}” is ${listed(part(example), 4)}`]);
  }
  return ask(notes, `Line ${lines[at]}, “${short(text)}”: how is it meant?`, options);
}

/** Whether only the first of the records is quoted, and it is so in every field. */
const quotedNames = (first, body) => /^("[^"]*"[\s,;]*)+$/.test(first[0].trim()) && !body.some(([record]) => record.includes('"'));

/** Whether the first row holds the names of the columns. */
function isHeader(names, first, rows, body, notes) {
  if (names.some(word) && names.every((field) => !numberlike(field) && !INFINITE.test(field))) return true;
  const below = rows.slice(0, 50), over = (c) => below.some((row) => row[c]) && below.every((row) => !row[c] || numberlike(row[c]));
  if (names.some((field, c) => word(field) && over(c))) return true;
  if (quotedNames(first, body)) return true;
  // 2019;2020 over other numbers, or what a program wrote over columns that have no names.
  const columns = names.map((_, c) => c).filter((c) => numberlike(names[c])), level = rows.every((row) => row.length === names.length);
  const years = columns.length && columns.every((c) => YEAR.test(names[c]) && !rows.some((row) => YEAR.test(row[c])));
  const corner = names.length > 1 && names[0] === "" && columns.length && rows.every((row) => row[0] !== "");
  if (!level || !(years || corner)) return false;
  const answer = ask(notes, `Line ${first[1]}, “${short(names.filter(Boolean).join("; "))}”: names or numbers?`, [
    ["names", names.length > 1 ? "Names of the columns" : "The name of the column"],
    ["numbers", "Numbers like those below"],
  ]);
  return answer === "names";
}

/** The text as a table: names of the columns, and rows of fields with the line that each begins on. */
export function* table(text, notes = { answers: {}, questions: [] }) {
  const { found, separator: named } = records(text);
  if (!found.length) throw new Trouble("There are no numbers yet: paste a column of numbers, or drop a file.");
  yield;
  const there = found.filter(([record]) => record.trim()), [first, ...rest] = there, body = rest.length ? rest : there;
  const separator = named ?? separatorOf(rest.length ? first : null, body, notes), cut = ([record]) => fields(record, separator);
  yield;
  let names = cut(first), rows = body.map(cut);
  yield;
  const header = rest.length > 0 && isHeader(names, first, rows, body, notes);
  const at = (header ? body : there).map(([, line]) => line);
  if (!header && rest.length) rows.unshift(names);
  // Each line may end with a separator; a last column that is empty here and there is a column.
  if ((!header || names.length !== rows[0].length || names.at(-1) === "") && rows.every((row) => closed(row) !== row)) {
    rows = rows.map(closed);
    names = closed(names);
  }
  if (!header) return unnamed(rows, at, found, notes);
  const size = rows.reduce((most, row) => Math.max(most, (row.length > names.length ? closed(row) : row).length), 0);
  // R leaves the name of its quoted row names out.
  if (size === names.length + 1 && body.every(([record]) => record.trimStart().startsWith('"'))) names = ["", ...names];
  if (size === 1) names = fields(first[0], "\n");
  const long = rows.findIndex((row) => closed(row).length > names.length);
  if (long >= 0 || size < closed(names).length) {
    const line = Math.max(0, long), n = rows[line].length, comma = separator === "," ? " If a comma in it is a decimal one, put semicolons between the columns." : "";
    throw new Trouble(`Line ${first[1]} has ${counted(names.length, "name")} where line ${at[line]} has ${counted(n, "field")}: give each column one name and each line the same columns.${comma}`);
  }
  rows = rows.map((row) => (row.length > names.length ? closed(row) : row));
  return { names, header, width: names.length, ...withGaps(rows, at, found, first[1]) };
}

const counted = (n, what) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;

/** A table without names; one line, or lines of different lengths, are one long list. */
function unnamed(rows, at, found, notes) {
  const size = rows[0].length, odd = rows.findIndex((row) => row.length !== size), last = rows.length - 1;
  const list = { names: null, header: false, rows: rows.flatMap((row) => closed(row).map((field) => [field])), at: rows.flatMap((row, i) => closed(row).map(() => at[i])), width: 1 };
  if (last === 0) return list;
  if (odd < 0) return { names: null, header: false, width: size, ...withGaps(rows, at, found) };
  if (odd < last || rows[last].length > size) {
    rows.forEach((row, i) => row.forEach((field) => MISSING.test(field) || numberlike(field) || unreadable(field, at[i])));
    ask(notes, `Line ${at[odd]} has ${counted(rows[odd].length, "field")} where line ${at[0]} has ${size}: mend it, or read all as one list.`, [["list", "One list"]]);
  }
  return list;
}

/** The rows with the empty lines between them, each of which may be a value that is missing. */
function withGaps(rows, at, found, after = 0) {
  if (!found.some(([record]) => !record.trim())) return { rows, at };
  const places = new Map(at.map((line, i) => [line, rows[i]])), lines = found.map(([, line]) => line).filter((line) => line > after);
  return { rows: lines.map((line) => places.get(line) ?? []), at: lines };
}

const numeric = (rows, column) => rows.slice(0, 50).some((row) => numberlike(row[column] ?? ""));

/** Whether a column does no more than number the rows. */
const numbering = (rows, column) => rows.length > 2 && rows.every((row, i) => Number(row[column]) === i + Number(rows[0][column]));

/** Which columns a reader may choose: [index, name] of those that begin with numbers. */
function columns({ names, rows, width }) {
  const all = Array.from({ length: width }, (_, c) => [c, names?.[c] || `column ${c + 1}`]);
  const found = all.filter(([c]) => numeric(rows, c));
  return found.length ? found : all;
}

/** The first guess at the column of values and that of counts (−1 for none). */
export function guess(parsed) {
  const offered = columns(parsed), told = offered.filter(([c]) => !numbering(parsed.rows, c));
  const counts = told.find(([c, name]) => parsed.names?.[c] && COUNTS.test(name) && offered.length > 1)?.[0] ?? -1;
  return { column: [...told, ...offered].find(([c]) => c !== counts)[0], counts };
}

// --- from columns to numbers -----------------------------------------------

/** The numbers of the chosen columns; column −1 is all columns, read line by line as one list. */
export function* numbers(parsed, column, counts = -1, notes = { answers: {}, questions: [] }) {
  let { rows, at } = parsed;
  if (column < 0) [rows, at] = [rows.flatMap((row) => row.map((field) => [field])), rows.flatMap((row, i) => row.map(() => at[i]))];
  if (rows.length > MOST) tooMany(rows.length);
  const chosen = column < 0 ? [0] : counts < 0 ? [column] : [column, counts], missing = [], kept = [];
  let usual = true;
  for (let i = 0; i < rows.length; i++) {
    let gap = -1;
    for (const c of chosen) {
      const field = rows[i][c] ?? "";
      if (plain(field)) continue;
      if (MISSING.test(field)) gap = c;
      else if (numberlike(field)) usual = false;
      else unreadable(field, at[i]);
    }
    if (gap < 0) kept.push(i);
    else missing.push([i, gap]);
  }
  yield;
  const decimal = notes.decimal ?? (usual && parsed.width === 1 ? "point" : decimalOf(parsed, rows, at, chosen, kept, usual, notes));
  if (missing.length) skip(rows, at, missing, counts, notes);
  yield;
  const x = [], w = [];
  for (const i of kept) {
    x.push(finite(rows[i][chosen[0]], at[i], decimal));
    if (counts < 0) continue;
    const count = finite(rows[i][counts], at[i], decimal);
    if (!(count >= 0) || !Number.isInteger(count)) {
      throw new Trouble(`Line ${at[i]}, “${rows[i][counts]}”: a count is a whole number, 0 or more. Correct it, or choose “no counts”.`);
    }
    w.push(count);
  }
  yield;
  const name = (column < 0 ? "" : parsed.names?.[column] ?? "").replace(/\s+/g, " ") || "x";
  return collected(x, counts < 0 ? x.map(() => 1) : w, name, counts >= 0);
}

function unreadable(field, at) {
  if (INFINITE.test(field)) throw new Trouble(`Line ${at}, “${field}”: this is not a finite number. Write its value, or remove the line.`);
  throw new Trouble(`Line ${at}, “${short(field)}”: this is not a number. Correct it, or remove the line.`);
}

function finite(field, at, decimal) {
  const number = plain(field) && decimal === "point" ? Number(field) : value(field, decimal);
  if (Number.isFinite(number)) return number;
  throw new Trouble(`Line ${at}, “${short(field)}”: this is beyond the range of a number here. Use a larger unit.`);
}

/** Which sign is the decimal mark: a question, unless all numbers of the chosen columns are plain. */
function decimalOf(parsed, rows, at, chosen, kept, usual, notes) {
  const texts = kept.flatMap((i) => chosen.map((c) => rows[i][c])), lines = kept.flatMap((i) => chosen.map(() => at[i]));
  if (!usual) return howMeant(notes, texts, lines);
  // “1.234” beside a column with “12,5” is perhaps 1234.
  const dotted = texts.findIndex((text) => text.includes("."));
  if (dotted < 0 || !texts.every((text) => FORMS.comma.test(text))) return "point";
  if (!parsed.rows.some((row) => row.some((field) => FORMS.comma.test(field) && !FORMS.point.test(field)))) return "point";
  const text = texts[dotted], options = ["comma", "point"].map((way) => [way, `“${short(text)}” means ${value(text, way)}`]);
  return ask(notes, `Line ${lines[dotted]}, “${short(text)}”: how is it meant? Another column has decimal commas.`, options);
}

/** Whether lines without a value may be left out. */
function skip(rows, at, missing, counts, notes) {
  const [i, c] = missing[0], field = rows[i][c] ?? "", empty = missing.every(([i]) => rows[i].every((field) => field === ""));
  const n = missing.length.toLocaleString("en"), s = missing.length === 1 ? "" : "s", lines = listed(missing.map(([i]) => at[i]));
  const told = empty ? `Line${s} ${lines} ${s ? "are" : "is"} empty: write a value there, or skip ${s ? "them" : "it"}.`
    : field ? `Line ${at[i]}, “${field}”: this is not a finite number. Write its value, or skip the line.`
    : `Line ${at[i]} has no ${c === counts ? "count" : "value"}: write one, or skip the line.`;
  ask(notes, told, [["skip", `Skip ${n} ${empty ? "empty " : ""}line${s}${empty ? "" : " without a value"}`]]);
}

function tooMany(size) {
  throw new Trouble(
    `These are ${size.toLocaleString("en")} numbers, and this page takes ${MOST.toLocaleString("en")}: `
    + "take every second one or a random part, or fit them in Python with gmm.fit."
  );
}

/** The data with equal values collected, and in the unit of gmm.fit: median 0, spread about 1. */
function collected(x, w, name, counted) {
  const order = counted && x.map((_, i) => i).sort((i, j) => x[i] - x[j]), sorted = counted || Float64Array.from(x).sort();
  const values = [], ws = [];
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const value = counted ? x[order[i]] : sorted[i], weight = counted ? w[order[i]] : 1;
    if (!weight) continue;
    if (values.length && values.at(-1) === value) ws[ws.length - 1] += weight;
    else (values.push(value), ws.push(weight));
    total += weight;
  }
  if (!x.length) throw new Trouble("No line has a value: there is nothing to fit.");
  if (!values.length) throw new Trouble("All counts are 0: there is nothing to fit. Give at least two values a count.");
  if (total < 2) throw new Trouble(`There is only one number, ${values[0]}: a spread needs at least two different ones.`);
  if (values.length < 2) throw new Trouble(`All ${total} numbers are ${values[0]}: a spread needs at least two different ones.`);
  const median = middle(values, ws, total), z = values.map((value) => value - median);
  const spread = Math.sqrt(z.reduce((sum, d, i) => sum + ws[i] * d * d, 0) / total), scale = 2 ** Math.floor(Math.log2(spread));
  if (!(scale ** 2 > 1e-300 && scale ** 2 < 1e300)) {
    throw new Trouble(`The numbers run from ${values[0]} to ${values.at(-1)}: their variance is beyond the range of a number here. Rescale them.`);
  }
  let gap = Infinity;
  for (let i = 1; i < values.length; i++) gap = Math.min(gap, values[i] - values[i - 1]);
  return { x, w, name, counted, total, values, ws, median, scale, resolution: gap, zs: z.map((d) => d / scale) };
}

function middle(values, ws, total) {
  let below = 0, i = 0;
  while (below + ws[i] < total / 2) below += ws[i++];
  return below + ws[i] === total / 2 ? (values[i] + values[i + 1]) / 2 : values[i];
}

// --- all of it -------------------------------------------------------------

/**
 * Read a text. `wish` may hold the column and the counts that the reader chose, and the `answers` given so far.
 *
 * In steps, so that a page may do something else in between. Returns what is offered and what was chosen, the questions (the last of them still open, if `asks`), and
 * either the data or a sentence.
 */
export function* reading(text, wish = {}) {
  const notes = { answers: wish.answers ?? {}, questions: [] }, told = { questions: notes.questions, columns: [], data: null, trouble: null, asks: false };
  try {
    const parsed = yield* table(text, notes), likely = guess(parsed);
    told.columns = parsed.width > 1 ? columns(parsed) : [];
    told.header = parsed.header;
    const offered = (c) => told.columns.some(([other]) => other === c);
    told.column = offered(wish.column) || (wish.column === -1 && !parsed.header) ? wish.column : likely.column;
    told.counts = told.column < 0 ? -1 : offered(wish.counts) || wish.counts === -1 ? wish.counts : likely.counts;
    if (told.column >= 0 && told.column === told.counts) throw new Trouble("Values and counts are the same column: choose two, or “no counts”.");
    told.data = yield* numbers(parsed, told.column, told.counts, notes);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    [told.trouble, told.asks] = [error.message, error instanceof Question];
  }
  return told;
}

/** The same at once. */
export function read(text, wish) {
  const steps = reading(text, wish);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

// --- writing ---------------------------------------------------------------

/** A text as a field of CSV. A spreadsheet would run one that begins like a formula: an apostrophe keeps it text. */
export function field(text) {
  const safe = /^[=@+\-\t\r]/.test(text) && !plain(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
