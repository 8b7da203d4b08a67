.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help install conformance test test-browser chromium check lint types spec plan-export faults faults-quick variants variants-pairs canary mutation steadiness lane two-kits stored-run example serve bench review-detection review-others review-real bench-write docs build clean

help: ## Print these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY) ## Make the virtual environment from the pinned constraints

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

conformance: $(READY) ## Judge the embedded reference server (the main job)
	$(BIN)/ackproof run --report-dir .report

test: lint types ## Lint, types and every test, the contract lint among them
	$(BIN)/python -m pytest -n 4 --dist worksteal tests

test-browser: $(READY) ## Open report.html in Chromium and look at it as its readers do
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[browser]'
	$(BIN)/mypy conformance reference_server tests
	$(BIN)/python -m pytest tests/browser

chromium: ## Install the Chromium that test-browser opens, from Debian's packages, as root
	command -v chromium || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }

check: lint types spec ## The quick part of test: lint, types and the contract lint

lint: $(READY) ## ruff check and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## mypy strict on both packages and the tests
	$(BIN)/mypy conformance reference_server tests

spec: $(READY) ## Lint the contract: OpenAPI, schemas, catalogue
	$(BIN)/python -m pytest -q tests/test_spec_*.py

plan-export: $(READY) ## Write spec/plan.json anew: what proves each requirement
	$(BIN)/ackproof plan --export spec/plan.json

review: $(READY) ## Review spec/ against the last release, or where this branch left the default one
	$(BIN)/ackproof review $(addprefix --base ,$(shell git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null))

faults: $(READY) ## Run the whole suite against every fault of the reference server
	$(BIN)/ackproof faults --full

faults-quick: $(READY) ## Judge by every fault only what it breaks (CI)
	$(BIN)/ackproof faults

variants: $(READY) ## Run the whole suite against every legitimate variant
	$(BIN)/ackproof variants

variants-pairs: $(READY) ## Run it against every two of them that can go together
	$(BIN)/ackproof variants --pairs

canary: $(READY) ## Search a run of both lanes that fails everywhere for the secrets that it met
	$(BIN)/python -m pytest tests/canary

mutation: $(READY) ## Mutate the judging core and see that the tests notice
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[mutation]'
	$(BIN)/python tests/mutation.py

steadiness: $(READY) ## Judge ten times beside two busy loops, at random lag
	$(BIN)/python tests/steadiness.py

lane: $(READY) ## Count what the generated lane finds of planted faults, beside stock Schemathesis
	$(BIN)/python tests/lane_and_stock.py

two-kits: $(READY) ## Judge one server by two kits at once, twenty times: the verdicts of one alone
	$(BIN)/python tests/two_kits.py

stored-run: $(READY) ## Make the stored run anew that later kits are held against
	$(BIN)/python tests/stored_run.py

example: $(READY) ## Follow docs/worked-example.md; needs Node.js and patch
	$(BIN)/python tests/worked_example.py

serve: $(READY) ## Serve the reference server on port 8080 without authentication
	$(BIN)/ackproof serve --port 8080 --no-auth

bench: $(READY) ## Measure the figures of docs/benchmarks.md
	$(BIN)/python tests/bench.py
	$(BIN)/python tests/review_bench.py

review-detection: $(READY) ## Write docs/review-detection.md from the labelled corpus
	$(BIN)/python tests/review_detection.py

review-others: $(READY) ## Run other tools on the labelled corpus; needs npm
	mkdir -p build/npm-others && cp tests/others/package*.json build/npm-others/
	npm ci --prefix build/npm-others --ignore-scripts --no-audit --no-fund --silent
	$(BIN)/python tests/review_others.py build/npm-others

review-real: $(READY) ## Review public contracts of npm packages for docs/review-real.md; needs npm
	mkdir -p build/npm-real && cp tests/real/package*.json build/npm-real/
	npm ci --prefix build/npm-real --ignore-scripts --no-audit --no-fund --silent
	$(BIN)/python tests/review_real.py build/npm-real

bench-write: $(READY) ## Break the processor time of an accepted write down
	$(BIN)/python tests/bench_write.py

docs: $(READY) ## Build the documentation site into site/ and check its links
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	mkdir -p build/npm && cp docs/site/package*.json build/npm/
	npm ci --prefix build/npm --ignore-scripts --no-audit --no-fund --silent
	$(BIN)/python tests/site_build.py

build: $(READY) ## Build wheel and sdist into dist/
	$(BIN)/python -m build --outdir dist .

clean: ## Remove what the other targets made
	rm -rf $(VENV) dist build site mutants .report .mypy_cache .ruff_cache .pytest_cache .hypothesis
