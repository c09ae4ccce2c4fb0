"""Where the service listens."""

import errno
import socket

from ..refused import end_process


def taken(host: str, port: int) -> socket.socket:
    """A socket that has the address, and does not listen yet. The process ends with one line where
    it can't be had: granian would share it with whoever else listens there."""
    try:
        kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        mine = socket.socket(kind)
        # What earlier connections left behind is in nobody's way.
        mine.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        mine.bind(address)
    except OSError as error:
        other = " PORT chooses another." if error.errno == errno.EADDRINUSE else ""
        return end_process(f"Can't listen on {host}, port {port}: {error.strerror}.{other}")
    return mine
