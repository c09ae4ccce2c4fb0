"""Users over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field

from ..chassis.schemas.base import Email, FilledText, Input, Output
from ..chassis.schemas.page import Page

Name = Annotated[FilledText, Field(max_length=100)]


class UserCreate(Input):
    email: Email
    name: Name


class UserChange(Input):
    """What is left out stays as it is."""

    email: Email | MISSING = MISSING
    name: Name | MISSING = MISSING


class UserRead(Output):
    id: UUID
    email: str
    name: str
    created_at: datetime
    updated_at: datetime


UserPage = Page[UserRead]
