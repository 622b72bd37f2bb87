"""The graded pool: as many questions again as the book has, from a seed, and none of them in the site."""

import re
import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import norm

from exam import pool
from exam.paper import paper, written
from exam.pool import TEMPLATES, number
from gmm import practice
from tools.contents import ROOT


def test_the_pool_gives_as_many_questions_again_and_no_two_alike():
    asked = [question for question in practice.questions().values() if question.kind]
    drawn = paper(7, len(asked))
    assert len({question.text for question in drawn}) == len(asked)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_draws_other_numbers_from_another_seed_and_its_slips_differ_from_its_key(name):
    make = TEMPLATES[name]
    drawn = [make(np.random.default_rng(seed))(f"exam-{seed}") for seed in range(12)]
    assert len({question.text for question in drawn}) > 1
    for question in drawn:
        assert np.isfinite(question.key)
        for slip in question.slips:
            assert abs(slip.value - question.key) > 2 * question.tolerance * max(abs(slip.value), abs(question.key))
    assert any(question.slips for question in drawn)


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_slip_of_a_template_is_another_thing_than_its_key(name, monkeypatch):
    named, kept = set(), set()

    def noted(text, key, unit="", slips=(), **options):
        named.update(because for _, because in slips)
        return number(text, key, unit, slips, **options)

    monkeypatch.setattr(pool, "number", noted)
    for seed in range(60):
        kept |= {slip.because for slip in TEMPLATES[name](np.random.default_rng(seed))("exam").slips}
    assert kept == named


@pytest.mark.parametrize("seed", range(6))
def test_keys_are_what_the_numbers_in_the_text_give(seed):
    rng = np.random.default_rng(seed)
    peak, point = (TEMPLATES[name](rng)("exam") for name in ("normal-peak", "normal-point"))
    (sigma,) = (float(found) for found in re.findall(r"-?\d+\.?\d*", peak.text))
    assert peak.key == pytest.approx(norm.pdf(0, 0, sigma))
    mean, variance, x = (float(found) for found in re.findall(r"-?\d+\.?\d*", point.text))
    assert point.key == pytest.approx(norm.pdf(x, mean, variance**0.5))


def test_a_seed_gives_one_paper():
    one, same, other = (written(paper(seed), key=True) for seed in (1, 1, 2))
    assert one == same != other
    assert one.count(" = ") >= 12


def test_a_paper_may_be_of_some_chapters_only():
    assert all("-em-" in question.name for question in paper(3, 5, ("em-",)))
    with pytest.raises(ValueError, match="of is poetry, and no template begins so"):
        paper(3, 5, ("poetry",))


def test_the_command_prints_a_paper_without_its_key():
    told = subprocess.run(
        [sys.executable, "-m", "exam", "5", "--n", "4"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.rstrip("\n") == written(paper(5, 4))


def test_the_pool_is_no_part_of_what_is_installed():
    assert 'include = ["gmm*"]' in (ROOT / "pyproject.toml").read_text("utf-8")
