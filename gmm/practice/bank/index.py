"""A guess and a goal on the first page."""

from gmm import formulas as F
from gmm.practice import shown
from gmm.practice.question import Goal, Guess, Option

__all__ = ["QUESTIONS"]

QUESTIONS = [
    Guess(
        "index-guess-share",
        "Before you move the bells: which share of the waits belongs to the first one, when both fit best?",
        options=[
            Option("About a third", "The best mixture gives it 36 %.", right=True),
            Option("About a half", "The second hump is higher and as wide, so more waits are long."),
            Option("About two thirds", "It is the other way round."),
        ],
        proof=lambda: bool(0.3 < shown.fitted().weights[0] < 0.4),
        figure=shown.front,
        state={"pi1": 0.36, "mu1": 48, "var1": 36, "mu2": 90, "var2": 36, "step": 0},
        hints=["Compare the areas of the two humps, not their heights alone.", "Count the bricks left of 68 roughly."],
    ),
    Goal(
        "index-goal-five",
        "Lay the two bells over the waits by hand, to within 5 nats of the best fit, and without EM.",
        figure=shown.front,
        predicate=lambda: F.stable_log_likelihood() > float(shown.pair().log_likelihood) - 5,
        state={"pi1": 0.36, "mu1": 54.6, "var1": 34.5, "mu2": 80.1, "var2": 34.4, "step": 0},
        hints=[
            "First the places of both bells, then their shares, and their widths last.",
            "Watch the nats after each move.",
        ],
    ),
]
