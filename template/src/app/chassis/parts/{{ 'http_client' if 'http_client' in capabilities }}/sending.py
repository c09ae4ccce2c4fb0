"""One attempt, by aiohttp. Loaded at the first call, with the library."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, TraceConfig
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import StreamWriter
from yarl import URL

from .calls import Answer, Call
from .errors import AddressRefused, CallFailed, UpstreamTooSlow, UpstreamUnavailable
from .public import NotPublic, PublicOnly
from .redirects import REDIRECTS, Hop, SendsElsewhere
from .settings import OutboundSettings

KEPT = 15.0
"""Seconds that a connection is kept for the next call. Less than servers usually do."""

TOO_LARGE = "Another service, which this one needs, answered more than is taken."


@dataclass(slots=True)
class Progress:
    """How far a request got."""

    reused: bool = False
    """Whether it has a connection that was kept."""

    sent: bool = False
    """Whether its body was given to that."""

    def could_not_begin(self, hung_up: "HungUp") -> bool:
        """Whether the connection was dead already when it was taken, so that nothing was sent."""
        nothing_went = isinstance(hung_up.error, aiohttp.ClientConnectionResetError)
        return self.reused and not self.sent and (nothing_went or hung_up.had_body)


class Body(aiohttp.Payload):
    """Bytes that are sent in one piece, or not at all."""

    def __init__(self, body: bytes, progress: Progress) -> None:
        super().__init__(body, content_type="application/octet-stream")
        self._size = len(body)
        self._progress = progress

    async def write(self, writer: AbstractStreamWriter) -> None:
        transport = cast("StreamWriter", writer).transport
        self._progress.sent = transport is not None and not transport.is_closing()
        await writer.write(self._value)

    async def write_with_length(self, writer: AbstractStreamWriter, _: int | None) -> None:
        await self.write(writer)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError(encoding, errors)  # it is only sent


class HungUp(Exception):
    """A connection ended before its answer began. Not one of the library's errors: on these it
    makes the call again by itself, which no budget would know of."""

    def __init__(self, error: Exception, *, had_body: bool) -> None:
        self.error, self.had_body = error, had_body
        super().__init__(type(error).__name__)


class Broken(Exception):
    """An answer that is none, or too much. It would be the same again."""


class Sender:
    """Has two sessions: their connections, and what they know of DNS, stay apart."""

    def __init__(
        self, settings: OutboundSettings, traces: Sequence[TraceConfig], public: PublicOnly
    ) -> None:
        self._most = settings.max_body_size
        self._any = _session(settings, traces, None)
        self._public = _session(settings, traces, public)

    async def close(self) -> None:
        await self._any.close()
        await self._public.close()

    async def send(self, call: Call) -> Answer:
        """Raises `CallFailed`."""
        try:
            hop = Hop(call.method.upper(), _url(call), call.headers_to_send(), call.content())
            for _ in range(call.redirects + 1):
                answer = await self._asked(call, hop)
                where = answer.headers.get("Location")
                if not call.redirects or answer.status not in REDIRECTS or where is None:
                    return answer
                hop = hop.after(answer.status, where)
            raise SendsElsewhere
        except _FAILURES as error:
            raise _told(error) from None

    async def _asked(self, call: Call, hop: Hop) -> Answer:
        """A connection that was kept may turn out to be dead. That one is replaced, whatever the
        call is, when nothing of it was sent."""
        progress = Progress()
        try:
            return await self._once(call, hop, progress)
        except HungUp as hung_up:
            if not progress.could_not_begin(hung_up):
                raise
        return await self._once(call, hop, progress)

    async def _once(self, call: Call, hop: Hop, progress: Progress) -> Answer:
        session = self._public if call.public_only else self._any
        if call.public_only and hop.url.raw_user is not None:
            raise AddressRefused
        async with session.request(
            hop.method,
            hop.url,
            headers=hop.headers,
            data=Body(hop.body, progress) if hop.body else None,
            allow_redirects=False,
            trace_request_ctx=progress,
        ) as response:
            most = self._most if call.max_body_size is None else call.max_body_size
            try:
                return Answer(response.status, response.headers, await _read(response, most))
            except BaseException:
                response.close()  # whatever is still coming is for nobody
                raise


def _session(
    settings: OutboundSettings, traces: Sequence[TraceConfig], public: PublicOnly | None
) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=settings.calls,
        limit_per_host=settings.connections_per_host,
        ttl_dns_cache=settings.dns_lifetime,
        use_dns_cache=settings.dns_lifetime > 0,
        keepalive_timeout=KEPT,
        socket_factory=public,
    )
    timeout = aiohttp.ClientTimeout(
        total=None,  # all attempts together have a deadline
        connect=settings.connect,
        sock_read=settings.read,
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),  # or one caller's would be sent for all
        headers={"Accept-Encoding": "gzip"},
        auto_decompress=False,  # `_read` does it, and stops in time
        # A proxy connects to whatever it is told: nobody could judge that.
        trust_env=settings.proxy_variables and public is None,
        middlewares=(_unrepeated,),
        trace_configs=[_noting_progress(), *traces],
    )


async def _unrepeated(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except TimeoutError:
        raise
    except (aiohttp.ClientConnectionError, OSError) as error:
        raise HungUp(error, had_body=bool(request.body)) from error


def _noting_progress() -> TraceConfig:
    async def reuses(_: Any, context: Any, __: Any) -> None:
        context.trace_request_ctx.reused = True

    config = TraceConfig()
    config.on_connection_reuseconn.append(reuses)
    return config


def _url(call: Call) -> URL:
    try:
        url = URL(call.url)
        url = url.extend_query(call.params) if call.params else url
    except (ValueError, TypeError):
        raise AddressRefused from None
    if url.scheme not in {"http", "https"} or not url.raw_host:
        raise AddressRefused
    return url


async def _read(response: ClientResponse, most: int) -> bytes:
    """The body, decompressed. Never holds more than `most` bytes of it and one."""
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise Broken("encoding")
    unpacked = _Unpacked(most) if coding.endswith("gzip") else _Plain(most)
    async for chunk in response.content.iter_any():
        unpacked.add(chunk)
    return unpacked.whole()


class _Plain:
    def __init__(self, most: int) -> None:
        self._body = bytearray()
        self._most = most

    def add(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > self._most:
            raise Broken(TOO_LARGE)

    def whole(self) -> bytes:
        return bytes(self._body)


class _Unpacked(_Plain):
    """A few bytes may be a thousand times as many: it asks for no more than it may hold."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._begun = False

    def add(self, chunk: bytes) -> None:
        self._begun = True
        while chunk:
            if self._packed.eof:  # there may be several after each other (RFC 1952, section 2.2)
                self._packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                some = self._packed.decompress(chunk, self._most + 1 - len(self._body))
            except zlib.error:
                raise Broken("gzip") from None
            super().add(some)
            chunk = self._packed.unused_data or self._packed.unconsumed_tail

    def whole(self) -> bytes:
        if self._begun and not self._packed.eof:
            raise Broken("gzip")
        return super().whole()


def _told(error: Exception) -> CallFailed:
    """What may be told of it: no text of the library's, which has the URL, or of the peer's."""
    failed: CallFailed
    if isinstance(error, TimeoutError):
        failed = UpstreamTooSlow()
    elif isinstance(error, aiohttp.InvalidURL | UnicodeError) or _is_not_public(error):
        failed = AddressRefused()
    else:
        failed = UpstreamUnavailable(TOO_LARGE if TOO_LARGE in error.args else None)
    failed.cause = str(error) if isinstance(error, HungUp) else type(error).__name__
    failed.is_final = failed.is_final or isinstance(error, _FINAL)
    return failed


def _is_not_public(error: Exception) -> bool:
    return isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, NotPublic)


# Python's own name for a host that DNS can't have is `UnicodeError`.
_FAILURES = (aiohttp.ClientError, HungUp, Broken, SendsElsewhere, TimeoutError, UnicodeError)
_FINAL = (Broken, SendsElsewhere, aiohttp.ClientSSLError, aiohttp.ClientResponseError)
