# The portal's commands. Each one makes what it needs first and does nothing twice.
.PHONY: help run styles test check format bench mutation services requirements

help:
	@echo "make run           the portal with demonstration data on http://localhost:8000 (PORT=… changes the port)"
	@echo "make styles        the design system and the compiled styles"
	@echo "make test          every test: SQLite, PostgreSQL, browser"
	@echo "make check         style, types, migrations, deployment settings, import law"
	@echo "make format        puts the code in the one style"
	@echo "make bench         each page's time as a ratio to a signed-in page with one query"
	@echo "make mutation      takes each permission check away in turn; a test has to notice"
	@echo "make services      a shell with a PostgreSQL and a Redis of its own (TEST_POSTGRES_URL, TEST_REDIS_URL)"
	@echo "make requirements  writes requirements*.txt anew from requirements*.in"

run:
	@tools/run

styles:
	@tools/styles

test:
	@tools/test

check:
	@tools/check

format:
	@tools/format

bench:
	@tools/bench

mutation:
	@tools/mutation

services:
	@tools/services

requirements:
	@tools/requirements
