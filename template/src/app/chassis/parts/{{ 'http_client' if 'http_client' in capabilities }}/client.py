"""The one way to call another service."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import count
from time import perf_counter
from traceback import walk_stack
from typing import TYPE_CHECKING, Any, Unpack, cast
from urllib.parse import urlsplit

from ...db.session import holds_connection
from .calls import Answer, Call, Options
from .errors import CallFailed, UpstreamBusy, UpstreamTooSlow
from .places import Observer, Places
from .public import PublicOnly
from .repeating import LONGEST, REPEATED, Budget, pause_asked_for, pause_before
from .settings import OutboundSettings

if TYPE_CHECKING:
    from aiohttp import TraceConfig

    from .sending import Sender

logger = logging.getLogger(__name__)

INSIDE = "Another service is called while a connection to the database is held"
OTHER = "other"
"""What hosts are called that `APP_OUTBOUND_HOSTS` doesn't name."""

CLOSING = 2.0
"""Seconds that closing the connections may take."""


class HttpClient:
    """Made once per process, in the lifespan. Loads its library at the first call: a service that
    makes none starts as fast as one without it."""

    def __init__(
        self,
        settings: OutboundSettings,
        traces: Callable[[], "Sequence[TraceConfig]"] = list,
        *,
        public: PublicOnly | None = None,
        warns: bool = False,
    ) -> None:
        """`traces` follow each request, `warns` tells of calls inside of units of work."""
        self._settings, self._traces, self._public = settings, traces, public or PublicOnly()
        self._places = Places(settings.calls, settings.connections_per_host)
        self._budget = Budget()
        self._opening = asyncio.Lock()
        self._sender: Sender | None = None
        self._named = frozenset(settings.hosts)
        self._warned: set[str] | None = set() if warns else None

    @property
    def observer(self) -> Observer:
        return self._places.observer

    @observer.setter
    def observer(self, observer: Observer) -> None:
        self._places.observer = observer

    @property
    def busy(self) -> int:
        """Calls that are being made."""
        return self._places.busy

    async def fetch(self, method: str, url: str, **options: Unpack[Options]) -> Answer:
        """The answer, whatever its status. Raises `CallFailed`: the problem that the client of a
        route is answered, unless the route knows better."""
        self._warn_inside_unit_of_work()
        return await self._made(Call(method, url, **options), self._settings.wait)

    async def fetch_many(
        self, calls: Sequence[Call], *, deadline: float | None = None
    ) -> list[Answer | CallFailed]:
        """Make calls side by side. What came of each stands where it stood. At the deadline, by
        default that of a single call, what is not done has been too slow."""
        self._warn_inside_unit_of_work()
        seconds = self._settings.deadline if deadline is None else deadline
        came: list[Answer | CallFailed] = [UpstreamTooSlow() for _ in calls]

        async def make(index: int, call: Call) -> None:
            try:
                came[index] = await self._made(call, patience=seconds)
            except* CallFailed as failed:
                came[index] = cast("CallFailed", failed.exceptions[0])

        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for index, call in enumerate(calls):
                    group.create_task(make(index, call))
        except TimeoutError:
            logger.warning("Not all calls were made in time", extra={"calls": len(calls)})
        return came

    async def close(self) -> None:
        sender, self._sender = self._sender, None
        if sender is None:
            return
        try:
            async with asyncio.timeout(CLOSING):
                await sender.close()
        except TimeoutError:
            logger.warning("Connections to other services did not close in time")

    async def _made(self, call: Call, patience: float) -> Answer:
        begin, outcome = perf_counter(), "cancelled"
        try:
            answer = await self._in_time(call, patience)
            outcome = str(answer.status)
        except CallFailed as error:
            outcome = type(error).__name__
            extra = {"host": _host(call.url), "error": outcome, "cause": error.cause}
            logger.warning("A call to another service failed", extra=extra)
            raise
        finally:
            self.observer.ended(self._name(call), outcome, perf_counter() - begin)
        return answer

    async def _in_time(self, call: Call, patience: float) -> Answer:
        """All waiting counts: for a place, for a connection, for the answer, for another try."""
        longest = self._settings.deadline
        seconds = longest if call.deadline is None else min(call.deadline, longest)
        self._budget.earn()
        try:
            async with asyncio.timeout(seconds):
                return await self._tried(call, min(patience, seconds))
        except TimeoutError:
            raise UpstreamTooSlow from None

    async def _tried(self, call: Call, patience: float) -> Answer:
        sender = self._sender or await self._open()
        most = self._settings.attempts if call.may_be_repeated() else 1
        for attempt in count(1):
            pause = pause_before(attempt)
            try:
                async with self._places.taken(_address(call.url), patience):
                    answer = await sender.send(call)
            except UpstreamBusy:
                raise
            except CallFailed as error:
                if error.is_final or attempt == most or not self._budget.spend():
                    raise
            else:
                if answer.status not in REPEATED or attempt == most:
                    return answer
                pause = pause_asked_for(answer.headers, otherwise=pause)
                if pause > LONGEST or not self._budget.spend():
                    return answer
            self.observer.repeated(self._name(call))
            await asyncio.sleep(pause)
        raise AssertionError

    async def _open(self) -> "Sender":
        async with self._opening:
            if self._sender is None:
                # In a thread: reading the library takes longer than the loop may be held.
                sending, traces = await asyncio.to_thread(self._loaded)
                self._sender = sending.Sender(self._settings, traces, self._public)
            return self._sender

    def _loaded(self) -> "tuple[Any, Sequence[TraceConfig]]":
        return import_module(f"{__package__}.sending"), self._traces()

    def _name(self, call: Call) -> str:
        host = _host(call.url)
        return host if host in self._named else OTHER

    def _warn_inside_unit_of_work(self) -> None:
        """Whoever waits for another service must not hold what everybody waits for."""
        if self._warned is None or not holds_connection():
            return
        place = _place_of_caller()
        if place not in self._warned:
            self._warned.add(place)
            logger.warning(INSIDE, extra={"place": place})


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _address(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _place_of_caller() -> str:
    for frame, line in walk_stack(None):
        if not str(frame.f_globals.get("__name__", "")).startswith(str(__package__)):
            return f"{frame.f_code.co_filename}:{line}"
    raise AssertionError
