"""What is written beside the code stays true: settings, decisions, locks, no strange address."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tidy.sources import ROOT, name, told, tracked, tree

DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
DECISION_LINES_MAX = 60
DECISION_PARTS = ["Context", "Decision", "Consequences", "Alternatives"]
SETTING = re.compile(r"[A-Z]+(_[A-Z]+)+")


def read_settings() -> set[str]:
    constants = (n for n in ast.walk(tree(ROOT / "market/settings.py")) if isinstance(n, ast.Call))
    return {
        arg.value
        for call in constants
        for arg in call.args
        if isinstance(arg, ast.Constant)
        if isinstance(arg.value, str) and SETTING.fullmatch(arg.value)
    }


def test_every_setting_is_documented_and_no_other() -> None:
    told = re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert set(told) == read_settings()
    assert len(told) == len(set(told))


def test_decisions_are_numbered_without_gap() -> None:
    assert [path.name[:5] for path in DECISIONS] == [
        f"{number:04}-" for number in range(1, len(DECISIONS) + 1)
    ]


def test_a_decision_is_half_a_page() -> None:
    texts = {path.name: path.read_text() for path in DECISIONS}
    assert not [n for n, text in texts.items() if len(text.splitlines()) > DECISION_LINES_MAX]
    parts = {n: re.findall(r"^## (.+)$", text, re.MULTILINE) for n, text in texts.items()}
    wrong = [f"{n}: {has}" for n, has in parts.items() if has != DECISION_PARTS]
    assert not wrong, told(wrong)


LOCKED = re.compile(
    r"^([\w.-]+)(?:\[[\w, -]+\])?==([\w.]+)(?: ;[^\\]*)?"
    r" \\((?:\n    --hash=sha256:[0-9a-f]{64}.*)+)"
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
ROADS: list[str] = PROJECT["project"]["optional-dependencies"]["roads"]
ROUTES: list[str] = PROJECT["project"]["optional-dependencies"]["routes"]
DEVELOPMENT: list[str] = PROJECT["dependency-groups"]["dev"]


def locked(file: str) -> dict[str, set[str]]:
    """Name to versions (one per range of Pythons); each must carry its hashes."""
    versions: dict[str, set[str]] = {}
    for line in re.split(r"\n(?=\S)", (ROOT / file).read_text().strip()):
        entry = LOCKED.match(line)
        assert entry, f"{file}: not pinned with hashes: {line.splitlines()[0]}"
        versions.setdefault(canonicalize_name(entry[1]), set()).add(entry[2])
    return versions


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("requirements.lock", RUNTIME), ("requirements-roads.lock", RUNTIME + ROADS),
        ("requirements-routes.lock", RUNTIME + ROUTES),
        ("requirements-dev.lock", RUNTIME + ROADS + DEVELOPMENT),
    ],
)  # fmt: skip
def test_a_lock_pins_what_the_project_asks_for(file: str, wanted: list[str]) -> None:
    pins = locked(file)
    for line in wanted:
        asked = Requirement(line)
        versions = pins.get(canonicalize_name(asked.name), set())
        assert versions, f"{asked.name} is not in {file}: see CONTRIBUTING.md"
        assert all(asked.specifier.contains(version) for version in versions), line


def test_the_locks_agree() -> None:
    runtime, roads = locked("requirements.lock"), locked("requirements-roads.lock")
    development, routes = locked("requirements-dev.lock"), locked("requirements-routes.lock")
    assert {name: routes.get(name) for name in runtime} == runtime
    assert {name: roads.get(name) for name in runtime} == runtime
    assert {name: development.get(name) for name in roads} == roads


STRANGE = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.(?:npmjs|yarnpkg)"
    r"|(?:extra-)?index-url\s*=?\s*\S*://|--find-links|--(?:extra-)?index-url\s"
    r"|(?<![\w.~-])/(?:work|root|tmp|home/\w+|opt/\w+|Users/\w+)/"
)
"""Addresses of registries and paths of somebody's machine."""


def test_no_registry_and_no_machine_is_named() -> None:
    others = [path for path in tracked() if path != Path(__file__)]  # which holds the patterns
    texts = ((path, path.read_bytes().decode("utf-8", errors="ignore")) for path in others)
    found = [(name(path), STRANGE.search(text)) for path, text in texts]
    strange = [f"{path}: {said[0]}" for path, said in found if said]
    assert not strange, told(strange)


LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def test_a_link_leads_somewhere() -> None:
    pages = [path for path in tracked() if path.suffix == ".md"]
    links = [(page, to) for page in pages for to in LINK.findall(page.read_text())]
    dead = [f"{name(page)}: {to}" for page, to in links if not (page.parent / to).exists()]
    assert not dead, told(dead)
