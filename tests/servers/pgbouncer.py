"""A real PgBouncer in transaction mode, on the loopback interface."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.servers.serving import Postgres, free_port

MISSING = (
    "No pgbouncer on this machine: install it (`apt-get install pgbouncer`, `brew install "
    "pgbouncer`). `tests/system-packages` does that for root on Debian."
)
# Fewer server connections than clients, so that they are passed around.
CONFIGURATION = """
[databases]
{database} = host=127.0.0.1 port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
server_login_retry = 1
log_connections = 0
log_disconnections = 0
"""
# From this version on it knows statements that clients have prepared, unless it is told not to.
KNOWS_STATEMENTS = (1, 21)


def program() -> str:
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert found, MISSING
    return found


def configuration(banner: str) -> str:
    """What it is started with, for the version that it says it has."""
    found = re.search(r"PgBouncer (\d+)\.(\d+)", banner)
    assert found, banner
    if (int(found[1]), int(found[2])) < KNOWS_STATEMENTS:  # it would refuse the setting
        return CONFIGURATION
    return f"{CONFIGURATION}max_prepared_statements = 0\n"


@contextmanager
def pgbouncer(server: Postgres) -> Generator[Postgres]:
    """The server as seen through PgBouncer. It refuses root, who runs it as nobody."""
    port = free_port()
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as folder:
        users, settings = Path(folder, "users.txt"), Path(folder, "pgbouncer.ini")
        banner = subprocess.check_output([program(), "--version"], text=True)
        users.write_text(f'"{server.user}" "{server.password}"\n')
        settings.write_text(
            configuration(banner).format(
                database=server.database, server_port=server.port, port=port, users=users
            )
        )
        if account:
            for path in (Path(folder), users, settings):
                os.chown(path, account.pw_uid, account.pw_gid)
        log = Path(folder, "log")  # a pipe that nobody reads would fill up and stop it
        with log.open("wb") as output:
            process = subprocess.Popen(
                [program(), settings],
                stdout=output,
                stderr=output,
                user=account and account.pw_uid,
                group=account and account.pw_gid,
                extra_groups=[] if account else None,
            )
        try:
            _wait(port, process, log)
            yield replace(server, port=port)
        finally:
            process.terminate()
            process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PgBouncer does not listen: {log.read_text()}") from None
            time.sleep(0.05)
        else:
            return
