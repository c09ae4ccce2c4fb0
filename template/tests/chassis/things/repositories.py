"""Questions about boxes and items, and what can go wrong."""

from collections.abc import Sequence

from sqlalchemy.orm import selectinload

from app.chassis.db.repository import Repository
from app.chassis.errors import Conflict, NotFound

from .tables import Box, Item, Parcel


class BoxNotFound(NotFound):
    detail = "There is no box with this id."


class LabelTaken(Conflict):
    detail = "Another box has this label."


class BoxSealed(Conflict):
    detail = "The box is sealed."


class BoxRepository(Repository[Box]):
    model = Box
    violations = {"uq_boxes_label": LabelTaken, "fk_seals_box_id_boxes": BoxSealed}

    async def list_with_items(self, *, limit: int) -> Sequence[Box]:
        """Two statements, however many boxes."""
        return await self.list(selectinload(Box.items), limit=limit)


class ItemRepository(Repository[Item]):
    model = Item
    violations = {"fk_items_box_id_boxes": BoxNotFound}


class ParcelRepository(Repository[Parcel]):
    model = Parcel
