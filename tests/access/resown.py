"""What `sow` tells through the product's commands, told once by each worker for each engine.

After that its rows and its files, keys and pictures, are written as they were then.
"""

from __future__ import annotations

from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory
from typing import NamedTuple

from certification.basis.database import Database
from market.app import open_desk
from market.domain.accounts import commands as accounts
from market.domain.accounts import pins
from tests.access.sown import Sown, sow
from tests.cast import Village, use_a_vault
from tests.doors import CHEAP, Doors, opened
from tests.remembered import remembered


class _Kept(NamedTuple):
    village: Village
    things: dict[str, str]
    secrets: dict[str, str]
    files: TemporaryDirectory[str]
    """It goes with the process."""


async def resown(db: Database, folder: Path) -> Sown:
    use_a_vault()

    async def tell() -> _Kept:
        sown = await sow(await opened(db, folder))
        pins.close()
        files = TemporaryDirectory()
        copytree(folder, files.name, ignore=ignore_patterns("*.sqlite*"), dirs_exist_ok=True)
        return _Kept(sown.doors.village, sown.things, sown.doors.secrets(), files)

    kept = await remembered(db, "sown", tell)
    copytree(kept.files.name, folder, dirs_exist_ok=True)
    await accounts.open_pins(folder / "keys" / "pepper.key", CHEAP)
    doors = Doors(kept.village, folder)
    await open_desk(doors.settings)
    for person, secret in kept.secrets.items():
        doors.know(person, secret)
    return Sown(doors, {**kept.things})
