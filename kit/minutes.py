"""How long a lecture takes: `python -m kit.minutes [CHAPTER …]`.

What the notes say is read at 120 words a minute. A line of the notes that begins with ▶ is a gesture, something to
do or to ask, with the room's answer, and takes 45 seconds by the clock; its words are for the speaker's eye.
"""

import re
import sys
from typing import NamedTuple

import nbformat

from kit import deck
from tools.contents import BOOK, chapters
from tools.teaching import SAID_A_MINUTE

SECONDS_A_GESTURE = 45
GESTURE = "▶"


class Lecture(NamedTuple):
    """What a deck asks of its speaker."""

    slides: int
    words: int
    gestures: int

    @property
    def minutes(self):
        """Return how long it takes."""
        return self.words / SAID_A_MINUTE + self.gestures * SECONDS_A_GESTURE / 60


def words(text):
    """Return the number of words in a text; a formula counts as one for each of its letters and numbers."""
    return len(re.findall(r"[\w’'-]+", text))


def lecture(name):
    """Return what the deck of a chapter asks of its speaker."""
    slides = deck.slides(nbformat.read(BOOK / f"{name}.ipynb", 4))
    lines = [line for slide in slides for note in slide.notes for line in note.splitlines()]
    done = [line for line in lines if line.startswith(GESTURE)]
    return Lecture(len(slides), sum(words(line) for line in lines if line not in done), len(done))


def main(wanted):
    """Print a line for each chapter; one without notes of its own is read out as its page says it."""
    print(f"{'chapter':18} slides  words  gestures  minutes")
    for name in wanted or chapters():
        one = lecture(name)
        print(f"{name:18} {one.slides:6} {one.words:6} {one.gestures:9} {one.minutes:8.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
