// The editor of a cell: CodeMirror with what a few lines of Python need. esbuild makes one script of it.
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** Once something was typed Tab indents; before that, and after Escape, it goes on to what comes next. */
function tabs() {
  let typed = false;
  return [
    EditorView.updateListener.of(({ docChanged, focusChanged }) => (typed = (typed || docChanged) && !focusChanged)),
    keymap.of([
      { key: "Tab", run: (view) => typed && indentMore(view), shift: (view) => typed && indentLess(view) },
      { key: "Escape", run: () => ((typed = false), false) },
    ]),
  ];
}

/**
 * Put an editor into a place.
 *
 * `changed` is called with each new text, and `run` on Shift-Enter. What is returned has `text`, `set` and `focus`.
 */
globalThis.gmmEditor = (parent, doc, label, { changed, run }) => {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc,
      extensions: [
        Prec.highest(keymap.of([{ key: "Shift-Enter", run: () => (run(), true) }])),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        syntaxHighlighting(classHighlighter),
        python(),
        tabs(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-description": "Shift and Enter run it. Once you have typed, Tab indents, and Escape sets Tab free." }),
        EditorView.updateListener.of(({ docChanged, state }) => docChanged && changed(state.doc.toString())),
      ],
    }),
  });
  return {
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    focus: () => view.focus(),
  };
};
