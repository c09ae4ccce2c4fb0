"""How a table is made and dropped, as a migration says it, of its model as it is now:
`python -m scripts.resources.tables invoices`. What a database tells of its types is not enough."""

import json
import sys

from alembic.autogenerate import render_python_code
from alembic.operations.ops import (
    CreateIndexOp,
    CreateTableOp,
    MigrateOperation,
    ModifyTableOps,
    UpgradeOps,
)
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table

from app.chassis.db.autogenerate import OFFLINE, render_item
from app.db.models import Base


def written(table: Table) -> dict[str, str]:
    """In Python: `drop` and `create`."""
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    parts: list[MigrateOperation] = [CreateTableOp.from_table(table)]
    if indexes:
        made: list[MigrateOperation] = [CreateIndexOp.from_index(index) for index in indexes]
        parts.append(ModifyTableOps(table.name, made))
    create = UpgradeOps(parts)
    context = MigrationContext.configure(dialect_name=OFFLINE["dialect_name"])
    return {
        name: render_python_code(
            operations, render_as_batch=True, render_item=render_item, migration_context=context
        )
        for name, operations in (("drop", create.reverse()), ("create", create))
    }


if __name__ == "__main__":
    print(json.dumps(written(Base.metadata.tables[sys.argv[1]])))
