"""`python -m tests.mutations`, or `just mutate`: applies each mutation of the list to a render, and
tells which are found by the tests that are named for them.

Ids of patterns, and words of what is broken, choose some of them. `--write` writes the page of
patterns instead.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from tests.conftest import FOREIGN
from tests.environments.installing import LOWEST, install_union, interpreter
from tests.mutations.applying import NothingProvenError, Verdict, workshop
from tests.mutations.listed import RENDERS, Mutation, mutations
from tests.mutations.page import PAGE, written
from tests.rendering.renders import Renderer


def main() -> None:
    parser = argparse.ArgumentParser(prog="just mutate")
    parser.add_argument("chosen", nargs="*", help="PO1, or 'idle check'; all without any")
    parser.add_argument("--write", action="store_true", help="write docs/reference/patterns.md")
    options = parser.parse_args()
    if options.write:
        PAGE.write_text(written(PAGE.read_text()))
        return
    begin = time.monotonic()
    verdicts = list(tried(chosen(options.chosen)))
    survived = [verdict for verdict in verdicts if verdict.survived]
    for verdict in survived:
        print(told(verdict))
    caught, seconds = len(verdicts) - len(survived), time.monotonic() - begin
    print(f"{len(verdicts)} mutations: {caught} caught, {len(survived)} survived, {seconds:.0f} s")
    sys.exit(bool(survived))


def chosen(words: Sequence[str]) -> list[Mutation]:
    found = [one for one in mutations() if not words or any(map(one.is_meant, words))]
    if not found:
        sys.exit(f"No mutation is called {' or '.join(words)}.")
    return found


def tried(listed: Sequence[Mutation]) -> Iterator[Verdict]:
    """Each, render by render, with a line when it is done."""
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]
    environment = install_union(interpreter(LOWEST))
    by_render = sorted(listed, key=lambda one: [*RENDERS].index(one.of))
    with tempfile.TemporaryDirectory(prefix="mutations-") as place:
        renderer = Renderer(Path(place))
        for name, group in groupby(by_render, key=lambda one: one.of):
            ours, project = list(group), renderer.render(**RENDERS[name]).folder
            with workshop(project, Path(place, name), environment) as bench:
                try:
                    bench.require_green(test for one in ours for test in one.tests)
                except NothingProvenError as red:
                    sys.exit(f"{red}\nNothing is proven: {name} fails without a mutation.")
                for one in ours:
                    verdict = bench.tried(one)
                    word = "SURVIVED" if verdict.survived else "caught"
                    print(f"{word:8} {one} ({name}, {verdict.seconds:.1f} s)", flush=True)
                    yield verdict


def told(verdict: Verdict) -> str:
    one = verdict.mutation
    return (
        f"\n{one}\n  {one.file}\n  - {one.old}\n  + {one.new}\n"
        f"  not failed: {', '.join(verdict.survived)}\n{verdict.output}"
    )


if __name__ == "__main__":
    main()
