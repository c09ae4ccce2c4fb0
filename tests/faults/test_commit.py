"""The commit fails: for a constraint that is checked only then, or because the connection ends."""

from collections.abc import Generator
from itertools import chain, islice

import pytest

from tests.faults.clients import creations, drive
from tests.faults.measured import Measured
from tests.faults.outcomes import acknowledged, flaws, kinds
from tests.faults.plantings import planted
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow
EACH = 40
"""Requests of each kind: those whose commit is refused, is cut off, and is well."""

# Both act during COMMIT, when every statement of the transaction has succeeded.
TRIGGERS = (
    """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE unique_violation; END'""",
    """CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'""",
    """CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.name = 'refused') EXECUTE FUNCTION refuse()""",
    """CREATE CONSTRAINT TRIGGER cutting AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.name = 'cut off') EXECUTE FUNCTION cut_off()""",
)


@pytest.fixture
def failing_commits(stage: Stage) -> Generator[None]:
    stage.execute(*TRIGGERS)
    yield
    stage.execute("DROP FUNCTION refuse CASCADE", "DROP FUNCTION cut_off CASCADE")


@pytest.mark.usefixtures("failing_commits")
def test_a_commit_that_fails_is_never_answered_with_success(
    stage: Stage, measured: Measured
) -> None:
    with stage.service() as service:
        answers = {
            name: drive(service.port, islice(creations(name), EACH), clients=4)
            for name in ("refused", "cut off", "well")
        }

    outcomes = list(chain.from_iterable(answers.values()))
    assert {name: kinds(seen) for name, seen in answers.items()} == {
        "refused": {"409": EACH},
        "cut off": {"503": EACH},
        "well": {"201": EACH},
    }
    assert flaws(outcomes) == {}
    keys = acknowledged(outcomes)
    stored = stage.stored(outcome.key for outcome in outcomes)
    assert sorted(stored) == sorted(keys)
    failed = len(outcomes) - len(keys)
    measured("commit", stage.mode, failed=failed, lost=len(keys - set(stored)))


@pytest.mark.usefixtures("failing_commits")
def test_the_usual_scope_of_a_session_acknowledges_what_is_lost(stage: Stage) -> None:
    """Were it otherwise, the test above would prove nothing."""
    with planted(stage, "request-scope") as usual, usual.service() as service:
        outcomes = drive(service.port, islice(creations("refused"), EACH), clients=4)

    keys = acknowledged(outcomes)
    assert len(keys) == EACH
    assert stage.stored(keys) == []
