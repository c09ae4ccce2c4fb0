"""What `just migrate` and `alembic check` compare, and how migrations are written, in Python and in
SQL."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum

from .columns import JSON_OBJECT
from .comparing import PLUGINS, ComparingImpl


def render_item(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Migrations name types of SQLAlchemy only: they must run when the service's own have
    changed."""
    if kind != "type":
        return False
    if item is JSON_OBJECT:
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if isinstance(item, Enum) and not item.native_enum:
        return f"sa.String(length={item.length})"
    variants = item._variant_mapping.values()
    if any(type(variant).__module__.startswith("app.") for variant in variants):
        return f"sa.{item!r}"
    return False


OPTIONS: dict[str, Any] = {
    "render_as_batch": True,
    "render_item": render_item,
    "transaction_per_migration": True,
    "compare_server_default": True,
    "autogenerate_plugins": [
        "alembic.autogenerate.*",
        "alembic.ext.checkconstraint_byname",
        *PLUGINS,
    ],
}
"""For `context.configure`."""

OFFLINE: dict[str, Any] = {
    "dialect_name": ComparingImpl.__dialect__,
    "dialect_opts": {"paramstyle": "named"},  # others would write each % twice
    "literal_binds": True,
    "transactional_ddl": True,
}
"""In place of a connection, for what `--sql` prints."""
