"""The files the tidy tests look at."""

import ast
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

SOURCES = sorted(
    path
    for package in ("certification", "market")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
FEATURES = [
    path
    for path in SOURCES
    if path.is_relative_to(ROOT / "market/domain") or path.is_relative_to(ROOT / "certification")
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def told(wrong: Iterable[object], why: str = "") -> str:
    """All that is wrong, each on its line: pytest shortens lists."""
    return "\n".join([why, *map(str, wrong)])


def feature(path: Path) -> str:
    """The word its codes and tags begin with: the feature's folder, or the module of the ground."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[:2] in (("market", "domain"), ("certification", "basis")):
        return parts[2]
    return parts[1]


def tracked() -> list[Path]:
    """What the project hands out; without git, everything that is no product of a tool."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    paths = [ROOT / said for said in listed.stdout.split("\0") if said]
    if not paths:
        products = {".git", ".venv", "data", "node_modules"}
        folders = [p for p in ROOT.iterdir() if p.name not in products]
        paths = [file for folder in folders for file in [folder, *folder.rglob("*")]]
        paths = [file for file in paths if "__pycache__" not in file.parts]
    return [path for path in paths if path.is_file()]
