"""What can be done with ${r.several}."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ..chassis.paging import PageOf, page_of
from ..db.models.${r.name} import ${r.title}
from ..db.repositories.${r.plural} import ${r.title}Repository
% for target in others:
from ..db.repositories.${tables[target.target]} import ${target.repository}
% endfor
from ..errors.${r.plural} import ${r.title}NotFound
% for target in others:
from ..errors.${tables[target.target]} import ${target.not_found}
% endfor
from ..schemas.${r.plural} import ${r.title}Change, ${r.title}Create, ${r.title}Query


class ${r.title}Service:
    """Returns plain rows; the entity where one is changed."""

    def __init__(self, ${r.plural}: ${r.title}Repository${"".join(f", {tables[f.target]}: {f.repository}" for f in others)}) -> None:
        self._${r.plural} = ${r.plural}
% for f in others:
        self._${tables[f.target]} = ${tables[f.target]}
% endfor

    async def get(self, ${r.name}_id: UUID) -> Any:
        ${r.name} = await self._${r.plural}.read(${r.name}_id)
        if ${r.name} is None:
            raise ${r.title}NotFound
        return ${r.name}

    async def page(self, query: ${r.title}Query) -> PageOf[Any]:
        equal = query.equal()
        total = None if query.offset is None else await self._${r.plural}.count(**equal)
        found = await self._${r.plural}.read_page_by(
            equal=equal,
            sort=query.sort,
            limit=query.limit + 1,
            after=query.after,
            offset=query.offset or 0,
        )
        return page_of(found, query.limit, total)

    async def create(self, new: ${r.title}Create) -> Any:
% if unique:
        """What is taken the database decides, so that of two at the same time one wins."""
% endif
% if r.refs:
        values = new.model_dump()
        await self._require_references(values)
        return await self._${r.plural}.add_row(**values)
% else:
        return await self._${r.plural}.add_row(**new.model_dump())
% endif

    async def change(self, ${r.name}_id: UUID, change: ${r.title}Change) -> ${r.title}:
        ${r.name} = await self._${r.plural}.get_to_change(${r.name}_id)
        if ${r.name} is None:
            raise ${r.title}NotFound
% if refs_to_change:
        changes = change.model_dump()
        await self._require_references(changes)
        return await self._${r.plural}.update(${r.name}, changes)
% else:
        return await self._${r.plural}.update(${r.name}, change.model_dump())
% endif

    async def remove(self, ${r.name}_id: UUID) -> None:
        if not await self._${r.plural}.delete(${r.name}_id):
            raise ${r.title}NotFound
% if r.refs:

    async def _require_references(self, values: Mapping[str, Any]) -> None:
        """What is named must be there; not every database says which one isn't."""
% for f in r.refs:
        ${f.column} = values.get("${f.column}")
        if ${f.column} is not None and not await self._${tables[f.target]}.exists(${f.column}):
            raise ${f.not_found}
% endfor
% endif
