"""A question as a form: what a page shows of it, with a script and without one."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import urlencode

from gmm import formulas as F
from gmm.formulas.javascript import javascript
from gmm.formulas.latex import latex
from gmm.formulas.names import identifier
from gmm.practice.question import Choice, Code, Formula, Goal, Guess, Hints, Number, Question

__all__ = ["NORMAL", "Text", "answer", "joined", "pieces", "script"]

# The one function of the book that a typed formula may call.
NORMAL = javascript([F.x, F.mu, F.var], F.normal)


def script(last: str) -> str:
    """Return the script of the questions, with the file at its end that brings them to life."""
    return joined("jsep.js", "progress.js", "practice.js", last)


def joined(*names: str) -> str:
    """Return scripts of the package, one after the other."""
    texts = (files("gmm.practice").joinpath(name).read_text("utf-8") for name in names)
    return "\n".join(text.partition("\n//# sourceMappingURL")[0] for text in texts)


class Text(NamedTuple):
    """A text in MyST, which whoever shows the form typesets; inline where it stands in a line."""

    source: str
    inline: bool = False


def pieces(question: Question, number: str = "", *, functions: bool = False) -> list[str | Text]:
    """Return the form of a question: HTML, and between it the texts that are to be typeset.

    Parameters
    ----------
    question : Question
    number : str
        What it is called on its page: Question 3.
    functions : bool
        Whether the JavaScript goes with it as text. A page has it in a file.

    Returns
    -------
    list of str or Text
    """
    if isinstance(question, Hints):
        level = f'<span class="gmm-level">{question.level}</span>'
        return [f'<div class="gmm-hints" id="question-{question.name}">{level} ', *_hints(question), "</div>"]
    attributes = {
        "id": f"question-{question.name}",
        "data-question": question.name,
        "data-kind": question.kind,
        "data-version": question.version,
    }
    given: dict[str, Any] = {"data": question.data()}
    if functions:
        given |= {"functions": question.functions(), "N": NORMAL}
    legend = f'<span class="gmm-number">{escape(number or "Question")}</span>'
    level = f' <span class="gmm-level">{question.level}</span>'
    return [
        f'<form class="gmm-question" {_attributes(attributes)} autocomplete="off" novalidate><fieldset disabled>',
        f"<legend>{legend}{level}</legend>",
        *([Text(question.text)] if question.text else []),
        *_entry(question),
        '<div class="gmm-verdict" role="status"></div>',
        *_hints(question),
        *_answer(question),
        '</fieldset><div class="gmm-said" hidden>',
        *[piece for name, text in question.said().items() for piece in _said(name, text)],
        *_sets(question),
        f'</div><script type="application/json">{_json(given)}</script></form>',
    ]


def answer(question: Question) -> str:
    """Return the answer in MyST: the key as it was computed, and why."""
    return " ".join(filter(None, [_key(question), question.answer]))


def _key(question):
    """Return the key in words."""
    if isinstance(question, Number):
        return f"{float(question.key):.4g} {question.unit}".strip().replace("-", "−") + "."
    if isinstance(question, Formula):
        return f"${latex(question.key)}$."
    if isinstance(question, Choice):
        (option,) = [option for option in question.options if option.right]
        return f"{option.text.rstrip('.')}. {option.because}"
    if isinstance(question, Code):
        return f"\n```python\n{question.solution.strip()}\n```\n\n"
    spec = question.figure()
    at = [f"{spec.sliders[key].label} = {value:g}" for key, value in question.state.items()]
    return f"One of many: {', '.join(at)}."


def _entry(question):
    """Return what is typed into, chosen from or pressed."""
    field = f'id="answer-{question.name}" name="answer"'
    if isinstance(question, Choice):
        for i, option in enumerate(question.shown):
            yield f'<label class="gmm-option"><input type="radio" name="answer" value="{i}"> <span>'
            yield Text(option.text, inline=True)
            yield "</span></label>"
        yield _press("Guess, and move the figure" if isinstance(question, Guess) else "Check")
    elif isinstance(question, Code):
        label = f'<label for="answer-{question.name}">Your code, in which <code>np</code> is NumPy</label>'
        rows = max(5, question.solution.count("\n") + 2)
        ways = f'{field} rows="{rows}" spellcheck="false" autocapitalize="off"'
        text = f"<textarea {ways}>{escape(question.starter)}</textarea>"
        yield f'<div class="gmm-entry">{label}{text}</div>{_press("Run and check")}'
    elif isinstance(question, Goal):
        yield _press("Check the figure")
    else:
        name = "Your number" if isinstance(question, Number) else "Your formula"
        label = f'<label for="answer-{question.name}">{name}</label>'
        wide = "gmm-number-field" if isinstance(question, Number) else "gmm-formula-field"
        text = f'<input type="text" class="{wide}" {field} autocapitalize="off" spellcheck="false">'
        press = '<button class="gmm-button">Check</button>'
        yield f'<div class="gmm-entry">{label} {text} {_beside(question)} {press}</div>'


def _press(word):
    return f'<div class="gmm-entry"><button class="gmm-button">{word}</button></div>'


def _beside(question):
    """Return the unit of a number, or the letters of a formula."""
    if isinstance(question, Number):
        return f'<span class="gmm-unit">{escape(question.unit)}</span>' if question.unit else ""
    if not question.symbols:
        return ""
    names = ["var" if symbol == F.var else identifier(symbol) for symbol in question.symbols]
    return f'<span class="gmm-unit">in {", ".join(f"<code>{name}</code>" for name in names)}</span>'


def _hints(question):
    for i, hint in enumerate(question.hints, start=1):
        yield from (f'<details class="gmm-hint"><summary>Hint {i}</summary>', Text(hint), "</details>")


def _answer(question):
    """Return the folded answer; that of an exercise stands below it."""
    if question.text:
        yield from ('<details class="gmm-solved"><summary>Answer</summary>', Text(answer(question)), "</details>")


def _said(name, text):
    return f'<div data-say="{name}">', Text(text, inline=True), "</div>"


def _sets(question):
    """Return the words that set the figure, where a question has one."""
    if isinstance(question, Guess | Goal):
        state = urlencode({"live": question.figure().name, **question.state})
        yield f'<a class="gmm-sets" href="#{escape(state)}">Set the figure so</a>'


def _attributes(values):
    return " ".join(f'{name}="{escape(value)}"' for name, value in values.items())


def _json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
