# Every task of the template, as in `uv run just check`.

set positional-arguments

_list:
    @just --list

# Form, lint and types of the suite itself
lint:
    uv run ruff format --check
    uv run ruff check
    uv run mypy

# What a change needs: lint, the fast tests and the static checks of every variant
check: lint
    uv run pytest -m "not slow"

# Everything: also the suite of every variant, real servers, and the presets as users install them
test *arguments: lint
    tests/system-packages
    uv run pytest "$@"

# With arguments nothing is written unless `--write` is among them, as in `just bench --only queue
# --rounds 3` or in `just bench routes --write`; the other parts are tables, startup and pools.

# Measure renders beside the limit, and write docs/reference/performance.*
bench *arguments:
    tests/system-packages
    uv run --group bench python -m benchmarks "${@:---write}"

# Render one variant of tests/variants.py into .variants/NAME and run its checks there
variant name:
    uv run pytest "tests/test_suites.py::test_a_variant_passes_its_own_checks[$1]"

# Write template/uv.lock, the lock of all variants together; `just lock --upgrade` lifts the pins
lock *options:
    uv run python -m tests.union lock "$@"

# Put right what can be put right by itself
fix:
    uv run ruff check --fix
    uv run ruff format
