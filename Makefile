# modulehost: `make run` and `make test` do all their own set-up.

.PHONY: run test soak check clean

run:
	@sh tools/environment.sh
	@.venv/bin/modulehost demo $(ARGS)

test:
	@sh tools/environment.sh '[test]'
	@sh tools/test-parts.sh
	@.venv/bin/python -m pytest -n $(or $(WORKERS),3) --dist worksteal $(ARGS)

soak:
	@sh tools/environment.sh '[test]'
	@sh tools/test-parts.sh
	@MODULEHOST_SOAK=1 .venv/bin/python -m pytest -n $(or $(WORKERS),2) --dist worksteal -m soak $(ARGS)

check:
	@sh tools/environment.sh '[test,check]'
	@.venv/bin/ruff check .
	@.venv/bin/mypy modulehost
	@.venv/bin/lint-imports

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache modulehost-demo
