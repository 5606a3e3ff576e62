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
        env={"PATH": str(fake.parent), "PYTHON": "python3"},
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


NEW_ENOUGH = """#!/bin/sh
case "$1" in
-c) case "$2" in *venv*) [ -e "${0%/*}/can" ] ;; esac ;;
*) echo "asked: $0 $*" >&2; exit 1 ;;
esac
"""


def test_of_two_that_are_new_enough_the_one_is_taken_that_can_make_a_venv(project: Path) -> None:
    """The system's is asked first; where its venv module is a package apart, another serves."""
    text = (project / "run").read_text()
    system, other = project.parent / "usr/bin/python3", project.parent / "bin/python3.12"
    (project / "run").write_text(text.replace("/usr/bin/python3", str(system)))
    system.parent.mkdir(parents=True)
    for python in (system, other):
        python.write_text(NEW_ENOUGH)
        python.chmod(0o755)
    (other.parent / "can").touch()
    assert str(other) in asked(project)
    (system.parent / "can").touch()
    assert str(system) in asked(project)


def asked(project: Path) -> str:
    """Whichever python was asked to make the venv says so, and fails."""
    told = subprocess.run(
        ["/bin/sh", project / "run", "doctor"],
        env={"PATH": str(project.parent / "bin")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return told.stderr
