# Everything a person does with a checkout. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# Whatever build of PyTorch pip finds is made to import. The ordinary index has the
# CUDA build, 2.7 GB to download; for the small CPU build say where it is:
# TORCH_INDEX="--index-url <PyTorch's CPU index>".
TORCH_INDEX ?=
CATALOGUES := $(wildcard hub/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)

.DEFAULT_GOAL := help
.PHONY: help run setup test check lint fix shell catalogues lock styles screenshots clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: setup ## set everything up and serve at http://127.0.0.1:8000 (another port: PORT=8080)
	$(BIN)/hub serve --port $(PORT)

setup: $(VENV)/.installed $(COMPILED) ## environment, model, database and sample data, without serving
	$(BIN)/hub setup
	$(BIN)/hub reindex
	$(BIN)/hub load sample
	$(BIN)/hub map
	$(BIN)/hub suggest --all

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is %s. Say which with: make PYTHON=python3.12 ..." % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python embeddings/install_torch.py $(TORCH_INDEX)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

%.mo: %.po $(VENV)/.installed
	$(BIN)/pybabel --quiet compile --use-fuzzy -i $< -o $@

# As many processes as cores; a file's tests stay together. One core runs them one after another.
test: setup lint ## run every test (SQLite, PostgreSQL, a real Chromium), side by side
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --durations 10

check: setup lint ## ruff, mypy and the quick tests (in one process, on SQLite)
	$(BIN)/python -m pytest -m "not slow" --durations 10

lint: $(VENV)/.installed ## ruff and mypy alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(VENV)/.installed ## mend what ruff can mend, and format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

shell: $(VENV)/.installed $(COMPILED) ## a Python prompt over your data, with app, engine and session
	@$(BIN)/python -i -c "from hub import create_app; from hub.index.engine import Engine; \
	from hub.web.request import part, read_session; app = create_app(); app.app_context().push(); \
	engine, session = part(Engine), read_session(); \
	print('Here are app, engine (what searches) and session (for reading). Ctrl+D ends it.')"

catalogues: $(VENV)/.installed ## collect the texts of pages and commands into hub/translations
	$(BIN)/pybabel --quiet extract -F hub/translations/babel.cfg -k _ -k N_ --no-location --sort-output -o hub/translations/messages.pot hub templates
	$(BIN)/pybabel --quiet update --no-fuzzy-matching -i hub/translations/messages.pot -d hub/translations --omit-header
	$(BIN)/python hub/translations/fill_korean.py
	@rm hub/translations/messages.pot

styles: ## cut KRDS to the classes that the pages use, into static/css/krds.css
	$(PYTHON) static/vendor/krds-uiux-1.1.0/cut.py

screenshots: setup ## take the pages' screenshots into build/screenshots, and the README's own
	$(BIN)/python -m tests.browser.screenshots build/screenshots

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-package torch --no-header --no-annotate --upgrade --output-file requirements.lock

clean: ## remove what make and the tests wrote, but not var/ (your data)
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
	rm -f $(COMPILED)
