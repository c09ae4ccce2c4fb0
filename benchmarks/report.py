"""The main run in words and tables, for the terminal and for the documentation."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.documents import table
from benchmarks.figures import MOST_SPREAD, Figure, Figures, Spread, too_noisy
from benchmarks.servers import Server
from benchmarks.work import GOALS, WORKS

NONE = "-"
TITLES = {
    "limit": "**limit**: bare ASGI, asyncpg, orjson",
    "floor": "floor: plain FastAPI on an asyncpg pool",
    "conventional": "conventional: FastAPI and the ORM as in tutorials",
    "queue": "**`queue`**",
    "asyncpg": "**`asyncpg`**",
    "pgbouncer": "`pgbouncer`, behind PgBouncer",
    "null": "`null`, straight to PostgreSQL",
    "sqlite": "SQLite, `queue`",
    "s3rius": "peer: s3rius/fastapi_template 6.1.2",
    "full-stack": "peer: as full-stack-fastapi-template, sync SQLModel",
}


def whole(found: Figures, servers: Mapping[str, Mapping[str, float]]) -> str:
    works = list(found["limit"])
    parts = [
        ("Against the goals", goals(found)),
        ("CPU of the server, as a multiple of the limit's", by_work(found, works, own_ratio)),
        ("CPU of the server for one request", by_work(found, works, cpu)),
        ("CPU of PostgreSQL for one request", by_work(found, works, database_cpu)),
        (
            "Requests per second, and latencies (p50 and p99) in milliseconds",
            by_work(found, works, speed),
        ),
        ("Memory and start-up", resources(servers)),
    ]
    return "\n\n".join(f"### {title}\n\n{text}" for title, text in parts if text)


def goals(found: Figures) -> str:
    rows = []
    for mode, wanted in GOALS.items():
        for work, most in wanted.items():
            if work in found.get(mode, {}):
                got = found[mode][work].ratio
                told = [f"≤ {most}", f"{got.median:.2f}", reached(got.median <= most)]
                rows.append([f"`{mode}`", WORKS[work].title, *told])
    head = ["mode", "work", "goal", "measured", "verdict"]
    return table(head, rows) if rows else ""


def by_work(found: Figures, works: Sequence[str], cell: Any) -> str:
    rows = [
        [TITLES.get(name, name), *(cell(mine[work]) if work in mine else NONE for work in works)]
        for name, mine in found.items()
    ]
    return table(["", *(WORKS[work].title for work in works)], rows)


def reached(goal: bool) -> str:
    return "reached" if goal else "**not reached**"


def own_ratio(figure: Figure) -> str:
    return ratio(figure.ratio)


def ratio(value: Spread) -> str:
    return f"{value.median:.2f} ({value.min:.2f} to {value.max:.2f})"


def cpu(figure: Figure) -> str:
    return microseconds(figure.cpu)


def database_cpu(figure: Figure) -> str:
    return microseconds(figure.database_cpu)


def microseconds(value: Spread) -> str:
    if value.median >= 10_000:
        return f"{value.median / 1000:,.0f} ms"
    return f"{value.median:,.0f} µs"


def speed(figure: Figure) -> str:
    rate = figure.rate.median
    if not rate:
        return NONE
    rounded = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
    return f"{rounded} ({figure.p50.median:,.0f}, {figure.p99.median:,.0f})"


def resources(servers: Mapping[str, Mapping[str, float]]) -> str:
    head = ["", "memory at the end", "CPU until ready", "time until ready"]
    rows = [
        [
            TITLES.get(name, name),
            f"{values['memory_mb']:.0f} MB",
            f"{values['start_cpu_seconds']:.2f} s",
            f"{values['start_seconds']:.2f} s",
        ]
        for name, values in servers.items()
    ]
    return table(head, rows)


def resources_of(servers: Sequence[Server]) -> dict[str, dict[str, float]]:
    return {
        server.name: {
            "memory_mb": round(server.resident_bytes() / 1e6, 1),
            "start_cpu_seconds": round(server.start.cpu_seconds, 2),
            "start_seconds": round(server.start.seconds, 2),
        }
        for server in servers
    }


def verdict(spreads: Mapping[str, float], base: str = "the limit") -> str:
    """Whether the run can be trusted. `spreads` are those of the base that all is compared with."""
    listed = ", ".join(f"{work} {spread:.0%}" for work, spread in spreads.items())
    told = f"CPU of {base} varied between the rounds ((max - min) / median): {listed}."
    if not too_noisy(spreads):
        return told
    most = f"{MOST_SPREAD:.0%}"
    return f"**The machine was too noisy (more than {most}): don't trust these figures.** {told}"


def origin(described: Mapping[str, Any]) -> str:
    """Date, machine and versions."""
    machine = described["machine"]
    versions = ", ".join(f"{name} {value}" for name, value in described["versions"].items())
    return (
        f"Measured on {described['date']}: {machine['cores']} cores of {machine['cpu']},"
        f" {machine['memory_gb']} GB of memory. Versions: {versions}."
    )
