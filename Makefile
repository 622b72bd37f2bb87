# make book    the site, in _build/html        make test    the proof that it is right
# make lab     the notebooks, to run           make help    the rest

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
SITE := _build/html/index.html
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# What the notebooks run on, and what else the site is made of.
CODE := find pyproject.toml requirements.txt gmm book/benchmark.json book/torch.json -type f ! -name '*.py[co]'
PAGES := find _config.yml _toc.yml book tools -type f ! -name '*.py[co]' ! -path '*/.*'

# Where Python may not keep what it compiles, as in many containers, each of the many processes would compile all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help book draft parts test sweep test-all lint lab edit pdf shots bench mutants format notebooks lock clean FORCE
.PHONY: slides student key exam lms release

help:
	@echo "make book        execute every notebook and build the site in _build/html"
	@echo "make draft       build in _build/draft/html whatever it warns of, and tell the warnings by chapter and cell"
	@echo "make test        build the book, then test what a reader relies on"
	@echo "make test-all    make test, then make sweep"
	@echo "make sweep       the repetitions that make test leaves out: what it samples, in every chapter, width and theme"
	@echo "make lint        the rules of the house: the form of the code and of the chapters"
	@echo "make lab         open the notebooks in JupyterLab, as a reader has them; yours to change, in notebooks/"
	@echo "make edit        open the sources of the book in JupyterLab"
	@echo "make parts       fetch what runs Python in the pages, where the first build had no network, and build"
	@echo "make slides      a deck for each chapter, in _build/slides; with the speaker's notes, in _build/speaker (ONLY=em)"
	@echo "make student     class notebooks without solutions, for nbgrader, in _build/student; make key: with them, in _build/key"
	@echo "make exam        variants of a paper and their keys, in _build/exam (SEED=2027)"
	@echo "make lms         the bank as Moodle XML, and site and decks as a zip, in _build/lms"
	@echo "make release     zips of all that, with checksums, in _build/release"
	@echo "make pdf         print the whole book into _build/gaussian-mixture.pdf (ONLY=em: this chapter)"
	@echo "make shots       take a picture of every page, light and dark, desktop and phone, in _build/shots"
	@echo "make notebooks   execute the notebooks in place and store their outputs (ONLY=\"normal em\" for some)"
	@echo "make bench       compare with other programs, and write what the chapter on the engine shows (QUICK=1: a short look)"
	@echo "make mutants     change the package in 300 small ways and see whether a test fails each time (an hour at most)"
	@echo "make format      put the code into the project's form"
	@echo "make lock        choose the exact versions of requirements.txt anew"
	@echo "make clean       remove the site, the caches and the environment"

book: $(SITE)
	@echo "The book is built. Open $(CURDIR)/$(SITE)"

draft: $(INSTALLED) _build/code
	$(BIN)/python -m tools.build --draft

test: $(SITE)
	$(BIN)/python -m tests.pages.browser
	$(BIN)/pytest --numprocesses auto --ignore tests/pages/test_budget.py -m "not sweep" \
	    --doctest-modules --doctest-glob README.md tests gmm README.md
	$(BIN)/pytest -m "not sweep" tests/pages/test_budget.py  # alone, for it measures times

sweep: $(SITE)
	$(BIN)/python -m tests.pages.browser
	$(BIN)/pytest --numprocesses auto -m sweep tests
	$(BIN)/pytest --numprocesses auto --dist loadfile --nbval book

test-all: test sweep

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pytest --quiet tests/style

lab: $(SITE)
	@$(BIN)/python -m tools.readers notebooks
	@$(BIN)/jupyter trust notebooks/*.ipynb > /dev/null
	@echo "Choose Run > Run All Cells. What you change stays in notebooks/; a notebook that you delete comes back as it was."
	$(BIN)/jupyter-lab $(AS_ROOT) --notebook-dir notebooks notebooks/index.ipynb

edit: $(INSTALLED)
	$(BIN)/jupyter-lab $(AS_ROOT) --notebook-dir book

parts: $(INSTALLED)
	$(BIN)/python -m tools.parts
	@rm -f _build/pages
	@$(MAKE) --no-print-directory book

pdf: $(SITE)
	$(BIN)/python -m tests.pages.browser
	$(BIN)/python tools/pdf.py $(ONLY)

slides: $(SITE)
	$(BIN)/python -m kit.slides $(ONLY)

student key: $(SITE)
	$(BIN)/python -m kit.classes $@

exam: $(INSTALLED)
	@test -n "$(SEED)" || { echo "A paper needs a seed, as in: make exam SEED=2027"; exit 1; }
	$(BIN)/python -m tests.pages.browser
	$(BIN)/python -m kit.paper $(SEED)

lms: slides
	$(BIN)/python -m kit.moodle
	$(BIN)/python -m kit.release site

release: slides student key
	$(BIN)/python -m kit.release

shots: $(SITE)
	$(BIN)/python -m tests.pages.browser
	$(BIN)/python tools/shots.py

# One thread for all: what the libraries below NumPy would share out is not what is compared.
bench: $(INSTALLED)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 $(BIN)/python -m benchmarks $(if $(QUICK),quick)
	$(BIN)/python -m benchmarks.scale $(if $(QUICK),60 100000)

mutants: $(INSTALLED)
	$(BIN)/pip install --quiet cosmic-ray
	$(BIN)/python tools/mutants.py

format: $(INSTALLED)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

notebooks: $(INSTALLED)
	$(BIN)/python tools/notebooks.py $(ONLY)

lock: $(INSTALLED)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --extra book --extra test --no-emit-index-url \
	    --custom-compile-command "make lock" --output-file requirements.txt pyproject.toml

clean:
	rm -rf _build .venv .pytest_cache .ruff_cache .hypothesis gmm.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

# The environment: the exact versions, compiled when first imported, then the package itself.
$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "$(PYTHON) is too old: the book needs Python 3.11 or later, as in: make book PYTHON=python3.13"; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "Installing the exact versions into .venv"
	$(BIN)/pip install --disable-pip-version-check --no-deps --no-compile --quiet --requirement requirements.txt
	$(BIN)/pip install --disable-pip-version-check --no-deps --quiet --editable .
	@mkdir -p .venv/etc/ipython
	@echo 'c.IPKernelApp.log_level = "ERROR"' > .venv/etc/ipython/ipython_kernel_config.py
	@touch $@

# Checksums tell what has changed, whatever the clock says. The execution cache
# looks at the notebooks only, so it goes when what they run on has changed.
_build/code: FORCE
	@mkdir -p _build
	@$(CODE) -exec cksum {} + | sort -k 3 > $@.new
	@cmp -s $@.new $@ || { rm -rf _build/.jupyter_cache; cp $@.new $@; }

_build/pages: FORCE
	@mkdir -p _build
	@{ $(PAGES) -exec cksum {} + ; echo "0 0 $(BOOK_REPOSITORY)"; } | sort -k 3 > $@.new
	@cmp -s $@.new $@ || cp $@.new $@

$(SITE): $(INSTALLED) _build/code _build/pages
	$(BIN)/python -m tools.build
