# Every task of the template, as in `uv run just check`.

set positional-arguments

cores := "-n auto --dist worksteal"

_list:
    @just --list

# Form, lint and types of the suite itself
lint:
    uv run ruff format --check
    uv run ruff check
    uv run mypy

# What a change needs: lint, the fast tests, and everything that can be told of a variant without running it
check: lint
    uv run pytest {{ cores }} -m "not slow"

# Everything: also the suite of every pair of answers, real servers, and the presets as users install them
test *arguments: lint
    tests/system-packages
    uv run pytest {{ cores }} "$@"

# What services do when something around them fails, one fault at a time, as in `just faults -k "restart and null"`
faults *options:
    tests/system-packages
    uv run pytest tests/faults tests/servers/test_pgbouncer.py "$@"

# All faults mixed under load, for a time (300 s) that the pooling modes share; tells in .variants/soak.json too
soak *arguments:
    tests/system-packages
    uv run python -m tests.faults.soak "$@"

# With arguments nothing is written unless `--write` is among them, as in `just bench --only queue
# --rounds 3` or in `just bench routes --write`; the other parts are tables, startup, pools and instructions.

# Measure renders beside the limit, and write docs/reference/performance.*
bench *arguments:
    tests/system-packages
    uv run --group bench python -m benchmarks "${@:---write}"

# `just mutate PO1` and `just mutate "idle was lent"` try some; `--write` writes docs/reference/patterns.md instead.

# Break renders on purpose, one change at a time: the tests that prove a pattern have to fail
mutate *options:
    tests/system-packages
    uv run python -m tests.mutations "$@"

# Run variants alone, by number; each stays in .variants/NUMBER
variant +numbers:
    uv run pytest {{ cores }} tests/rows/test_rows.py --rows "$*"

# The variants with their answers
variants:
    uv run python -m tests.variants

# Tell what has been released since the pins, and run the variants with it, beyond the upper bounds too
newest:
    uv run python -m tests.environments.union newest
    TEMPLATE_NEWEST=1 uv run pytest {{ cores }} tests/rows/test_rows.py

# Write template/uv.lock, the lock of all variants together; `just lock --upgrade` lifts the pins
lock *options:
    uv run python -m tests.environments.union lock "$@"

# Refuses unless all is committed, told in CHANGELOG.md and tested; it pushes nothing.

# Make a release, as in `just release 0.2.0`: date its section, bump the version, commit
release version *options:
    uv run python -m tests.release "$@"

# Put right what can be put right by itself
fix:
    uv run ruff check --fix
    uv run ruff format
