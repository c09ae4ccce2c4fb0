"""The settings of the service: those of the chassis, and your own groups."""

from .chassis.config import ChassisSettings, read


class Settings(ChassisSettings):
    """Add a group of your own as a field here. Its class derives from `chassis.settings.Group`, and
    lies next to what it sets."""


def read_settings() -> Settings:
    """Those of the environment; refused ones end the process."""
    return read(Settings)
