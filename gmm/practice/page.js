// The questions of a page come to life at once.
document.addEventListener("gmm-answered", score);
document.querySelectorAll("form[data-question]").forEach((form) => enliven(form));
score();
document.documentElement.dataset.gmmPractice = "true";
