# Everything that is run here. `make demo` and `make test` need Python 3.11 and nothing else.

PYTHON ?= python3
OUT := out
BIN := .venv/bin

.PHONY: demo test test-long check bench docs mutants clean

demo: .venv/demo  ## Build ResNet-50 for the R329, verify every layer, show its table
	$(BIN)/python examples/demo.py $(OUT)

test: .venv/development  ## The tests, but not those that take minutes
	$(BIN)/pytest -q -n auto -m "not long"

test-long: .venv/development  ## The tests that take minutes
	$(BIN)/pytest -q -n auto -m long

check: .venv/development  ## Format, style, types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: .venv/development  ## Times and sizes, beside those of others
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/passes.py
	$(BIN)/python benchmarks/resnet50.py

docs: .venv/development  ## The manuals that the code writes
	$(BIN)/python docs/generate_isa.py
	$(BIN)/python docs/generate_cli.py

mutants: .venv/development  ## Break the simulator on purpose; the tests must notice
	$(BIN)/python tests/mutations.py

clean:
	rm -rf .venv .links build dist *.egg-info $(OUT)

.venv/demo: EXTRAS := report
.venv/development: EXTRAS := test,check
.venv/demo .venv/development: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	mkdir -p .links && ln -sfn .. .links/aipu  # where pyright finds the package
	touch $@
