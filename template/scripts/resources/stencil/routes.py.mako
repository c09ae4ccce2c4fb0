"""`${r.url}`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from ...chassis.errors import PageLost
from ...chassis.http.document import problems
from ...chassis.http.operations import link
% for f in unique:
from ...errors.${r.plural} import ${taken(f)}
% endfor
% for f in r.refs:
from ...errors.${tables[f.target]} import ${f.not_found}
% endfor
from ...schemas.${r.plural} import ${r.title}Change, ${r.title}Create, ${r.title}Page, ${r.title}Query, ${r.title}Read
from ..deps.${r.plural} import ${r.titles}Dep, Read${r.titles}Dep

router = APIRouter(prefix="${r.url}", tags=["${r.several}"])


@router.get(""${", responses=problems(PageLost)" if sorts else ""})
async def list_${r.plural}(${r.plural}: Read${r.titles}Dep, query: Annotated[${r.title}Query, Query()]) -> ${r.title}Page:
    """${r.several.capitalize()}, in order of creation if nothing else is asked for."""
    return ${r.title}Page.model_validate(await ${r.plural}.page(query))


@router.get("/{${r.name}_id}")
async def read_${r.name}(${r.plural}: Read${r.titles}Dep, ${r.name}_id: UUID) -> ${r.title}Read:
    """One ${one}."""
    return ${r.title}Read.model_validate(await ${r.plural}.get(${r.name}_id))


@router.post("", status_code=HTTPStatus.CREATED${f", responses=problems({', '.join(refusals)})" if refusals else ""})
async def create_${r.name}(${r.plural}: ${r.titles}Dep, new: ${r.title}Create, request: Request, response: Response) -> ${r.title}Read:
    """Create ${a_one}."""
    ${r.name} = ${r.title}Read.model_validate(await ${r.plural}.create(new))
    response.headers["Location"] = link(request, f"{router.prefix}/{${r.name}.id}")
    return ${r.name}


@router.patch("/{${r.name}_id}"${f", responses=problems({', '.join(refusals_of_changes)})" if refusals_of_changes else ""})
async def change_${r.name}(${r.plural}: ${r.titles}Dep, ${r.name}_id: UUID, change: ${r.title}Change) -> ${r.title}Read:
    """Change what is given; what is left out stays."""
    return ${r.title}Read.model_validate(await ${r.plural}.change(${r.name}_id, change))


@router.delete("/{${r.name}_id}", status_code=HTTPStatus.NO_CONTENT)
async def remove_${r.name}(${r.plural}: ${r.titles}Dep, ${r.name}_id: UUID) -> None:
    """Remove ${a_one}."""
    await ${r.plural}.remove(${r.name}_id)
