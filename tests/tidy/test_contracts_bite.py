"""Each import contract is broken once on purpose, in a copy, and must be caught by name."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

OFFENCES = {
    "the guarantee imports the shop": (
        {"certification/planted.py": "import market.settings"},
        "The shop knows the guarantee; the guarantee does not know the shop",
    ),
    "plots import certificates": (
        {"certification/plots/planted.py": "import certification.certificates.tables"},
        "The guarantee, from roof to ground",
    ),
    "orders import payments": (
        {"market/domain/orders/planted.py": "import market.domain.payments.tables"},
        "The market, from roof to ground",
    ),
    "places import labels beside them": (
        {"market/domain/places/planted.py": "import market.domain.labels.tables"},
        "The market, from roof to ground",
    ),
    "the domain imports settings": (
        {"market/domain/planted.py": "import market.settings"},
        "Doors open inwards",
    ),
    "api imports web": (
        {"market/api/planted.py": "import market.web.planted", "market/web/planted.py": ""},
        "Doors open inwards",
    ),
    "rules look into tables": (
        {"market/domain/lots/rules.py": "import market.domain.lots.tables"},
        "Rules are pure",
    ),
    "rules read the clock through what they import": (
        {
            "certification/plots/rules.py": "import certification.plots.planted",
            "certification/plots/planted.py": "import time",
        },
        "Rules are pure",
    ),
    "queries write": (
        {
            "market/domain/lots/queries.py": "import market.domain.lots.commands",
            "market/domain/lots/commands.py": "",
        },
        "Tables do not decide, queries do not write",
    ),
    "lots speak HTTP": (
        {"market/domain/lots/planted.py": "import litestar"},
        "Business without HTTP",
    ),
    "a stray folder in the shop": ({"market/utils/planted.py": ""}, "Doors open inwards"),
    "a stray feature": ({"market/domain/extras/planted.py": ""}, "The market, from roof to ground"),
    "a stray folder in the guarantee": (
        {"certification/extras/planted.py": ""},
        "The guarantee, from roof to ground",
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The modules only: data, pages and pictures import nothing."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("certification", "market"):
        for module in (ROOT / package).rglob("*.py"):
            there = tmp_path / module.relative_to(ROOT)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, there)
    return tmp_path


def plant(root: Path, path: str, line: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / "__init__.py").touch()
    with file.open("a") as module:
        module.write(f"\n{line}\n")


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_are_kept(copy: Path) -> None:
    told = lint_imports(copy)
    assert told.returncode == 0, told.stdout + told.stderr
    assert " 0 broken" in told.stdout


@pytest.mark.parametrize("offence", OFFENCES)
def test_an_offence_is_caught_by_name(offence: str, copy: Path) -> None:
    planted, contract = OFFENCES[offence]
    for path, line in planted.items():
        plant(copy, path, line)
    told = lint_imports(copy)
    assert told.returncode == 1, told.stdout + told.stderr
    assert f"{contract} BROKEN" in told.stdout
