"""The course kit: what a lecturer needs beside the pages, made from the same notebooks and the same bank.

    make slides      a deck for each chapter          kit.deck, kit.slides, kit.minutes
    make student     class notebooks, and their key   kit.classes
    make exam        a paper, with its key            exam
    make lms         the bank for a learning system   kit.moodle
    make release     all of it, with checksums        kit.release

`book/teach.ipynb` says how they are used.
"""
