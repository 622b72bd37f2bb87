"""Print a paper: `python -m exam SEED`."""

import argparse

from exam.paper import paper, written


def main():
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(prog="python -m exam", description="Print a paper of the graded pool.")
    parser.add_argument("seed", type=int, help="the same seed gives the same paper")
    parser.add_argument("--n", type=int, default=12, help="how many questions")
    parser.add_argument("--of", nargs="*", default=(), help="only templates whose names begin so")
    parser.add_argument("--key", action="store_true", help="with the key and the named slips")
    options = parser.parse_args()
    print(written(paper(options.seed, options.n, tuple(options.of)), key=options.key))


if __name__ == "__main__":
    main()
