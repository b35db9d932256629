# Every target works from a bare clone: what it needs is set up first, and only once.
.DEFAULT_GOAL := help
.PHONY: help update book pdf release test test-fast test-exhaustive check hooks lab grade notebooks translations bench \
  results chromium site
SHELL := bash

PYTHON ?= $(shell command -v python3.11 || command -v python3)
# PyTorch on Linux: cpu, cuda, or the URL of an index.
TORCH ?= cpu
SUBMISSION ?= chapters
BIN := .venv/bin
READY := .venv/.ready
GRADE := $(if $(EXERCISE),--exercise $(EXERCISE)) $(if $(SCORECARD),--scorecard $(SCORECARD))
# Tests run on every processor; those of one file stay together on one, and share what they open.
PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count())')
PYTEST := $(BIN)/pytest -n $(PROCESSES) --dist loadfile

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml tools/requirements.txt
	@echo "── Setting up .venv: once, half a minute to three minutes; downloads 0.54 GB"
	@TORCH=$(TORCH) $(PYTHON) tools/install.py
	@touch $@

update: $(READY) ## fetch what is new in the course and merge it into your chapters
	@$(BIN)/python tools/update.py

notebooks: $(READY) ## build chapters/ and solutions/ from course/ and lstm_ref/
	@$(BIN)/python tools/build_notebooks.py --keep-work

site: notebooks
	@echo "── Building the site; chapters that changed are executed"
	$(BIN)/jupyter-book build . -W -n --keep-going

book: site ## build the site into _build/html
	@echo "── Open _build/html/index.html in a browser"

pdf: export COURSE_PDF := 1
pdf: site ## build the site and print it into _build/html/course.pdf (needs Chromium)
	@$(BIN)/python tools/print_book.py

release: pdf ## build wheel, PDF and archives of a release into _build/release/ (TAG=v0.2.0 must name the version)
	@$(BIN)/python tools/release.py $(if $(TAG),--tag $(TAG))

translations: notebooks ## update website/locale/ and list what is not translated (PAGE=chapters/02_gates: begin one)
	@$(BIN)/python tools/translations.py catalogues $(PAGE)

lab: notebooks ## open the course in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=. chapters/01_recurrence.ipynb

grade: $(READY) ## grade chapters/ (or SUBMISSION=PATH; EXERCISE=1.2; SCORECARD=FILE.json)
	@$(BIN)/pytest tests/exercises --submission $(SUBMISSION) $(GRADE) --tb=no --no-header -q -r N || test $$? -eq 1

test: site chromium ## run every test that guards behaviour: eight minutes on two processors
	@echo "── Exercises, reference, translator, grader, builder and site"
	$(PYTEST) tests -m "not exhaustive"
	@echo "── Solutions give the outputs that they carry"
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile --nbval solutions -q -W default

test-fast: notebooks ## run the tests that need no browser, no site and no notebook: 90 seconds
	$(PYTEST) tests -m "not exhaustive and not slow and not browser and not site and not notebooks"

test-exhaustive: site chromium ## run the tests of every mutant, style, seed and experiment: hours
	$(PYTEST) tests -m exhaustive
	@echo "── Chapters run from top to bottom"
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile --nbval-lax chapters -q -W default

check: $(READY) ## check style, types, imports, dependencies and generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright
	$(BIN)/python -m pip check
	$(BIN)/python tools/build_notebooks.py --check --keep-work

hooks: ## let git run `make check` before each commit
	git config core.hooksPath .ci/hooks

bench: $(READY) ## time the reference and the grader, as ratios measured side by side
	@for file in research/benchmarks/*.py; do echo "── $$file"; $(BIN)/python $$file || exit 1; done

results: $(READY) ## repeat the papers in small into research/results/ (ONLY=adding; AGAIN=1 even what is up to date)
	@OMP_NUM_THREADS=1 $(BIN)/python -m research.experiments $(ONLY) $(if $(AGAIN),--again)

chromium: $(READY)
	@command -v chromium chromium-browser google-chrome >/dev/null && exit 0; \
	echo "── Installing Chromium for the browser tests"; \
	{ if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	  then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else $(BIN)/playwright install chromium; fi; } \
	|| echo "── No Chromium could be installed: the browser tests will be skipped"
