"""A collector on this machine, which takes spans as OTLP over HTTP sends them."""

import gzip
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Encoded


@dataclass(frozen=True)
class Span:
    name: str
    kind: int
    trace: str
    id: str
    parent: str
    """Empty for the first of a trace that begins here."""
    attributes: dict[str, Any]
    service: str
    process: int
    failed: bool
    whole: str
    """All of it, as text."""

    @classmethod
    def of(cls, encoded: Encoded, resource: dict[str, Any]) -> "Span":
        return cls(
            name=encoded.name,
            kind=encoded.kind,
            trace=encoded.trace_id.hex(),
            id=encoded.span_id.hex(),
            parent=encoded.parent_span_id.hex(),
            attributes={a.key: _value(a.value) for a in encoded.attributes},
            service=resource["service.name"],
            process=resource["process.pid"],
            failed=encoded.status.code == encoded.status.STATUS_CODE_ERROR,
            whole=str(encoded),
        )


def _value(encoded: Any) -> Any:
    return getattr(encoded, encoded.WhichOneof("value"))


@dataclass
class Collector:
    url: str
    spans: list[Span] = field(default_factory=list)
    """In the order in which they ended."""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refused: int = 0
    answers: list[int] = field(default_factory=lambda: [200])
    """Statuses of the next answers; the last one stays."""

    def take(self, body: bytes, headers: dict[str, str]) -> None:
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.bodies.append(body)
        self.headers.append(headers)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            said = {a.key: _value(a.value) for a in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans += [Span.of(span, said) for span in scope.spans]

    def named(self, name: str) -> Span:
        (found,) = [span for span in self.spans if span.name == name]
        return found


@contextmanager
def collector(read: Callable[[str], None] = lambda _: None) -> Generator[Collector]:
    """`read` gets the text of each span."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            before, status = len(taken.spans), taken.answers[0]
            if len(taken.answers) > 1:
                taken.answers.pop(0)
            if status < 300 and self.path == "/v1/traces":
                taken.take(body, {name.lower(): value for name, value in self.headers.items()})
            else:
                taken.refused += 1
            for span in taken.spans[before:]:
                read(span.whole)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        taken = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield taken
        finally:
            server.shutdown()


@contextmanager
def frozen_collector() -> Generator[str]:
    """The address of one that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
