# Every target sets up what it needs; a second call starts at once.
.PHONY: run test check bench starter lock

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

FONT := /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf

SPEAKERS := espeak-ng flite festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts

STARTERS := vit clip blip_vqa blip_caption llava wav2vec2 autoencoder sd controlnet

# A GPU is used where there is one. Without, each training ends after an hour, and what draws has then learned less.
# `make starter THREADS=1` is faster where others use the processor.
# `make starter STEPS=2 POOL=200 SENSORIUM_STARTER_DIR=/tmp/try` tries in a copy whether all of it still works.
starter: ## trains the starter models anew; called again, goes on where it was cut off
	@scripts/set_up.sh
	@test -e $(FONT) || $$(test "$$(id -u)" = 0 || echo sudo) apt-get install -y -qq fonts-noto-color-emoji
	@dpkg -s $(SPEAKERS) >/dev/null 2>&1 || $$(test "$$(id -u)" = 0 || echo sudo) apt-get install -y -qq $(SPEAKERS)
	@$(PYTHON) -m tools.starter.pool $(if $(POOL),--scenes $(POOL))
	@$(PYTHON) -m tools.starter.drawing_pool $(if $(POOL),--drawings $(POOL))
	@$(PYTHON) -m tools.starter.voices $(if $(POOL),--utterances $(POOL))
	@for model in $(STARTERS); do \
	  $(PYTHON) -m tools.starter.train_$$model $(if $(STEPS),--steps $(STEPS)) $(if $(THREADS),--threads $(THREADS)) || exit; done
	@$(PYTHON) -m benchmarks.starter --ship $(if $(POOL),--scenes $(POOL))
	@$(PYTHON) -m tools.starter.card

lock: ## pins what is installed in .venv now
	@$(PYTHON) -m pip freeze --exclude-editable | sed 's/+cpu$$//' >requirements.lock
