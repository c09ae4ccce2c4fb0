"""The settings of the metrics."""

from collections.abc import Iterator

from pydantic import SecretStr

from ...settings import Group


class MetricsSettings(Group):
    """Who may read them."""

    token: SecretStr = SecretStr("")
    """What Prometheus has to send as `Authorization: Bearer …`. Without one, everybody who reaches
    `/metrics` may read it, which production refuses."""

    def unsafe(self) -> Iterator[str]:
        """What production must not run with."""
        if not self.token.get_secret_value():
            yield "METRICS_TOKEN is not set: everybody could read /metrics"
