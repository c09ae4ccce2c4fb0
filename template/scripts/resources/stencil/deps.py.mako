"""How routes get the service of ${r.several}."""

from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection

from ...chassis.http.deps import SessionDep, reader_of
from ...db.repositories.${r.plural} import ${r.title}Repository
% for f in others:
from ...db.repositories.${tables[f.target]} import ${f.repository}
% endfor
from ...services.${r.plural} import ${r.title}Service


async def get_${r.plural}(session: SessionDep) -> ${r.title}Service:
    return ${r.title}Service(${", ".join(f"{repository}(session)" for repository in repositories)})


async def get_${r.plural}_to_read(request: HTTPConnection) -> ${r.title}Service:
% if others:
    reader = reader_of(request)
    return ${r.title}Service(${", ".join(f"{repository}(reader)" for repository in repositories)})
% else:
    return ${r.title}Service(${r.title}Repository(reader_of(request)))
% endif


${r.titles}Dep = Annotated[${r.title}Service, Depends(get_${r.plural})]
Read${r.titles}Dep = Annotated[${r.title}Service, Depends(get_${r.plural}_to_read)]
