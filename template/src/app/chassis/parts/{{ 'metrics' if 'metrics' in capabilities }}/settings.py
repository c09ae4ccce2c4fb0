"""The settings of the metrics."""

from collections.abc import Iterator

from pydantic import SecretStr, field_validator

from ...chance import FOR_TOKENS, MAKE_ONE, weakness
from ...settings import Group


class MetricsSettings(Group):
    """Who may read them."""

    token: SecretStr = SecretStr("")
    """What Prometheus has to send as `Authorization: Bearer …`. Without one, everybody who reaches
    `/metrics` may read it, which production refuses."""

    @field_validator("token")
    @classmethod
    def refuse_what_no_header_holds(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value()
        if text and not (text.isascii() and text.isprintable() and " " not in text):
            raise ValueError(f"should be letters, digits and signs. To make one: {MAKE_ONE}")
        return token

    def unsafe(self) -> Iterator[str]:
        """What production must not run with."""
        if weak := weakness(self.token.get_secret_value(), FOR_TOKENS):
            yield f"METRICS_TOKEN {weak}; to make one: {MAKE_ONE}"
