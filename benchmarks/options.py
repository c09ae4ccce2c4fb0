"""The options that all parts of the command line have."""

import argparse


def add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="put the figures into docs/")


def add_rounds(parser: argparse.ArgumentParser, rounds: int, seconds: int = 1) -> None:
    add_common(parser)
    parser.add_argument("--rounds", type=positive, default=rounds)
    parser.add_argument("--seconds", type=positive, default=seconds, help="of one slice")


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
