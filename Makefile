# One command each. Every one sets up by itself: Python 3.11 or newer with venv, and the Python package index.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo story test check format score bench pins clean

setup: .venv/ready  ## only the three commands, in .venv/bin

demo: .venv/ready  ## play the story in real time on a local page; Ctrl-C ends it
	@$(BIN)/hoistway-simulator demo

story: .venv/ready  ## play the same story in simulated time into out/
	@$(BIN)/hoistway-simulator demo --headless --out out

test: check  ## all checks and all tests
	@$(BIN)/python -m pytest

check: .venv/ready  ## lint, format, strict types, shape
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_shape.py

format: .venv/ready  ## format and mend what can be mended by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

score: .venv/ready  ## how early and how quiet: make score RECORDS=FOLDER
	@OPENBLAS_NUM_THREADS=1 $(BIN)/hoistway-simulator score $(RECORDS) --peers

bench: .venv/ready  ## the numbers, with the machine's own jitter beside them
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks $(if $(RECORDS),--records $(RECORDS))

pins: .venv/ready  ## resolve the dependencies anew, with hashes and without index addresses
	@$(BIN)/uv pip compile -q pyproject.toml --extra simulator --extra sdl --extra content --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade -o requirements/dev.txt
	@$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade -o requirements/device.txt

.venv/ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "venv is missing: apt-get install python3-venv"; exit 1; }
	@echo "Installing into .venv (once; about a minute)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

clean:  ## remove all that was made
	rm -rf .venv out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
