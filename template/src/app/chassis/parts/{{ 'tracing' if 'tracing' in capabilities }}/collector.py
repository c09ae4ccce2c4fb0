"""Whom spans are told, by the variables of OpenTelemetry. Loads nothing of its SDK."""

import logging
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

OFF = "Nothing is traced: %s"


def wanted(variables: Mapping[str, str]) -> Literal["otlp", "console"] | None:
    """None, and a line in the log, where nobody is to be told."""
    exporter = variables.get("OTEL_TRACES_EXPORTER") or "otlp"
    if variables.get("OTEL_SDK_DISABLED", "").lower() == "true":
        logger.info(OFF, "OTEL_SDK_DISABLED is true")
    elif exporter == "none":
        logger.info(OFF, "OTEL_TRACES_EXPORTER is none")
    elif exporter == "console":
        return "console"
    elif exporter != "otlp":
        logger.error(OFF, "OTEL_TRACES_EXPORTER should be otlp, console or none")
    elif not (endpoint := _first(variables, "ENDPOINT")):
        logger.info(OFF, "OTEL_EXPORTER_OTLP_ENDPOINT names no collector")
    elif not _is_http(endpoint):
        logger.error(OFF, "OTEL_EXPORTER_OTLP_ENDPOINT should be like http://collector:4318")
    elif (_first(variables, "PROTOCOL") or "http/protobuf") != "http/protobuf":
        logger.error(OFF, "OTEL_EXPORTER_OTLP_PROTOCOL should be http/protobuf")
    else:
        return "otlp"
    return None


def _first(variables: Mapping[str, str], name: str) -> str | None:
    """What is set for traces comes before what is set for everything."""
    of_traces = variables.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}")
    return of_traces or variables.get(f"OTEL_EXPORTER_OTLP_{name}")


def _is_http(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
