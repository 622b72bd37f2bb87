"""A paper: some templates of the pool, filled with numbers that a seed draws."""

import zlib

import numpy as np

from exam.pool import TEMPLATES
from gmm.practice.question import Question

__all__ = ["paper", "written"]


def paper(seed: int, n: int = 12, of: tuple[str, ...] = (), variant: int = 0) -> list[Question]:
    """Return the questions of a paper.

    Parameters
    ----------
    seed : int
        The same seed gives the same paper.
    n : int
        How many questions; each template is taken once before any is taken again.
    of : tuple of str
        Only templates whose name begins with one of these.
    variant : int
        The same templates in the same order, with other numbers: for neighbours in a hall.

    Raises
    ------
    ValueError
        If no template begins so.
    """
    names = [name for name in TEMPLATES if not of or name.startswith(tuple(of))]
    if not names:
        raise ValueError(f"of is {', '.join(of)}, and no template begins so. There are {', '.join(TEMPLATES)}.")
    order = np.random.default_rng(seed).permutation(len(names))
    drawn: dict[str, Question] = {}  # by their texts: no two are alike
    for place in range(n):
        name = names[order[place % len(names)]]
        rng = np.random.default_rng([seed, place, zlib.crc32(name.encode()), *([variant] if variant else [])])
        question = TEMPLATES[name](rng)(f"exam-{seed}-{place + 1}-{name}")
        while question.text in drawn:
            question = TEMPLATES[name](rng)(question.name)
        drawn[question.text] = question
    return list(drawn.values())


def written(questions: list[Question], *, key: bool = False) -> str:
    """Return a paper as text, with its key and its slips if asked for."""
    parts = []
    for place, question in enumerate(questions, start=1):
        parts.append(f"{place}. {question.text}{f' (in {question.unit})' if question.unit else ''}")
        if key:
            parts.append(f"   = {question.key:.4g}")
            parts += [f"     {slip.value:.4g}: {slip.because}" for slip in question.slips]
    return "\n".join(parts)
