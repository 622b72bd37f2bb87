"""A graded pool apart from the book: questions whose numbers are drawn from a seed.

    python -m exam 2027              a paper of twelve questions
    python -m exam 2027 --key        and its key
    python -m exam 2027 --n 30 --of em updates

No page of the site shows it. It lies in a public repository, so it is no
secret: what keeps a paper fair is its seed. Each template draws its own
numbers, and its key is computed by `gmm` from them, as the book's keys are.
"""
