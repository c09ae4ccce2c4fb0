"""Users, the way the backend of fastapi/full-stack-fastapi-template has them: SQLModel, a session
of psycopg for each request, routes that are functions and run in threads.

It is copied to where SQLModel is installed, and never imported here.
"""

import os
import uuid
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from pydantic import EmailStr
from sqlalchemy import DateTime
from sqlmodel import Field, Session, SQLModel, create_engine, select
from starlette.middleware.cors import CORSMiddleware

engine = create_engine(os.environ["BENCH_URL"])


def get_datetime_utc() -> datetime:
    return datetime.now(UTC)


class UserBase(SQLModel):
    email: EmailStr = Field(unique=True, index=True, max_length=255)
    name: str


class UserCreate(UserBase):
    pass


class User(UserBase, table=True):
    __tablename__ = "users"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    created_at: datetime = Field(default_factory=get_datetime_utc, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(default_factory=get_datetime_utc, sa_type=DateTime(timezone=True))


class UserPublic(UserBase):
    id: uuid.UUID
    created_at: datetime
    updated_at: datetime


class UsersPublic(SQLModel):
    items: list[UserPublic]
    next: uuid.UUID | None
    total: int | None = None


def get_db() -> Generator[Session, None, None]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_db)]

router = APIRouter(prefix="/users")


@router.get("", response_model=UsersPublic)
def read_users(session: SessionDep, limit: int = Query(20, ge=1, le=100)) -> Any:
    found = session.exec(select(User).order_by(User.id).offset(0).limit(limit + 1)).all()
    users = found[:limit]
    following = users[-1].id if len(found) > limit else None
    return UsersPublic(items=[UserPublic.model_validate(user) for user in users], next=following)


@router.get("/{user_id}", response_model=UserPublic)
def read_user(session: SessionDep, user_id: uuid.UUID) -> Any:
    user = session.get(User, user_id)
    if user is None:
        raise HTTPException(status_code=404, detail="User not found")
    return user


@router.post("", response_model=UserPublic, status_code=201)
def create_user(session: SessionDep, user_in: UserCreate) -> Any:
    user = User.model_validate(user_in, update={"email": user_in.email.lower()})
    session.add(user)
    session.commit()
    session.refresh(user)
    return user


app = FastAPI(title="Full Stack FastAPI Project")
app.add_middleware(
    CORSMiddleware,
    allow_origins=["http://localhost:5173"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)


@app.get("/api/v1/utils/health-check/")
async def health_check() -> bool:
    return True


app.include_router(router, prefix="/api/v1")
