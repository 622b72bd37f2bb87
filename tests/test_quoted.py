"""What the prose says of a simulation or a fit is what the cell beside it has printed.

nbval compares what a cell prints with what is stored; here the sentences are compared with that.
"""

import pytest

from tests.notebooks import cells
from tools.contents import BOOK

# For each chapter: words of its prose, the cell that they speak of, and parts of what it printed.
QUOTED = {
    "fits": [
        ("the gap of 0.14 that the waits have", "13b", "K = 1: D = 0.1415"),
        ("five samples in six have a larger gap", "13b", "p = 0.84"),
        ("gaps of up to 0.06", "13b", "by chance up to 0.0610"),
        ("below 76 minutes, and one in twenty above 88", "15b", "x_0.5 = 75.5158 75.5158 minutes\nx_0.95 = 88.4060"),
        ("they run from 9 to 51", "23", "[44 33 14  9  9 16 36 51 44 16]"),
        ("less than one sample of a hundred thousand", "28d", "with 22 degrees of freedom, p = 9e-06"),
        ("miss them by less than their degrees of freedom", "28d", "X² = 15.5 with 18 degrees"),
        (
            "gains 2.4 on what it has seen",
            "30b",
            "K = 2: seen -1034.0, held out -1040.7 nats\nK = 3: seen -1031.6, held out -1041.6",
        ),
        ("the gap is about 0.19", "45b", "K = 1: D = 0.191"),
        ("it is 0.11, at 20 221 km/s", "45b", "K = 3: D = 0.106 at 20.221, p = 0.025"),
        ("differ by less than one standard deviation", "43", "6 observed, 6.6 ± 2.5 expected"),
    ],
    "cases": [
        ("Both have too large a sixth moment, the first by less", "15b", "data 181943, mixtures [189500, 192422]"),
        ("the weight from 0.42 to 0.53", "13b", "weights=[0.424059", "weights=[0.532975"),
        (
            "one has a gap as large with two, and none with three",
            "25b",
            "p = 0.050\nK = 3: largest gap 0.106, p = 0.025",
        ),
        ("there BIC and ICL are content with one component, and AIC takes all five", "27", "AIC 5, BIC 1, ICL 1"),
        ("`fit` counts the component as spurious", "28a", "5.5 galaxies, spurious: True"),
        ("is −0.54, where 272 independent draws have", "30", "correlation -0.54"),
        ("They agree on 97 per cent", "32b", "they agree on 0.971"),
        ("five times too large", "36b", "by the weight 0.36, by the order 0.07"),
        ("two answers or none", "40b", "[ 85   9 106]"),
        ("four fifths", "44", "[0.207 0.174]"),
    ],
    "recorded": [
        ("there are 51 classes", "13b", "51 classes"),
        ("lost 0.0834 and 0.0833 square minutes", "15", "[0.0834 0.0833] 0.0833"),
        ("still finds a variance near 1", "19b", "0.7120    -0.6213      0.9907"),
        ("has a $\\sigma$ of 0.0023, about half a class", "23b", "[0.01653 0.00226 0.01278]"),
        ("more than twice as wide as a class", "23b", "[0.00913 0.01497 0.01233]"),
        ("even falls there, to 0.682", "33", "5 [0.682 0.505]"),
        ("came out as 5.53 instead of 5.87", "21", "[5.53 5.76]", "[5.87 5.87]"),
    ],
    "gradient": [
        ("after 9 iterations", "18", "EM:       there after 9 steps"),
        ("already 0.1 leads nowhere", "24b", "0.1:  76.6 nats missing"),
        ("With 0.03 the walk in hours is even ahead", "24b", "0.03:   0.7 nats missing"),
        (
            "by 117 nats in the first step, and by 209 in three",
            "51",
            "-1034.00    1.000\n   -917.15    1.544\n   -862.55    1.890\n   -824.87",
        ),
        ("by up to $4.5 \\cdot 10^{-6}$", "49", "0.4824286", "0.4824241"),
        ("It takes 353", "55", "353 tries"),
        ("took 284 steps", "18", "there after 284 steps"),
        ("arrives after 7 steps, where EM takes 9", "61", "7 steps, never falls: True"),
    ],
    "how-many": [
        ("gains 5.8 nats", "gain", "-203.482 nats\n-197.710 nats"),
        ("their $\\sigma$ is 0.92, and that of the seven near 10 is 0.42", "far", "[0.42 2.2  0.92]"),
        ("ICL grows by 40", "table", "442.222", "482.634"),
        ("in 11 of 100 samples", "null-shares", "regular 0.1118"),
        ("Here it does so in three of four", "null-shares", "AIC takes two: 0.77"),
        ("In 85 samples the narrower component", "null-shares", "a tenth: 0.85"),
        ("almost twice their five parameters", "boast", "optimism 9.42 nats"),
        ("a hundred-thousandth of a nat", "equal", "log L -1034.00176", "log L -1034.00175"),
        ("by 2.0 and by 5.6", "equal", "AIC 2076.0, BIC 2090.4", "AIC 2078.0, BIC 2096.0"),
        ("in 21 samples instead of 77", "marked", "AIC takes two in 77", "AIC takes two in 21"),
        ("Fourteen of the 99 samples", "as-large", "14 of 99"),
        ("So $p = 0.15$", "test", "p = 0.15 by 99 samples"),
        ("at 0.4 of the width it is less than 7 nats", "bound-numbers", "waits: 6.75 nats at 0.4, 0.25 at 0.99"),
        ("chance would gain so much once in a hundred times", "wrong", "p by the table      0.009"),
        ("one ratio in twenty above 7.81", "wrong-often", "in a regular model 0.050"),
        ("in almost every second sample of one normal", "wrong-often", "highest end: 0.47"),
        ("it is one sample in ten", "wrong-often", "as fit does: 0.10"),
        ("gains 2.4 nats only", "2-solved", "-1034.002", "-1031.635"),
        ("The p-values are 0.20, and 0.35 with the rounding", "4-solved", "p = 0.200\nrounded  p = 0.350"),
        ("The smallest $\\sigma$, 0.009", "5-solved", "0.009211          22.7"),
    ],
    "sure": [
        ("a mean of 54.6 minutes, give or take 0.7", "7", "0.6945"),
        ("68 per cent of its area", "16", "137 of 200"),
        ("within 9 per cent of each other", "16", "1.09"),
        ("becomes $6.31 / (2 \\cdot 5.87) = 0.54$", "18", "by the slope 0.537"),
        ("without them it was 0.031", "13", "[0.0312 "),
        ("a standard error of 0.15", "28", "[0.15 0.15]"),
        ("they agree to about a thousandth", "39", "[0.3   0.422]\nprofile [0.301 0.423]"),
    ],
}


@pytest.mark.parametrize("chapter", QUOTED)
def test_numbers_in_the_prose_are_those_that_a_cell_printed(chapter):
    path = BOOK / f"{chapter}.ipynb"
    prose = "\n".join(cell.source for cell in cells(path, "markdown"))
    prefix = "many" if chapter == "how-many" else chapter
    printed = {cell.id: written(cell) for cell in cells(path, "code")}
    for words, place, *outputs in QUOTED[chapter]:
        assert words in prose, words
        assert all(output in printed[f"{prefix}-{place}"] for output in outputs), words


def written(cell):
    """Return what a cell has printed, or returned."""
    return "".join(each.get("text") or each.get("data", {}).get("text/plain", "") for each in cell.outputs)
