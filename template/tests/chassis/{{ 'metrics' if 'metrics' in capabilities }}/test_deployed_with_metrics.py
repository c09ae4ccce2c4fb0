"""The alert rules and the dashboards: they ask for nothing that is not measured."""

import json
import re
from typing import Any

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from .. import witness
from ..fixtures import PROJECT

ALERTS = [path.read_text() for path in (PROJECT / "deploy/prometheus").glob("*.yml")]
DASHBOARDS = [json.loads(path.read_text()) for path in (PROJECT / "deploy/grafana").glob("*.json")]
METRIC = re.compile(r"\b(?:db|event|http|process|python)_\w+")
# The library knows these of Linux only.
OF_THE_PLATFORM = re.compile(r"^process_")


def targets() -> list[dict[str, Any]]:
    panels = [panel for dashboard in DASHBOARDS for panel in dashboard["panels"]]
    return [target for panel in panels for target in panel.get("targets", [])]


def named() -> set[str]:
    """Every metric that an expression of one of them names."""
    asked = [*ALERTS, *(target["expr"] for target in targets())]
    return {name for text in asked for name in METRIC.findall(text)}


async def measured(client: httpx2.AsyncClient) -> set[str]:
    await client.get("/health/live")
    headers = {"Authorization": f"Bearer {witness.SECRET}"}
    response = await client.get("/metrics", headers=headers)
    families = text_string_to_metric_families(response.text)
    return {sample.name for family in families for sample in family.samples}


async def test_nothing_is_asked_for_that_is_not_measured(client: httpx2.AsyncClient) -> None:
    unknown = named() - await measured(client)

    assert {name for name in unknown if not OF_THE_PLATFORM.match(name)} == set()


async def test_everything_of_ours_is_shown(client: httpx2.AsyncClient) -> None:
    ours = {name for name in await measured(client) if re.match(r"(db|event|http)_", name)}

    stems = {re.sub(r"_(bucket|sum|count)$", "", name) for name in ours}
    assert {stem for stem in stems if not any(name.startswith(stem) for name in named())} == set()


def test_panels_have_ids_of_their_own_and_no_source_of_somebody_else() -> None:
    for dashboard in DASHBOARDS:
        ids = [panel["id"] for panel in dashboard["panels"]]
        assert len(set(ids)) == len(ids)
    assert {target["datasource"]["uid"] for target in targets()} == {"${datasource}"}
