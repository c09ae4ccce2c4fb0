"""Every table: nothing is loaded by accident, and every constraint has a name."""

from app.db.models import Base


def test_no_relationship_is_loaded_by_accident() -> None:
    relationships = [r for mapper in Base.registry.mappers for r in mapper.relationships]

    assert {r.lazy for r in relationships} <= {"raise"}


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints)
        assert all(index.name for index in table.indexes)
