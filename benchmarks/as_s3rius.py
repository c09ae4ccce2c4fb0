"""Users, the way a project of s3rius/fastapi_template has models, data access objects and views.

It is copied into such a project, as `peer/users.py`, and never imported here.
"""

# ruff: noqa: B008  # that is its way
from datetime import UTC, datetime
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from peer.db.base import Base
from peer.db.dependencies import get_db_session
from peer.web import application
from pydantic import BaseModel, ConfigDict, EmailStr
from sqlalchemy import DateTime, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column


def now() -> datetime:
    return datetime.now(UTC)


class UserModel(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)


class UserInputDTO(BaseModel):
    email: EmailStr
    name: str


class UserDTO(UserInputDTO):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    updated_at: datetime


class PageDTO(BaseModel):
    items: list[UserDTO]
    next: UUID | None
    total: int | None = None


class UserDAO:
    def __init__(self, session: AsyncSession = Depends(get_db_session)) -> None:
        self.session = session

    async def create_user(self, email: str, name: str) -> UserModel:
        user = UserModel(email=email, name=name)
        self.session.add(user)
        await self.session.flush()
        return user

    async def get_user(self, user_id: UUID) -> UserModel | None:
        return await self.session.get(UserModel, user_id)

    async def get_users(self, limit: int, offset: int) -> list[UserModel]:
        query = select(UserModel).order_by(UserModel.id).limit(limit).offset(offset)
        return list((await self.session.execute(query)).scalars().fetchall())


router = APIRouter()


@router.get("", response_model=PageDTO)
async def get_users(limit: int = Query(20, ge=1, le=100), user_dao: UserDAO = Depends()) -> PageDTO:
    found = await user_dao.get_users(limit=limit + 1, offset=0)
    items = [UserDTO.model_validate(user) for user in found[:limit]]
    return PageDTO(items=items, next=items[-1].id if len(found) > limit else None)


@router.get("/{user_id}", response_model=UserDTO)
async def get_user(user_id: UUID, user_dao: UserDAO = Depends()) -> UserModel:
    user = await user_dao.get_user(user_id)
    if user is None:
        raise HTTPException(status_code=404)
    return user


@router.post("", response_model=UserDTO, status_code=201)
async def create_user(new_user: UserInputDTO, user_dao: UserDAO = Depends()) -> UserModel:
    return await user_dao.create_user(email=new_user.email.lower(), name=new_user.name)


def get_app() -> FastAPI:
    app = application.get_app()
    app.include_router(router, prefix="/api/v1/users")
    return app
