"""Every table: nothing is loaded by accident, and every constraint has a name."""

import sqlalchemy

from app.db.models import Base


def test_no_relationship_is_loaded_by_accident() -> None:
    relationships = [r for mapper in Base.registry.mappers for r in mapper.relationships]

    assert {r.lazy for r in relationships} <= {"raise"}


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints)
        assert all(index.name for index in table.indexes)


def test_enums_are_texts_by_value() -> None:
    """A type of the database would need a migration for each member: write `Mapped[Kind]`, and
    leave the column to `Base`."""
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    for kind in [column.type for column in columns if isinstance(column.type, sqlalchemy.Enum)]:
        members = [str(member.value) for member in kind.enum_class or ()]
        assert not kind.native_enum
        assert members in ([], kind.enums)
