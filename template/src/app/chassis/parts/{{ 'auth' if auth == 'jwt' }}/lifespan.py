"""Opens what lets users in."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from ...config import ChassisSettings
from ...resources import Resources
from . import Auth, open_auth


@asynccontextmanager
async def opened(resources: Resources[ChassisSettings]) -> AsyncGenerator[Mapping[str, Auth]]:
    """Requests reach it as `auth`."""
    with open_auth(resources.settings.auth) as auth:
        yield {"auth": auth}
