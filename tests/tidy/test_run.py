"""`./run` on a machine that lacks something says so in one line and leaves nothing half-made."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT

TOO_OLD = """#!/bin/sh
case "$1" in -V) echo 'Python 3.9.2' ;; *) exit 1 ;; esac
"""
WITHOUT_VENV = """#!/bin/sh
case "$1" in
-m) mkdir -p "$3/bin"; echo 'ensurepip is not available'; exit 1 ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A path with a space and a Thai word, and only the programs that a POSIX system has."""
    project = tmp_path / "my ตลาด"
    project.mkdir()
    for file in ("run", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / file, project)
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("cat", "cksum", "mkdir", "rm", "tail"):
        (programs / program).symlink_to(shutil.which(program) or program)
    return project


def run(project: Path, python: str) -> subprocess.CompletedProcess[str]:
    fake = project.parent / "bin/python3"
    fake.write_text(python)
    fake.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", project / "run", "doctor"],
        cwd="/",
        env={"PATH": str(fake.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_named(project: Path) -> None:
    told = run(project, TOO_OLD)
    assert told.returncode == 1
    [line] = told.stderr.splitlines()
    assert "Python 3.11" in line
    assert "3.9.2" in line


def test_a_missing_venv_module_is_named_and_nothing_stays(project: Path) -> None:
    told = run(project, WITHOUT_VENV)
    assert told.returncode == 1
    [line] = told.stderr.splitlines()
    assert "apt install python3-venv" in line
    assert not (project / ".venv").exists()


def test_it_is_plain_posix_shell() -> None:
    text = (ROOT / "run").read_text()
    assert text.startswith("#!/bin/sh\n")
    for bashism in ("[[", "function ", "local ", "<(", "$'", "pipefail"):
        assert bashism not in text
