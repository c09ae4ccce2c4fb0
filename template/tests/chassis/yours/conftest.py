"""These tests are about your application again."""

import pytest
from sqlalchemy import MetaData

from app.db.models import Base

from ..running import Running


@pytest.fixture(scope="session")
def tables() -> MetaData:
    return Base.metadata


@pytest.fixture(scope="session")
def service(your_service: Running) -> Running:
    return your_service
