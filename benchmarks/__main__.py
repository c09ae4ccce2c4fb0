"""`python -m benchmarks`: the command line."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from benchmarks import comparison, instructions, pools, routes, startup, tables


class Part(Protocol):
    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, options: argparse.Namespace) -> int: ...


PARTS: Mapping[str, Part] = {
    "routes": routes,
    "tables": tables,
    "startup": startup,
    "instructions": instructions,
    "pools": pools,
}


def main(arguments: Sequence[str]) -> int:
    """Without a part, the comparison."""
    wanted = PARTS.get(arguments[0] if arguments else "", comparison)
    rest = arguments if wanted is comparison else arguments[1:]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=wanted.__doc__)
    wanted.add_arguments(parser)
    begin = time.monotonic()
    try:
        return wanted.run(parser.parse_args(rest))
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        print(f"{time.monotonic() - begin:.0f} s in all", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
