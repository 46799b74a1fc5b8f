# make run: serve the app.  make test: every test.  make test-fast: those that train nothing.
# make check: lint and types.  make dev: serve, with reload.  make cluster: serve, with a Dask cluster of this machine that trains.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
CODE := app.py check_python.py pages ui model benchmarks tests

.PHONY: run dev cluster test test-fast check format

# With a cluster to train on the app needs more.
run: $(if $(DIGIT_LAB_DASK_SCHEDULER),.venv/.cluster,.venv/.app)
	$(BIN)/streamlit run app.py --server.port $(PORT)

dev: .venv/.app
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.fileWatcherType auto --client.showErrorDetails full

cluster: .venv/.cluster
	$(BIN)/python -m benchmarks.local_cluster --port $(PORT)

# Two at once, each with an engine or a server and a browser of its own; pages are visited when nothing else computes.
test: .venv/.tests .venv/.browser
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/browser

test-fast: .venv/.tests
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

check: .venv/.tests
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy

format: .venv/.tests
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

.venv/.made:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Digit Lab needs Python 3.11 to 3.13: make run PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) check_python.py
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.app: .venv/.made requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.txt
	@touch $@

.venv/.cluster: .venv/.app requirements-cluster.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements-cluster.txt
	@touch $@

.venv/.tests: .venv/.app requirements-cluster.txt tests/requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r tests/requirements.txt
	@touch $@

# An installed Chromium or Chrome; else Debian's as root, with a font that knows Chinese; else Playwright's own.
.venv/.browser: .venv/.tests
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    ! { command -v chromium && dpkg -s fonts-noto-cjk; } >/dev/null 2>&1; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk; \
	elif ! $(BIN)/python -m benchmarks.chromium >/dev/null; then \
	  $(BIN)/python -m playwright install chromium; \
	fi
	@touch $@
