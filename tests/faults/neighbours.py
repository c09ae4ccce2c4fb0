"""Another process of a service, on the same database, that is ended under load."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from tests.faults.clients import creations, load
from tests.faults.outcomes import Outcome
from tests.servers.serving import Service

WITHIN = 20
"""Seconds until it has to have ended."""


class Place(Protocol):
    """Where services with one database are started."""

    @property
    def mode(self) -> str: ...

    def service(self, **settings: str) -> AbstractContextManager[Service]: ...

    def stored(self, keys: Iterable[str]) -> Iterable[str]: ...


def stop(service: Service) -> None:
    service.stop(WITHIN)


def kill(service: Service) -> None:
    service.kill()


END: Mapping[str, Callable[[Service], None]] = {
    "a neighbour stopped": stop,
    "a neighbour killed": kill,
}


def ended(place: Place, fault: str) -> list[Outcome]:
    """What its clients saw, without those who found nobody there any more. Who was stored without
    an answer, by a process that was asked to stop, is among them."""
    with place.service() as service, load(service.port, creations(), 4, pause=0.005) as writing:
        writing.wait_for(50)
        moment = time.monotonic()
        END[fault](service)
        outcomes = writing.stop()
    late = [outcome.key for outcome in outcomes if outcome.flaw and outcome.ended >= moment]
    dropped = set() if END[fault] is kill else {*place.stored(late)}
    return [o for o in outcomes if o.key not in late or o.key in dropped]
