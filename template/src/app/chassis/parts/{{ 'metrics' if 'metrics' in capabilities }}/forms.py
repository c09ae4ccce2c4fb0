"""In which form `/metrics` is told: the one that is asked for."""

import re

from starlette.types import Scope

from ...http.weights import weighted

PLAIN, OPEN = "text/plain", "application/openmetrics-text"
VERSIONS = {PLAIN: {"", "0.0.4", "1.0.0"}, OPEN: {"", "1.0.0"}}
"""Those that Prometheus' library writes, by the type. Without one it takes its own choice."""

_RANGES = {"*/*": (PLAIN, OPEN), "text/*": (PLAIN,), "application/*": (OPEN,)}
_KEPT = ("version", "escaping")
_PARAMETER = re.compile(r';\s*(\w+)\s*=\s*"?([^;"]*)')


def wanted_form(scope: Scope) -> str:
    """What the client likes best of what it accepts, as Prometheus' library understands it: by
    itself this knows no weights. Who accepts none gets plain text all the same (RFC 9110, section
    12.5.1)."""
    accepted = list(weighted(scope, b"accept"))
    refused = {name for name, weight in accepted if not weight}
    for name, weight in sorted(accepted, key=lambda item: item[1], reverse=True):
        kind, *_ = name.split(";")
        parameters = {key: value.strip() for key, value in _PARAMETER.findall(name)}
        for form in _RANGES.get(kind, (kind,)) if weight else ():
            is_known = parameters.get("version", "") in VERSIONS.get(form, ())
            if is_known and form not in refused:
                kept = [f"{key}={parameters[key]}" for key in parameters if key in _KEPT]
                return ";".join([form, *kept])
    return PLAIN
