"""SQLite under many writers, under writers that are killed, and on a disk that is full."""

import resource
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.faults.clients import USERS, Load, Request, creations, drive, load
from tests.faults.measured import Measured
from tests.faults.outcomes import Outcome, acknowledged, flaws, kinds, percentile
from tests.faults.plantings import plant
from tests.faults.sqlite import MODES, File
from tests.rendering.renders import Renderer
from tests.servers.serving import Service

pytestmark = pytest.mark.slow
WRITERS = 16
"""Half of them at each of two processes."""

WRITES = 2_000
KILLS = 3


@pytest.fixture(params=MODES)
def file(
    request: pytest.FixtureRequest, renderer: Renderer, environment: Environment, tmp_path: Path
) -> File:
    answers = {"pooling_mode": request.param, "auth": "none"}
    project = renderer.copy(tmp_path / "project", **answers).folder
    return File.migrated(request.param, project, environment)


def changes(user_id: str) -> Iterator[Request]:
    """Of one user, which read before they write."""
    while True:
        yield Request("PATCH", f"{USERS}/{user_id}", "", {"name": "Lovelace"})


def writes(service: Service) -> Iterator[Request]:
    """Every other one creates, every other one changes the same user."""
    new = creations()
    first = next(new)
    user = service.call(first.method, first.path, first.body).body
    return (next(new) if number % 2 else next(changes(user["id"])) for number in range(WRITES // 2))


def write_from_two_processes(file: File) -> list[Outcome]:
    with file.service() as one, file.service() as other:
        loads = [
            Load(service.port, writes(service), WRITERS // 2, pause=0) for service in (one, other)
        ]
        for running in loads:
            running.start()
        return [outcome for running in loads for outcome in running.finish()]


def test_no_writer_is_refused(file: File, measured: Measured) -> None:
    outcomes = write_from_two_processes(file)

    assert len(outcomes) == WRITES
    assert set(kinds(outcomes)) == {"200", "201"}
    created = {o.key for o in outcomes if o.key}
    assert set(file.stored(created)) == created
    assert file.is_sound()
    slowest = max(outcome.seconds for outcome in outcomes)
    measured(
        "writers",
        f"sqlite {file.mode}",
        writes=WRITES,
        refused=0,
        p99=percentile(outcomes, 0.99),
        slowest=slowest,
    )


@pytest.mark.parametrize("file", ["null"], indirect=True)
def test_the_usual_beginning_of_a_transaction_is_refused_half_way(file: File) -> None:
    """Were it otherwise, the test above would prove nothing."""
    plant("deferred-begin", file.project)

    outcomes = write_from_two_processes(file)

    assert kinds(outcomes).get("503", 0) > 0


def test_what_was_acknowledged_outlives_a_kill(file: File, measured: Measured) -> None:
    outcomes: list[Outcome] = []
    for _ in range(KILLS):
        with file.service() as service, load(service.port, creations(), WRITERS) as writing:
            writing.wait_for(100)
            service.kill()
            outcomes += writing.stop()

    keys = acknowledged(outcomes)
    assert len(keys) > KILLS * 90
    assert keys <= set(file.stored(keys))
    assert file.is_sound()
    with file.service() as service:
        assert service.call("GET", USERS).status == 200
    measured("killed", f"sqlite {file.mode}", kills=KILLS, acknowledged=len(keys), lost=0)


def test_a_full_disk_is_a_problem_that_passes(file: File, measured: Measured) -> None:
    with file.service() as service:
        before = drive(service.port, islice(creations(), 50), clients=4)
        # As large as a file may be for this process; the system refuses what goes beyond.
        room = max(path.stat().st_size for path in file.project.glob("app.db*")) + 20_000
        unlimited = resource.prlimit(service.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (room, unlimited[1]))
        full = drive(service.port, islice(creations("x" * 100), 200), clients=4)
        readable = service.call("GET", USERS)
        resource.prlimit(service.pid, resource.RLIMIT_FSIZE, unlimited)
        after = drive(service.port, islice(creations(), 50), clients=4)

    outcomes = [*before, *full, *after]
    assert flaws(outcomes) == {}
    assert kinds(full).get("503", 0) > 100
    assert readable.status == 200
    assert all(outcome.succeeded for outcome in after)
    keys = acknowledged(outcomes)
    assert set(file.stored(keys)) == keys
    assert set(file.stored(o.key for o in full)) == acknowledged(full)
    assert file.is_sound()
    measured("full", f"sqlite {file.mode}", refused=kinds(full)["503"], lost=0)
