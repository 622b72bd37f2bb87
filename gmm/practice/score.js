// What a test says of all its questions: how many were answered, and how many of them right.
const forms = [...document.querySelectorAll("form[data-question]")];
function score() {
  const right = forms.filter(({ dataset }) => dataset.result === "right");
  const answered = forms.filter(({ dataset }) => dataset.result && dataset.result !== "unread");
  document.querySelector(".gmm-score").textContent = `${answered.length} of ${forms.length} answered, ${right.length} right`;
}
document.addEventListener("gmm-answered", score);
score();
