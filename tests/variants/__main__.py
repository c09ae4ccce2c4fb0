"""`python -m tests.variants` lists them; `… matrix` deals them out to jobs of GitHub Actions."""

import argparse
import json

from tests.variants.numbered import PAIRWISE, VARIANTS, description, matrix


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.variants")
    commands = parser.add_subparsers(dest="command")
    deal = commands.add_parser("matrix", help="rows for the jobs of GitHub Actions, as JSON")
    deal.add_argument("--shards", type=int, default=1)
    deal.add_argument("--all", action="store_true", help="every triple, not only every pair")
    options = parser.parse_args()
    if options.command:
        numbers = tuple(VARIANTS) if options.all else PAIRWISE
        print(json.dumps(matrix(numbers, options.shards)))
        return
    for number in VARIANTS:
        print(f"{number:>3} {'pair' if number in PAIRWISE else 'triple':6} {description(number)}")


if __name__ == "__main__":
    main()
