// The page that lists every question: what was answered on this machine, and the file that carries it to another.
const root = document.querySelector(".gmm-review"), items = [...root.querySelectorAll("li[data-name]")];
const WORDS = { right: "right", slip: "a slip", wrong: "missed", "": "open" };
const part = (name) => root.querySelector(`.gmm-review-${name}`);
const told = (text) => (part("told").textContent = text);

function list() {
  const kept = progress.all(), count = { right: 0, slip: 0, wrong: 0, "": 0 };
  for (const item of items) {
    const { name, version } = item.dataset, result = kept[name]?.version === version ? kept[name].result : "";
    count[result in count ? result : ""]++;
    item.dataset.result = result;
    item.querySelector(".gmm-state").textContent = WORDS[result] ?? "open";
  }
  part("count").textContent = `${items.length} questions: ${count.right} right, ${count.slip + count.wrong} missed, ${count[""]} open`;
}

part("missed").onclick = ({ currentTarget: button }) => {
  const on = button.ariaPressed !== "true";
  button.ariaPressed = String(on);
  root.toggleAttribute("data-missed", on);
};
part("save").onclick = () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify({ "gmm-practice": 1, answers: progress.all() })], { type: "application/json" }));
  link.download = "gmm-answers.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  told("The answers are in gmm-answers.json, among your downloads.");
};
part("read").onchange = async ({ currentTarget: input }) => {
  try {
    const { answers } = JSON.parse(await input.files[0].text());
    const good = Object.entries(answers).filter(([, { version, result }]) => typeof version === "string" && result in WORDS);
    progress.put({ ...progress.all(), ...Object.fromEntries(good) });
    told(`${good.length} answers were read.`);
  } catch {
    told("That file holds no answers of this book: choose one that was saved here.");
  }
  input.value = "";
  list();
};
let sure = false;
part("over").onclick = ({ currentTarget: button }) => {
  if (!sure) {
    sure = true;
    button.textContent = "Press again to forget all answers";
    setTimeout(() => ([sure, button.textContent] = [false, "Start over"]), 4000);
    return;
  }
  progress.put({});
  told("All answers are forgotten.");
  list();
};
part("tools").hidden = false;
list();
addEventListener("pageshow", list);
