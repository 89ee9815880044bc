# Every target sets up what it needs; a second call starts at once.
.PHONY: run test check bench lock

PYTHON := .venv/bin/python

run: ## opens the window (no display: runs the demonstration and says so)
	@scripts/set_up.sh
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec .venv/bin/sensorium; \
	else echo "There is no display here: running 'sensorium demo' instead."; exec .venv/bin/sensorium demo; fi

test: ## runs every test
	@scripts/set_up.sh
	@$(PYTHON) -m pytest

check: ## format, lint, types, import contracts
	@scripts/set_up.sh
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: ## the benchmarks: JSON in benchmarks/out, tables on the terminal
	@scripts/set_up.sh
	@$(PYTHON) -m benchmarks

lock: ## pins what is installed in .venv now
	@$(PYTHON) -m pip freeze --exclude-editable | sed 's/+cpu$$//' >requirements.lock
