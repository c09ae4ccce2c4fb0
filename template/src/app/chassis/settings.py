"""What every group of settings is. Each lies next to what it sets."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict


class Group(BaseModel):
    """Settings that belong together. `APP_LOG_LEVEL` is the field `level` of the group `log`."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    def unsafe(self) -> Iterator[str]:
        """What production must not run with: each begins with the name of the variable, without
        `APP_`."""
        yield from ()
