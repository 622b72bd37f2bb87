// Typeset formulas: each line that comes in is the JSON of KaTeX's two arguments,
// each line that goes out is that of {html} or {error}.
"use strict";

const katex = require(process.argv[2]);

const typeset = (line) => {
  try {
    return { html: katex.renderToString(...JSON.parse(line)) };
  } catch (error) {
    return { error: error.message };
  }
};

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => console.log(JSON.stringify(typeset(line))));
