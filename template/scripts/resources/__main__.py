"""`just new invoice number:str=20:unique 'total:decimal(12,2)'` and the like."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import Refused, Stopped, commands, records
from .resource import Resource, in_order, resource_from

FIELDS = """
A field is name:type[:modifier…]. Types: str=20 text int bigint decimal(12,2) float bool date
datetime uuid email url json enum(draft|sent) ref(user). Modifiers: unique index optional default=…
min=… max=…, and of a ref cascade restrict set_null owner. Quote what has parentheses, or write
decimal=12,2 enum=draft,sent ref=user.
"""
CHANGES = "name:type adds or replaces, name:drop takes away, name:rename=new keeps the values."


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="just", allow_abbrev=False)
    named = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    new = named.add_parser("new", help="make a resource", epilog=FIELDS)
    new.add_argument("name", nargs="?", help="of one, as in delivery_note")
    new.add_argument("fields", nargs="*", help="as in number:str=20:unique")
    new.add_argument("--plural", help="of several, where it is not formed by rule")
    new.add_argument("--owner", action="store_true", help="add an owner: only they and admins may")
    new.add_argument("--spec", type=Path, metavar="FILE", help="the resources of a TOML file")
    new.add_argument("--dry-run", action="store_true", help="print the files, and write nothing")
    change = named.add_parser("change", help="change its fields", epilog=CHANGES + FIELDS)
    change.add_argument("name")
    change.add_argument("fields", nargs="+")
    remove = named.add_parser("remove", help="remove all of it")
    remove.add_argument("name")
    remove.add_argument("--delete-edited", action="store_true", help="also what you have changed")
    named.add_parser("resources", help="list them")
    named.add_parser("render").add_argument("project", type=Path)  # `just update` does
    return whole


def asked_for(options: argparse.Namespace) -> Sequence[Resource]:
    """Raises `Refused`."""
    if options.spec:
        if options.name:
            raise Refused("Give a name and fields, or --spec FILE, not both.")
        if not (resources := records.read(options.spec)):
            raise Refused(f"{options.spec} tells of no resource.")
        return in_order(list(resources.values()))
    if not options.name:
        raise Refused("Say what it is called, as in: just new invoice number:str=20:unique")
    owner = ["owner:ref(user):owner:cascade"] if options.owner else []
    return [resource_from(options.name, [*options.fields, *owner], options.plural)]


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    try:
        match options.command:
            case "new":
                commands.new(asked_for(options), dry_run=options.dry_run)
            case "change":
                return commands.change(options.name, options.fields)
            case "remove":
                return commands.remove(options.name, delete_edited=options.delete_edited)
            case "resources":
                commands.tell()
            case "render":
                commands.render(options.project)
    except Refused as refused:
        print(refused, "Nothing was changed.", sep="\n", file=sys.stderr)
        return 1
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
