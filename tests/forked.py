"""`subprocess` in tests: a process that loads the market comes from tests/nursery.py."""

from __future__ import annotations

import inspect
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from market.demo.server import MARKET

ROOT = Path(__file__).parent.parent
OF_TESTS = (sys.executable, "-m", "tests.")
LOOKS_SECONDS = 0.01


class Nursery:
    """Begun when the first process is asked for."""

    def __init__(self) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self._process = _Popen(
                [sys.executable, "-m", "tests.nursery", str(there.fileno())], cwd=ROOT,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[there.fileno()],
                start_new_session=True,
            )  # fmt: skip
        self._asked = here
        self._turn = threading.Lock()

    def ask(self, question: dict[str, Any], files: list[int]) -> Any:
        with self._turn:
            socket.send_fds(self._asked, [json.dumps(question).encode()], files)
            said = self._asked.recv(1_000)
        assert said, "the nursery is gone"
        return json.loads(said)

    def end(self) -> None:
        self._asked.close()
        self._process.wait(20)


class Here:
    """Of this process of tests."""

    on = True
    nursery: Nursery | None = None


_Popen = subprocess.Popen


class Forked(subprocess.Popen[Any]):
    """The three places where `subprocess` makes a child, looks at it and waits for its end."""

    _from: Nursery | None = None

    def _execute_child(self, *args: Any, **more: Any) -> None:
        make = super()._execute_child  # type: ignore[misc]
        asked = inspect.signature(make).bind(*args, **more).arguments
        if not Here.on or asked["preexec_fn"] or not _loads_the_market(asked["args"]):
            make(*args, **more)
            return
        Here.nursery = self._from = Here.nursery or Nursery()
        pipes = [asked[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        question = {
            "words": [os.fsdecode(word) for word in asked["args"][1:]],
            "environment": dict(asked["env"] or os.environ),
            "folder": str(asked["cwd"] or Path.cwd()),
            "session": bool(asked["start_new_session"]),
        }
        try:
            files = [at if pipe == -1 else pipe for at, pipe in enumerate(pipes)]
            self.pid = self._from.ask(question, files)
            self._child_created = True
        finally:
            ends = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
            self._close_pipe_fds(*(asked[name] for name in ends))  # type: ignore[attr-defined]

    def _internal_poll(self, *args: Any, **more: Any) -> int | None:
        if not self._from:
            return super()._internal_poll(*args, **more)  # type: ignore[misc, no-any-return]
        if self.returncode is None:
            status = self._from.ask({"of": self.pid}, [])
            if status is not None:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if not self._from:
            return super()._try_wait(wait_flags)  # type: ignore[misc, no-any-return]
        while (status := self._from.ask({"of": self.pid}, [])) is None and not wait_flags:
            time.sleep(LOOKS_SECONDS)
        return (0, 0) if status is None else (self.pid, status)


def _loads_the_market(words: object) -> bool:
    if not isinstance(words, list | tuple):
        return False
    said = tuple(map(str, words))
    return said[: len(MARKET)] == MARKET or (
        said[:2] == OF_TESTS[:2] and said[2].startswith(OF_TESTS[2]) and said[2] != "tests.nursery"
    )


def pytest_configure() -> None:
    subprocess.Popen = Forked  # type: ignore[misc]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    subprocess.Popen = _Popen  # type: ignore[misc]
    if Here.nursery:
        Here.nursery.end()


@pytest.fixture
def begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this test starts begins as at a person's: Python, then the whole market."""
    monkeypatch.setattr(Here, "on", False)
