"""`python -m tests.nursery`: processes for tests, forked from one that has loaded the market.

To load all of it and hang its doors takes five seconds of a core, and tests start seventy. Who
starts `market …` or a module of tests as a process of its own gets one as told: with its id, its
session, its files, environment and end. Only how it came to have the market loaded is another way;
`begun_anew` spares a test that.

Over the socket goes one question at a time: `{"words": …}` with the three files → its id; or
`{"of": id}` → how it ended, as `os.waitpid` says it, or null.
"""

from __future__ import annotations

import json
import os
import runpy
import socket
import sys
from typing import Any

MOST = 200_000
"""Bytes of a question: an environment."""


def main(descriptor: int) -> None:
    _load()
    with socket.socket(fileno=descriptor) as asked:
        while True:
            said, files, _, _ = socket.recv_fds(asked, MOST, 3)
            if not said:
                return
            question = json.loads(said)
            if "of" in question:
                pid, status = os.waitpid(question["of"], os.WNOHANG)
                asked.send(json.dumps(status if pid else None).encode())
                continue
            pid = _born(question, files, asked)
            if not pid:
                break
            asked.send(json.dumps(pid).encode())
    _live(question)


def _load() -> None:
    from market import app, cli  # noqa: PLC0415  (only here, not where the question is asked)

    assert cli
    app.prepare()


def _born(question: dict[str, Any], files: list[int], asked: socket.socket) -> int:
    """Its id, once it stands in its session with its files; 0 in the child itself."""
    told, tell = os.pipe()
    pid = os.fork()
    if pid:
        os.close(tell)
        for file in files:
            os.close(file)
        os.read(told, 1)
        os.close(told)
        return pid
    os.close(told)
    asked.close()
    if question["session"]:
        os.setsid()
    os.chdir(question["folder"])
    for at, file in enumerate(files):
        os.dup2(file, at)
        os.close(file)
    os.environ.clear()
    os.environ.update(question["environment"])
    os.close(tell)
    return 0


def _live(question: dict[str, Any]) -> None:
    """As python does with the same words."""
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdout.reconfigure(line_buffering=False, write_through=unbuffered)  # type: ignore[union-attr]
    sys.stderr.reconfigure(line_buffering=True, write_through=unbuffered)  # type: ignore[union-attr]
    how, what, *words = question["words"]
    sys.argv = [how, *words]
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    main(int(sys.argv[1]))
