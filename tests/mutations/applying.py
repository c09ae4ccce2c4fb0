"""Applies mutations to a copy of a render, one at a time, and runs what should find them."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.environments.installing import Environment
from tests.mutations.listed import CHECKS, Mutation
from tests.servers.commands import run

FORKED = Path(__file__).parent / "forked_pytest.py"
ENOUGH = 120
"""Seconds for a test with a mutation: some make it hang. Far above what any takes without
one: a test that is merely slow must not count as failed."""


class NothingProvenError(Exception):
    """What should fail with a mutation fails without one."""


@dataclass(frozen=True)
class Verdict:
    mutation: Mutation
    survived: tuple[str, ...]
    """The tests that did not fail."""
    seconds: float
    output: str


class Workshop:
    """A copy of a render, in which mutations are tried."""

    def __init__(
        self, folder: Path, environment: Environment, pytest: "subprocess.Popen[str]"
    ) -> None:
        self._folder, self._environment, self._pytest = folder, environment, pytest

    def require_green(self, tests: Iterable[str]) -> None:
        """Raises `NothingProvenError`, with what was printed."""
        failed, output = self._run([*dict.fromkeys(tests)])
        if failed or output:
            raise NothingProvenError(output)

    def tried(self, mutation: Mutation) -> Verdict:
        begin, file = time.monotonic(), self._folder / mutation.file
        whole = file.with_name(f"{file.name}.whole")
        shutil.copy2(file, whole)
        try:
            file.write_text(mutation.applied(file.read_text()))
            failed, output = self._run(mutation.tests, mutation.says, f"--timeout={ENOUGH}")
        finally:
            whole.replace(file)  # with its age, by which Python knows what it has compiled
        survived = tuple(test for test in mutation.tests if test not in failed)
        return Verdict(mutation, survived, time.monotonic() - begin, output)

    def _run(self, tests: Sequence[str], says: str = "", *more: str) -> tuple[set[str], str]:
        """Those that failed, and what was printed if anything did. What can't even begin, as with a
        mistake of the mutation's own, has not failed."""
        failed, printed = set[str](), list[str]()
        for name in [test for test in tests if test in CHECKS]:
            program, *arguments = CHECKS[name]
            command = [self._environment.program(program), *arguments]
            status, output = run(command, self._folder, self._environment.variables())
            if status:
                failed |= {name} if status == 1 and says in output else set()
                printed.append(output)
        if named := [test for test in tests if test not in CHECKS]:
            status, output = self._tests([*more, *(["-x"] if len(named) == 1 else []), *named])
            failed |= {name for name in named if _has_failed(name, output)}
            printed += [output] if status else []
        return failed, "\n".join(printed)

    def _tests(self, asked: Sequence[str]) -> tuple[int, str]:
        assert self._pytest.stdin
        assert self._pytest.stdout
        unimportant = "ignore::pytest.PytestAssertRewriteWarning"  # libraries are there already
        arguments = ["-q", "-n0", "--tb=short", "-W", unimportant, *asked]
        print(json.dumps(arguments), file=self._pytest.stdin, flush=True)
        status, output = json.loads(self._pytest.stdout.readline())
        return status, output


def _has_failed(test: str, output: str) -> bool:
    """It, or one of its cases."""
    return bool(re.search(rf"^FAILED {re.escape(test)}( |\[|$)", output, re.MULTILINE))


@contextmanager
def workshop(render: Path, place: Path, environment: Environment) -> Generator[Workshop]:
    shutil.copytree(render, place, symlinks=True)
    with subprocess.Popen(
        [environment.program("python"), FORKED],
        cwd=place,
        env=environment.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as pytest:
        yield Workshop(place, environment, pytest)
        assert pytest.stdin
        pytest.stdin.close()
    shutil.rmtree(place)
