"""Who may do what with ${r.several}."""

from uuid import UUID

from ...chassis.http.guard import Rules
from ...schemas.${r.plural} import ${r.title}Create
from ..callers import admins, oneself_or_admins, users
from ..deps.accounts import ActiveUserDep
from ..deps.${r.plural} import ${r.titles}Dep
% if owner:


async def ${owner.name}_or_admins(account: ActiveUserDep, ${r.plural}: ${r.titles}Dep, ${r.name}_id: UUID) -> None:
    # In the route's own unit of work: what only reads may see what was true before.
    if not account.is_admin:
        await oneself_or_admins(account, (await ${r.plural}.get(${r.name}_id)).${owner.column})


async def future_${owner.name}_or_admins(account: ActiveUserDep, new: ${r.title}Create) -> None:
    await oneself_or_admins(account, new.${owner.column})


async def of_oneself_or_admins(account: ActiveUserDep, ${owner.column}: UUID | None = None) -> None:
    """Who asks for all of them must be an admin."""
    if account.id != ${owner.column}:
        await admins(account)
% endif


RULES: Rules = {
    "GET ${r.url}": ${"of_oneself_or_admins" if owner else "users"},
    "GET ${r.url}/{${r.name}_id}": ${f"{owner.name}_or_admins" if owner else "users"},
    "POST ${r.url}": ${f"future_{owner.name}_or_admins" if owner else "admins"},
    "PATCH ${r.url}/{${r.name}_id}": ${f"{owner.name}_or_admins" if owner else "admins"},
    "DELETE ${r.url}/{${r.name}_id}": ${f"{owner.name}_or_admins" if owner else "admins"},
}
