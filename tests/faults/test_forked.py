"""A process from the nursery is as told, as one is that was begun anew."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.forked import ROOT, Here

CIRCUMSTANCES = (sys.executable, "-m", "tests.circumstances")


def both(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], **how: Any) -> tuple[Any, Any]:
    ended = []
    for on in (True, False):
        monkeypatch.setattr(Here, "on", on)
        said = {"capture_output": True, "text": True, "cwd": ROOT, "timeout": 30, **how}
        done = subprocess.run([*CIRCUMSTANCES, *words], check=False, **said)
        told = json.loads(done.stdout) if done.stdout else None
        ended.append((done.returncode, told, done.stderr.splitlines()[-1:]))
    return ended[0], ended[1]


@pytest.mark.parametrize("word", ["0", "3", "broken", "killed"])
def test_it_is_told_the_same_and_ends_the_same(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"PATH": os.environ["PATH"], "SAID": "ตลาดเขียว"}
    forked, anew = both(
        monkeypatch, (word, "two words"), input="typed\n", env=environment, start_new_session=True
    )
    assert forked == anew
    code = {"broken": 1, "killed": -signal.SIGKILL}.get(word)
    assert forked[0] == (int(word) if code is None else code)


def test_it_stays_in_the_folder_and_has_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAID", "before")
    more = {"PYTHONPATH": str(ROOT), **os.environ}
    forked, anew = both(monkeypatch, ("0",), input="", cwd=tmp_path, env=more)
    assert forked == anew
    assert forked[1]["folder"] == str(tmp_path)


def test_who_waits_no_longer_gives_up_and_can_end_it() -> None:
    waits = subprocess.Popen([*CIRCUMSTANCES, "0"], cwd=ROOT, stdin=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        waits.wait(0.2)
    assert waits.poll() is None
    waits.kill()
    assert waits.wait() == waits.poll() == -signal.SIGKILL
    waits.stdin.close()  # type: ignore[union-attr]
