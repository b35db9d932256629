# Every target works from a bare clone: what it needs is set up first, and only once.
.DEFAULT_GOAL := help
.PHONY: help book test lab grade notebooks bench clean
SHELL := bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SUBMISSION ?= chapters

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml constraints.txt
	@echo "── Setting up $(VENV) (once; one to three minutes, about 1.7 GB)"
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit(f"{sys.executable} is Python {v[0]}.{v[1]}; the course needs 3.11 or later. Name one: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -c constraints.txt -e '.[book,test]'
	@touch $@

lab: $(READY) ## open JupyterLab in the course
	$(BIN)/jupyter lab --notebook-dir=. chapters/01_recurrence.ipynb
