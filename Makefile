# The day's verbs. `make help` lists them by group: a line "##@" begins a group, "##" behind a target describes it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
RUN := [ ! -e var/setup/env.sh ] || . var/setup/env.sh;
DEMO := $(RUN) [ -e var/demo/env.sh ] || { echo 'Сначала: make run (или deploy/demo --once)'; exit 1; }; . var/demo/env.sh;
UV := var/tools/bin/uv
LOCK := UV_PYTHON_DOWNLOADS=never $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url $(LOCK_FLAGS)

##@ Каждый день
.PHONY: setup run test check fmt
setup: ## подготовить среду вместе с тестами (deploy/setup --with-tests)
	deploy/setup --with-tests
run: ## показать портал: серверы, данные, месяц, адрес (deploy/demo)
	deploy/demo
test: ## тесты; ARGS="-k слово" выбирает
	$(RUN) $(BIN)/pytest -n 2 $(ARGS)
check: ## всё, что проверяет сборка (.ci/run)
	.ci/run
fmt: ## привести код к принятому виду
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

##@ Обещания проекта
.PHONY: contracts golden bench chaos
contracts: ## правила самого проекта; печатает строки figure имя=значение
	@$(RUN) mkdir -p var; code=0; $(BIN)/pytest -n0 -s tests/contracts $(ARGS) >var/contracts.log 2>&1 || code=$$?; \
	  if [ $$code -eq 0 ]; then tail -n 1 var/contracts.log; else cat var/contracts.log; fi; \
	  grep -aoE 'figure [a-z0-9_]+=[^[:space:]]+' var/contracts.log | sort -u; exit $$code
golden: ## переписать образцовые тексты документов; просмотрите git diff
	$(RUN) PORTAL_GOLDEN=write $(BIN)/pytest -n0 tests/golden $(ARGS); git diff --stat -- tests/golden
bench: ## замеры скорости на большом регионе, JSON
	@$(RUN) if [ -e tests/bench ]; then $(BIN)/python -m tests.bench $(ARGS); else echo 'Замеров ещё нет: tests/bench'; exit 1; fi
chaos: ## испытание сбоями
	@echo 'Испытаний сбоями ещё нет: tests/chaos'; exit 1

##@ Инструменты
.PHONY: shell lock new-migration help
shell: ## консоль psql демонстрации (серверы должны работать)
	@$(DEMO) exec "$$($(BIN)/python -c 'from portal.embedded.postgres import tool; print(tool("psql"))')" "$$DATABASE_ADMIN_URL"
lock: ## пересобрать замки зависимостей по pyproject.toml; LOCK_FLAGS=--upgrade обновляет
	$(LOCK) --extra build pyproject.toml -o deploy/locks/runtime.lock
	$(LOCK) --extra build --extra test pyproject.toml -o deploy/locks/dev.lock
	echo uv | $(LOCK) - -o deploy/locks/tools.lock
	$(BIN)/pytest -q -n0 --noconftest tests/contracts/test_setup.py -k "lock or versions"
new-migration: ## следующий шаг схемы: make new-migration NAME=roadmap_steps
	@[ -n "$(NAME)" ] || { echo 'Назовите шаг: make new-migration NAME=roadmap_steps'; exit 1; }
	@last=$$(ls migrations/versions | sed -nE 's/^([0-9]{4})_.*\.py$$/\1/p' | sort | tail -n 1); \
	  $(BIN)/python -c 'import sys; from alembic import command, config; c = config.Config(); \
	  c.set_main_option("script_location", "migrations"); command.revision(c, sys.argv[1], rev_id=sys.argv[2])' \
	  "$(NAME)" "$$(printf '%04d' $$((10#$$last + 1)))"
help: ## этот список
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
