"""A reference: FastAPI and SQLAlchemy's ORM the way tutorials show them."""

import logging
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request, Response
from sqlalchemy import DateTime, ForeignKey, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from starlette.middleware.base import BaseHTTPMiddleware
from uuid_utils.compat import uuid7

from benchmarks.schemas import Limit, Page, PageWithPosts, PostIn, UserIn, UserOut

logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s %(message)s")
logger = logging.getLogger("app.access")
Next = Callable[[Request], Awaitable[Response]]


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True)}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class User(Base):
    __tablename__ = "users"

    email: Mapped[str]
    name: Mapped[str]
    latest_posts: Mapped[list["Post"]] = relationship(order_by="Post.id.desc()")


class Post(Base):
    __tablename__ = "posts"

    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    body: Mapped[str]


engine = create_async_engine(os.environ["BENCH_URL"].replace("postgresql:", "postgresql+asyncpg:"))
new_session = async_sessionmaker(engine)


async def get_session() -> AsyncGenerator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
router = APIRouter(prefix="/users", tags=["users"])


@router.get("", response_model=Page)
async def list_users(session: Session, limit: Limit = 20) -> dict[str, object]:
    found = (await session.scalars(select(User).order_by(User.id).limit(limit + 1))).all()
    return page(found, limit)


@router.get("/with-posts", response_model=PageWithPosts)
async def list_with_posts(session: Session, limit: Limit = 20) -> dict[str, object]:
    query = select(User).options(selectinload(User.latest_posts)).order_by(User.id)
    return page((await session.scalars(query.limit(limit + 1))).all(), limit)


@router.get("/{user_id}", response_model=UserOut)
async def read_user(session: Session, user_id: UUID) -> User:
    user = await session.get(User, user_id)
    if user is None:
        raise HTTPException(404)
    return user


@router.post("", response_model=UserOut, status_code=201)
async def create_user(session: Session, new: UserIn) -> User:
    user = User(email=new.email.lower(), name=new.name)
    session.add(user)
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409) from None
    await session.refresh(user)
    return user


@router.post("/{user_id}/posts/import", status_code=201)
async def import_posts(
    session: Session, user_id: UUID, posts: Annotated[list[PostIn], Body(embed=True)]
) -> dict[str, int]:
    session.add_all(Post(author_id=user_id, **post.model_dump()) for post in posts)
    await session.commit()
    return {"count": len(posts)}


def page(found: "list[User] | object", limit: int) -> dict[str, object]:
    assert isinstance(found, list)
    items = found[:limit]
    return {"items": items, "next": items[-1].id if len(found) > limit else None}


api = APIRouter(prefix="/api")
v1 = APIRouter(prefix="/v1")
v1.include_router(router)
api.include_router(v1)
app = FastAPI()
app.include_router(api)


@app.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


async def add_security_headers(request: Request, call_next: Next) -> Response:
    response = await call_next(request)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


async def log_access(request: Request, call_next: Next) -> Response:
    response = await call_next(request)
    logger.info("%s %s %s", request.method, request.url.path, response.status_code)
    return response


async def add_time(request: Request, call_next: Next) -> Response:
    begin = time.perf_counter()
    response = await call_next(request)
    response.headers["X-Process-Time"] = f"{time.perf_counter() - begin:.4f}"
    return response


async def add_request_id(request: Request, call_next: Next) -> Response:
    identity = request.headers.get("X-Request-ID") or str(uuid4())
    request.state.request_id = identity
    response = await call_next(request)
    response.headers["X-Request-ID"] = identity
    return response


for step in (add_security_headers, log_access, add_time, add_request_id):
    app.add_middleware(BaseHTTPMiddleware, dispatch=step)
