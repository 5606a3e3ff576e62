"""Others' schemas and examples whose licence keeps them out of this tree: UNTP's, GS1's.

They are looked for where MARKET_VECTORS says, or in `shared/data/vectors` beside the project; a
test whose folder is missing is skipped and named at the end, also under CI=true.
"""

import os
from pathlib import Path

import pytest

from tests.skips import MISSING

ROOT = Path(__file__).parents[1]
BESIDE = "shared/data/vectors"


def folder(name: str) -> Path:
    said = os.environ.get("MARKET_VECTORS")
    around = (
        [Path(said)] if said else [parent / BESIDE for parent in (ROOT.parent, *ROOT.parents[:3])]
    )
    found = next((place / name for place in around if (place / name).is_dir()), None)
    if found is None:
        pytest.skip(f"{MISSING}vectors of {name}")
    return found
