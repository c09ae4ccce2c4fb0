"""The variants whose suites are run: together they give every question each of its answers."""

from typing import Any

MIDDLEWARE = (
    "cors",
    "request_id",
    "timing",
    "access_log",
    "security_headers",
    "trusted_host",
    "gzip",
)

PRESETS = ("minimal", "standard", "full")

# Text that is right but awkward: for line lengths, quotes, look-alike letters, comments, shells.
LONG_NAME = "漢" * 45 + " Мy Сервис’ – x"  # noqa: RUF001
LONG_SLUG = "service-of-forty-characters-in-all-" + "12345"
AWKWARD_NAME = "O'Neil's & Söhne: <#1> $HOME %s `ls` 100%"

VARIANTS: dict[str, dict[str, Any]] = {
    "minimal": {"preset": "minimal"},
    "standard": {},
    "full": {"preset": "full"},
    "sqlite-null": {
        "pooling_mode": "null",
        "middleware": [],
        "server": "granian",
        "ci": "gitlab",
        "license": "Apache-2.0",
        "python_version": "3.12",
    },
    "sqlite-long": {
        "project_name": LONG_NAME,
        "project_slug": LONG_SLUG,
        "project_description": "Ж" * 200,
        "author_name": "Ю" * 100,
        "author_email": "a.very.long-address+of@a-very-long-domain.of.example.org",
        "middleware": ["access_log", "gzip"],
        "ci": "none",
    },
    "postgres-queue": {
        "preset": "full",
        "database_driver": "asyncpg",
        "license": "BSD-3-Clause",
        "python_version": "3.13",
    },
    "postgres-queue-large": {
        "project_name": AWKWARD_NAME,
        "project_description": AWKWARD_NAME,
        "author_name": AWKWARD_NAME,
        "project_slug": LONG_SLUG,
        "database_driver": "asyncpg",
        "concurrent_requests": 100_000,
        "queries_per_request": 1,
        "instances": 1,
        "max_connections": 100_000,
        "middleware": ["cors", "trusted_host"],
        "server": "granian",
    },
    "postgres-pgbouncer": {
        "database_driver": "asyncpg",
        "pooling_mode": "pgbouncer",
        "server": "granian",
        "ci": "none",
        "license": "Proprietary",
    },
    "postgres-null": {
        "preset": "minimal",
        "database_driver": "asyncpg",
        "pooling_mode": "null",
        "ci": "gitlab",
        "python_version": "3.14",
    },
    "postgres-asyncpg": {
        "preset": "full",
        "database_driver": "asyncpg",
        "pooling_mode": "asyncpg",
        "server": "granian",
    },
    "postgres-asyncpg-small": {
        "project_name": "X",
        "project_slug": "x",
        "project_description": "x",
        "author_name": "x",
        "database_driver": "asyncpg",
        "pooling_mode": "asyncpg",
        "concurrent_requests": 1,
        "instances": 45,
        "middleware": ["timing", "security_headers"],
    },
    "postgres-pgbouncer-small": {
        "project_slug": "x",
        "database_driver": "asyncpg",
        "pooling_mode": "pgbouncer",
        "concurrent_requests": 1,
        "middleware": ["request_id"],
        "license": "Apache-2.0",
    },
}
"""Answers by name; what is left out keeps its default."""
