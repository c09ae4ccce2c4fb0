"""What a crash left in the directory that workers share costs what was damaged, and no more."""

import json
import os
import struct
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.mmap_dict import MmapedDict

from app.chassis.parts.metrics.processes import registry

KEY = json.dumps(["wishes_total", "wishes_total", {}, "Wishes."])


def counted(path: Path, value: float) -> bytes:
    """What a worker would have written."""
    values = MmapedDict(str(path))  # type: ignore[no-untyped-call]
    values.write_value(KEY, value, 0.0)  # type: ignore[no-untyped-call]
    values.close()  # type: ignore[no-untyped-call]
    return path.read_bytes()


def wishes() -> float:
    text = generate_latest(registry()).decode()
    lines = [line for line in text.splitlines() if line.startswith("wishes_total ")]
    return float(lines[0].split()[1]) if lines else 0


def entry(key: bytes) -> bytes:
    return struct.pack("i4x", 4096) + struct.pack(f"i{len(key)}sdd", len(key), key, 1.0, 0.0)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    counted(tmp_path / f"counter_{os.getpid()}.db", 3)
    return tmp_path


DAMAGED = {
    "empty": b"",
    "zeros": bytes(65_536),
    "noise": bytes(range(256)) * 16,
    "a length beyond the end": struct.pack("i", 2**31 - 1) + bytes(64),
    "a negative length": struct.pack("i4xi", 64, -5) + bytes(64),
    "a key that is no JSON": entry(b"nonsense" * 3),
    "a key that is no UTF-8": entry(b"\xff" * 28),
    "a key of another shape": entry(b'["a", "b", 5, "d"]  '),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
@pytest.mark.parametrize("name", ["counter_{}.db", "gauge_livesum_{}.db", "nonsense.db"])
def test_a_damaged_file_costs_what_it_counted(shared: Path, content: bytes, name: str) -> None:
    (shared / name.format(os.getppid())).write_bytes(content)

    assert wishes() == 3


def test_half_a_file_costs_its_end(shared: Path) -> None:
    path = shared / f"counter_{os.getppid()}.db"
    whole = counted(path, 4)
    assert wishes() == 7
    path.write_bytes(whole[:40])

    assert wishes() == 3
