"""Bytes to and from a server, over a socket: what no client library would send."""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress

import httpx2

from .waiting import PATIENCE

ASKING = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
MOST = 64 * 1_048_576
"""Bytes after which a server has shown that it takes any number."""


def connect(url: str) -> socket.socket:
    address = httpx2.URL(url)
    return socket.create_connection((address.host, address.port or 80), PATIENCE)


def talk(url: str, pieces: Iterable[bytes]) -> bytes:
    """What the server sends until it hangs up, which it has to do by itself."""
    with closing(connect(url)) as peer:
        with suppress(ConnectionError):
            for piece in pieces:
                peer.sendall(piece)
        received = b""
        with suppress(ConnectionError):
            while piece := peer.recv(65_536):
                received += piece
    return received


def said(peer: socket.socket) -> bytes:
    """One answer that has a body in JSON, or nothing when the server hangs up."""
    received = b""
    while not received.endswith(b"}") and (piece := peer.recv(65_536)):
        received += piece
    return received


def status(answer: bytes) -> int:
    return int(answer.split()[1])


def fields(size: int) -> bytes:
    """So many bytes of them, few in number, each of a size that all servers take."""
    line = b"x: " + b"a" * 1_997 + b"\r\n"
    return line * (size // len(line))


class Endless:
    """Pieces without end; how many bytes of them were taken is seen afterwards."""

    def __init__(self, begin: bytes, piece: bytes) -> None:
        self.taken = 0
        self._begin, self._piece = begin, piece

    def __iter__(self) -> Iterator[bytes]:
        yield self._begin
        while self.taken < MOST:
            yield self._piece
            self.taken += len(self._piece)


class Dribbling(Endless):
    """So few bytes that a limit of time comes before one of size."""

    def __iter__(self) -> Iterator[bytes]:
        for piece in super().__iter__():
            yield piece
            time.sleep(0.02)
