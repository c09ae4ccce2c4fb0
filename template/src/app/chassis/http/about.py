"""What the OpenAPI document says about the project: what `pyproject.toml` says, as installed."""

from email.utils import getaddresses
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

_NO_SPDX = "LicenseRef-"


def about(distribution: str) -> dict[str, Any]:
    """Fields of `info` (OpenAPI 3.1, section 4.8.2). Empty where the project isn't installed, as
    with nothing but its sources on `PYTHONPATH`."""
    try:
        known: dict[str, Any] = metadata(distribution).json
    except (PackageNotFoundError, ValueError):
        return {}
    found = {
        "version": known["version"],
        "description": known.get("summary"),
        "contact": _contact(known),
        "license": _license(known.get("license_expression")),
    }
    return {name: value for name, value in found.items() if value}


def _contact(known: dict[str, Any]) -> dict[str, str]:
    """The first author: of one with an address, both stand in the same field."""
    for name, address in getaddresses([known.get("author_email", "")]):
        found = {"name": name or known.get("author", ""), "email": address}
        return {field: value for field, value in found.items() if value}
    return {"name": known["author"]} if "author" in known else {}


def _license(expression: str | None) -> dict[str, str]:
    if not expression:
        return {}
    return {"name": expression.removeprefix(_NO_SPDX), "identifier": expression}
