// What is kept of the answers, on this machine only: by question, with the version that was answered.
//
// It stands before practice.js and review.js. A browser may forbid storage: it then holds for this page.

const KEPT = "gmm-practice";
let memory = {};

const progress = {
  all() {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) ?? {};
    } catch {
      return memory;
    }
  },
  put(all) {
    memory = all;
    try {
      localStorage.setItem(KEPT, JSON.stringify(all));
    } catch {
      // It then holds for this page.
    }
  },
  /** What was answered to this version of a question. */
  of(name, version) {
    const kept = this.all()[name];
    return kept?.version === version ? kept : null;
  },
  keep(name, entry) {
    this.put({ ...this.all(), [name]: entry });
  },
};
