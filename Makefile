# Everything that is run here. `make demo` and `make test` need Python 3.11 and nothing else.

PYTHON ?= python3
BIN := .venv/bin
DEMO := demo
RESNET50 := $(DEMO)/resnet50_v1.onnx
LIGHT_RESNET50 := import onnx; print(onnx.__path__[0] + "/backend/test/data/light/light_resnet50.onnx")

TENSORFLOW := .venv/tensorflow
PEERS := .venv/peers
TORCH ?= torch==2.13.0  # a CPU build where pip finds one; PyPI's brings CUDA to Linux

.PHONY: demo test test-long torch check bench bench-schedule bench-peers bench-jobs bench-host results docs mutants fuzz clean

demo: .venv/demo $(RESNET50)  ## ResNet-50 on the R329: build, run, report, verify
	cp "$$($(BIN)/python -c '$(LIGHT_RESNET50)')" $(DEMO)/resnet50_v1.5.onnx
	$(BIN)/aipu build $(RESNET50) -o $(DEMO)/resnet50_v1
	$(BIN)/aipu build $(DEMO)/resnet50_v1.5.onnx -o $(DEMO)/resnet50_v1.5 --random-weights 0 > /dev/null
	$(BIN)/aipu run $(DEMO)/resnet50_v1
	$(BIN)/aipu report $(DEMO)/resnet50_v1 --verify --html $(DEMO)/resnet50_v1.html --trace $(DEMO)/resnet50_v1.trace.json > /dev/null
	cd $(DEMO) && ../$(BIN)/aipu compare resnet50_v1 resnet50_v1.5 --verify
	@echo
	@echo "$(DEMO)/resnet50_v1.html is the report for a browser,"
	@echo "$(DEMO)/resnet50_v1.trace.json every instruction for https://ui.perfetto.dev"

test test-long: export OPENBLAS_NUM_THREADS = 1  # there are processes enough

test: .venv/development  ## The tests, but not those that take minutes
	$(BIN)/pytest -q -n auto -m "not long"

test-long: .venv/development $(TENSORFLOW)/ready  ## The tests that take minutes; and TensorFlow's word on its graphs
	$(BIN)/pytest -q -n auto -m long
	TF_CPP_MIN_LOG_LEVEL=3 $(TENSORFLOW)/bin/pytest -q -m "not long" tests/frontends/tensorflow

torch: .venv/torch  ## PyTorch, without which its frontend's tests skip

check: .venv/development  ## Format, style, types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: .venv/development $(RESNET50)  ## Times and sizes, beside those of others
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/passes.py
	$(BIN)/python benchmarks/builds.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/candidates.py
	$(BIN)/python benchmarks/resnet50.py $(RESNET50)
	$(BIN)/python benchmarks/calibration.py $(RESNET50)

NETWORKS ?= $(RESNET50) $(RESNET50)@4

ABLATED ?= $(RESNET50)

bench-schedule: .venv/development $(RESNET50)  ## What each strategy makes of NETWORKS, and each idea of ABLATED
	$(BIN)/python benchmarks/schedules.py $(NETWORKS)
	$(BIN)/python benchmarks/ablation.py $(ABLATED)

bench-jobs: .venv/development  ## The first job of PACKAGES by the driver, and another
	$(BIN)/python benchmarks/jobs.py $(PACKAGES)

bench-host: .venv/development  ## The host's segments of PACKAGES by each engine
	$(BIN)/python benchmarks/host_engines.py $(PACKAGES)

bench-peers: .venv/development $(PEERS)/ready  ## Layers as ZigZag would run them, beside the strategies, into docs/results.md
	mkdir -p $(DEMO)
	$(BIN)/python benchmarks/peer_schedules.py $(PEERS)/bin/python $(DEMO)/zigzag.jsonl

NCNN ?= ../ncnn/benchmark

results: .venv/development  ## The tables of docs/results.md: hours; NCNN is where .param files are
	$(BIN)/python benchmarks/cuts.py $(NCNN)
	$(BIN)/python benchmarks/cuts.py $(NCNN) --build
	$(BIN)/python benchmarks/silicon.py
	$(BIN)/python benchmarks/elementwise.py

docs: .venv/development  ## The manuals that the code writes
	$(BIN)/python docs/generate_isa.py
	$(BIN)/python docs/generate_cli.py
	$(BIN)/python docs/generate_operators.py
	$(BIN)/python docs/generate_api.py
	$(BIN)/python docs/refresh_outputs.py docs/*.md README.md

mutants: .venv/development  ## Break the simulator on purpose; the tests must notice
	$(BIN)/python tests/mutations.py

SECONDS ?= 600
SEED ?= 0

fuzz: export OPENBLAS_NUM_THREADS = 1
fuzz: .venv/development  ## Random graphs, schedules and programs, SECONDS long: faults land in fuzz/
	$(BIN)/python -m aipu.tests.fuzz --seconds $(SECONDS) --seed $(SEED)

clean:
	rm -rf .venv .links build dist *.egg-info $(DEMO) fuzz

.venv/demo: EXTRAS := report
.venv/development: EXTRAS := test,check
.venv/demo .venv/development: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	mkdir -p .links && ln -sfn .. .links/aipu  # where pyright finds the package
	touch $@

.venv/torch: .venv/development
	$(BIN)/pip install --quiet --disable-pip-version-check '$(strip $(TORCH))'
	touch $@

$(TENSORFLOW)/ready: pyproject.toml | .venv/development
	$(PYTHON) -m venv $(TENSORFLOW)
	$(TENSORFLOW)/bin/pip install --quiet --disable-pip-version-check --editable '.[test]' 'tensorflow-cpu>=2.16'
	touch $@

$(PEERS)/ready:
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check zigzag-dse==3.9.1 six  # which it imports
	touch $@

$(RESNET50): examples/networks/resnet.py | .venv/demo
	mkdir -p $(DEMO)
	$(BIN)/python -m aipu.examples.networks resnet50 $@
