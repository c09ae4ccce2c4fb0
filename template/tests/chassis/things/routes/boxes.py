"""`/api/v1/boxes`: one route of each kind."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import MISSING, Field

from app.chassis.http.deps import PageDep, SessionDep, reader_of
from app.chassis.http.document import problems
from app.chassis.http.operations import link
from app.chassis.paging import page_of
from app.chassis.schemas.base import FilledText, Input, Output
from app.chassis.schemas.page import Page

from ..repositories import BoxNotFound, BoxRepository, ItemRepository, LabelTaken

router = APIRouter(prefix="/api/v1/boxes", tags=["boxes"])

Label = Annotated[FilledText, Field(max_length=100)]
Note = Annotated[FilledText, Field(max_length=10_000)]


class BoxCreate(Input):
    label: Label
    note: Note


class BoxChange(Input):
    label: Label | MISSING = MISSING
    note: Note | MISSING = MISSING


class BoxRead(Output):
    id: UUID
    label: str
    note: str


class Items(Input):
    texts: list[FilledText] = Field(min_length=1, max_length=10_000, fail_fast=True)


class Counted(Output):
    count: int


BoxPage = Page[BoxRead]


async def get_boxes(session: SessionDep) -> BoxRepository:
    return BoxRepository(session)


async def get_boxes_to_read(request: Request) -> BoxRepository:
    return BoxRepository(reader_of(request))


BoxesDep = Annotated[BoxRepository, Depends(get_boxes)]
ReadBoxesDep = Annotated[BoxRepository, Depends(get_boxes_to_read)]


@router.get("")
async def list_boxes(boxes: ReadBoxesDep, page: PageDep) -> BoxPage:
    """Boxes in order of creation."""
    total = None if page.offset is None else await boxes.count()
    found = await boxes.read_page(limit=page.limit + 1, after=page.after, offset=page.offset or 0)
    return BoxPage.model_validate(page_of(found, page.limit, total))


@router.get("/first")
async def read_first_box(boxes: ReadBoxesDep) -> BoxRead:
    """A path of its own beside the one of any box."""
    found = await boxes.read_page(limit=1)
    if not found:
        raise BoxNotFound
    return BoxRead.model_validate(found[0])


@router.get("/{box_id}")
async def read_box(boxes: ReadBoxesDep, box_id: UUID) -> BoxRead:
    """One box."""
    box = await boxes.read(box_id)
    if box is None:
        raise BoxNotFound
    return BoxRead.model_validate(box)


@router.post("", status_code=HTTPStatus.CREATED, responses=problems(LabelTaken))
async def add_box(boxes: BoxesDep, new: BoxCreate, request: Request, response: Response) -> BoxRead:
    """A new box; the label must not be taken."""
    box = BoxRead.model_validate(await boxes.add_row(**new.model_dump()))
    response.headers["Location"] = link(request, f"{router.prefix}/{box.id}")
    return box


@router.patch("/{box_id}", responses=problems(LabelTaken))
async def change_box(boxes: BoxesDep, box_id: UUID, change: BoxChange) -> BoxRead:
    """Change what is given; what is left out stays."""
    box = await boxes.get_to_change(box_id)
    if box is None:
        raise BoxNotFound
    return BoxRead.model_validate(await boxes.update(box, change.model_dump()))


@router.delete("/{box_id}", status_code=HTTPStatus.NO_CONTENT)
async def remove_box(boxes: BoxesDep, box_id: UUID) -> None:
    """Remove a box, and what is in it."""
    if not await boxes.delete(box_id):
        raise BoxNotFound


@router.post("/{box_id}/items", status_code=HTTPStatus.CREATED, max_body_size=8 * 1024 * 1024)
async def fill_box(session: SessionDep, box_id: UUID, new: Items) -> Counted:
    """Put items into a box: all of them or none."""
    if not await BoxRepository(session).exists(box_id):
        raise BoxNotFound
    rows = ({"box_id": box_id, "text": text} for text in new.texts)
    return Counted(count=await ItemRepository(session).add_rows(rows))
