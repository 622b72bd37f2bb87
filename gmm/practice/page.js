// The questions of a page come to life at once.
document.querySelectorAll("form[data-question]").forEach((form) => enliven(form));
document.documentElement.dataset.gmmPractice = "true";
