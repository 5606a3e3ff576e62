"""Another process. `python -m tests.basis.worker URL DEED ARGUMENT...`"""

import asyncio
import sys
from pathlib import Path

from certification.basis import checkpoints, keepings, log
from certification.basis.database import Database, use
from certification.basis.schema import migrate
from certification.basis.transaction import run
from market.db import all_tables, engine_for
from tests.basis.village import TABLES, TODAY, PlotMapped, map_plot, take


def say(word: str) -> None:
    print(word, flush=True)


async def deed(id: str) -> None:
    await take(1)
    await map_plot(id)


async def write(db: Database, name: str, count: str) -> None:
    for number in range(int(count)):
        id = f"{name}{number:04}"
        await run(deed, id)
        say(id)


async def hold(db: Database) -> None:
    """Keep the write lock until told otherwise."""
    async with db.begin():
        say("held")
        await asyncio.to_thread(sys.stdin.readline)


async def read(db: Database, count: str) -> None:
    """As `market worker` does beside `market serve`: hear so many entries, saying each.

    Slowly, so that who is killed after ten lines is killed in the middle.
    """

    async def handle(entry: log.Entry) -> None:
        say(str(entry.seq))
        await asyncio.sleep(0.002)

    while (await log.LogCursor.select())[0]["seq"] < int(count):
        if not await log.consume("notices", handle):
            await asyncio.sleep(0.01)


async def sign(db: Database, folder: str, most: str) -> None:
    """As the clock of `market worker` does: sign until the log holds so many entries."""
    use(db, all_tables())
    keepings.use(Path(folder) / keepings.KEY, name="x/log", folder=Path(folder), create_key=True)
    while True:
        signed = await checkpoints.sign(at=TODAY)
        say(str(signed.size))
        if signed.size >= int(most):
            return


async def count(db: Database, deeds: str) -> None:
    """Tell so many small things, one after another."""
    use(db, all_tables())
    for number in range(int(deeds)):
        await run(told, number)


async def told(number: int) -> None:
    log.append(PlotMapped("p", number), subject="p", by="p-malee", at=TODAY)


async def migrate_here(db: Database, folder: str) -> None:
    await migrate(db, Path(folder))


DEEDS = {
    "write": write, "hold": hold, "read": read, "migrate": migrate_here, "sign": sign,
    "count": count,
}  # fmt: skip


async def main(url: str, name: str, *arguments: str) -> None:
    db = engine_for(url)
    await db.open()
    use(db, TABLES)
    try:
        await DEEDS[name](db, *arguments)
    finally:
        await db.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
