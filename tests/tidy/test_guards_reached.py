"""Every "no" of the guarantee is met by some test: by its class or its code, by name.

What a walk meets is named in it, and asserted there (`tests/certification/test_life_of_*.py`).
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from certification.basis.refusal import Refusal
from tests.tidy.sources import ROOT, told, tree
from tests.tidy.test_refusals import REFUSALS

GUARDS = [
    kind
    for kind in REFUSALS
    if kind.__module__.startswith("certification.")
    if not kind.__module__.startswith("certification.basis.")
]
"""Of the guarantee; the record below it has tests of its own (tests/basis, test_proofs.py)."""
NOT_MET: dict[str, str] = {
    "people.lives_with_nobody": "met at its door by its status: tests/web/test_admin.py",
}
"""By code, why no test names it."""


def looked_at() -> list[Path]:
    """All but those that look at sources, which name what they do not meet."""
    every = sorted((ROOT / "tests").rglob("*.py"))
    return [path for path in every if path.parent.name != "tidy"]


def imported(path: Path) -> dict[str, object]:
    """What a name of ours stands for in that module."""
    found: dict[str, object] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("certification"):
            home = importlib.import_module(node.module or "")
            for one in node.names:
                if not hasattr(home, one.name):
                    importlib.import_module(f"{node.module}.{one.name}")
                found[one.asname or one.name] = getattr(home, one.name)
    return found


def named(path: Path) -> Iterator[str]:
    """Codes of the refusals that a test names."""
    known = imported(path)
    for node in ast.walk(tree(path)):
        thing: object = None
        match node:
            case ast.Constant(value=str(text)):
                yield from text.split()
            case ast.Name(id=name):
                thing = known.get(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                thing = getattr(known.get(name), attr, None)
        if isinstance(thing, type) and issubclass(thing, Refusal):
            yield thing.code


def test_every_guard_is_met_by_a_test() -> None:
    met = {code for path in looked_at() for code in named(path)}
    codes = {kind.code for kind in GUARDS}
    unmet = sorted(codes - met - NOT_MET.keys())
    assert not unmet, told(unmet, "no test meets:")
    needless = sorted(NOT_MET.keys() - (codes - met))
    assert not needless, told(needless, "a test meets it, or it is gone:")
