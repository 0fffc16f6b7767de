# make run          the dashboard at http://localhost:8501
# make tensorboard  TensorBoard on the trainings; it prints its address
# make test         all checks: ruff, import-linter, mypy, pytest
# make bench        the measurements that take minutes
#
# The first of them makes .venv and installs what is pinned; after that they start at once.
# Another Python: make run PYTHON=/path/to/python3.12

PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
PIP := .venv/bin/python -m pip --disable-pip-version-check

.PHONY: run tensorboard test bench

run: .venv/.installed
	.venv/bin/python -m streamlit run Home.py --server.showEmailPrompt=false

tensorboard: .venv/.installed
	@.venv/bin/python -m core tensorboard

test: .venv/.installed-dev
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/lint-imports --no-logo
	.venv/bin/python -m mypy
	.venv/bin/python -m pytest tests/browser tests/pages tests/unit --numprocesses 3 --no-loadscope-reorder --durations 15

bench: .venv/.installed-dev
	.venv/bin/python -m tests.benchmarks.draw_latency
	.venv/bin/python -m tests.benchmarks.quick_preset

# The marks are written last, so that an install that was interrupted is taken up again.
.venv/.installed: requirements.txt | .venv/.made
	$(PIP) install -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	$(PIP) install -r requirements-dev.txt
	@touch $@

# A .venv that works is kept. Some systems ship pip but not the module that puts it into a new environment: then the
# system's pip puts it there.
.venv/.made:
	@new_enough() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; \
	if new_enough .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then touch $@; exit; fi; \
	for python in $(PYTHONS); do \
		new_enough "$$python" || continue; \
		echo "Making .venv with $$("$$python" --version)"; \
		"$$python" -m venv --clear .venv >/dev/null 2>&1 || \
			{ "$$python" -m venv --clear --without-pip .venv && "$$python" -m pip --python .venv/bin/python install pip; } || \
			exit; \
		touch $@; exit; \
	done; \
	echo "Digit Lab needs Python 3.11 or newer, and found none as: $(PYTHONS)." >&2; \
	echo "Install one, or name it: $(MAKE) $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	exit 1
