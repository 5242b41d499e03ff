# make demo   the founding case in ./kz-2022-01, from nothing
# make test   all tests, from nothing
# make check  style, types and layers
# make lock   pin the dependencies again after a change in pyproject.toml (for maintainers)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV := .venv
BIN := $(VENV)/bin
CASE := kz-2022-01
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check lock clean

demo: $(VENV)/runtime.stamp
	$(BIN)/kuager demo $(CASE)

test: $(VENV)/develop.stamp browsers java pango verifiers
	$(BIN)/pytest -n auto --dist loadfile

check: $(VENV)/develop.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) $(CASE)

# The pages are tested in real browsers. Without root they cannot be installed here, and those tests say so and are skipped.
.PHONY: browsers
browsers:
	@scripts/system-package chromium chromium
	@scripts/system-package firefox-esr firefox-esr

# Work on a cluster is tested on a real one on this machine, which runs on Java; so does the checker of HTML.
.PHONY: java
java:
	@scripts/system-package java default-jre-headless

# Reports become PDFs by WeasyPrint, which sets its text with Pango.
.PHONY: pango
pango:
	@scripts/system-package pango-view pango1.0-tools
	@scripts/system-package hb-subset libharfbuzz-bin

# Proofs are checked with others' programs as well: OpenSSL, OpenSSH, the tools of small systems, and the code of Go for
# its own log of modules.
.PHONY: verifiers
verifiers:
	@scripts/system-package openssl openssl
	@scripts/system-package ssh-keygen openssh-client
	@scripts/system-package busybox busybox
	@scripts/system-package age-keygen age
	@scripts/system-package faketime faketime
	@scripts/system-package go golang-go
	@scripts/system-package /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go golang-golang-x-mod-dev

$(VENV)/runtime.stamp: requirements/runtime.lock requirements/build.lock pyproject.toml
	scripts/environment $(VENV) requirements/runtime.lock
	touch $@

$(VENV)/develop.stamp: requirements/develop.lock requirements/build.lock pyproject.toml
	scripts/environment $(VENV) requirements/develop.lock
	touch $(VENV)/runtime.stamp $@

lock:
	python3 -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install -q uv
	for extra in develop runtime; do \
	  $(VENV)-lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    $$([ $$extra = develop ] && echo --extra develop || echo -c requirements/develop.lock) \
	    --upgrade pyproject.toml -o requirements/$$extra.lock; \
	done
	$(VENV)-lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  -c requirements/develop.lock requirements/build.in -o requirements/build.lock
	rm -rf $(VENV)-lock
