"""When the garbage collector looks, and at what."""

import gc

from app.chassis.garbage import NEW_OBJECTS, rare_collections

from .running import Running


def test_a_running_service_collects_seldom(service: Running) -> None:
    assert gc.get_threshold()[0] == NEW_OBJECTS


def test_what_was_set_before_is_set_again() -> None:
    gc.set_threshold(500, 5, 5)

    with rare_collections():
        assert gc.get_threshold() == (NEW_OBJECTS, 5, 5)
        assert gc.get_freeze_count() > 0, "what was there before is left alone"

    assert gc.get_threshold() == (500, 5, 5)
