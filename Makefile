# Control Center. `make` or `make help` lists the targets.
SHELL := /bin/bash
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run stop status test lint format bench docs screenshots lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## install what is missing, start everything, print the address (Ctrl+C stops all)
	@bash controlcenter/deploy/bootstrap.sh
	@exec $(PY) -m controlcenter.supervisor up

stop: ## stop what `make run` started in this checkout
	@$(PY) -m controlcenter.supervisor stop

status: ## tell what runs in this checkout
	@$(PY) -m controlcenter.supervisor status

test: ## the same set-up, then every check and every test
	@bash controlcenter/deploy/bootstrap.sh --test
	@exec bash controlcenter/deploy/test.sh

lint: ## ruff, import contracts, mypy, and the front end's checks
	@bash controlcenter/deploy/bootstrap.sh --test
	@exec bash controlcenter/deploy/lint.sh

format: ## let ruff and biome rewrite the sources
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@cd frontend && npm run fix

bench: ## print the ratios of the benchmarks (PARTS="features tiles"; nothing is asserted by time)
	@bash controlcenter/deploy/bootstrap.sh --test
	@VAR_DIR=$${VAR_DIR:-var/bench} $(PY) -m controlcenter.supervisor services -- $(PY) -m tests.bench $(PARTS)

docs: ## build the documentation into site/
	@bash controlcenter/deploy/bootstrap.sh --test
	@$(PY) -m mkdocs build --strict

screenshots: ## take docs/screenshots/ anew: every page, wide and narrow, light and dark
	@bash controlcenter/deploy/bootstrap.sh --test
	@$(PY) -W ignore -m tests.e2e.screenshots

lock: ## make the hashed requirements again from requirements/*.in
	@export UV_PYTHON_DOWNLOADS=never; for name in tools node base dev; do \
	  $(PY) -m uv pip compile -q --universal --python-version 3.12 --generate-hashes --no-header \
	    --no-annotate requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	@! grep -n '://' requirements/*.txt

clean: ## stop everything of this checkout, remove what it made (var/, .venv/, builds)
	@bash controlcenter/deploy/clean.sh
