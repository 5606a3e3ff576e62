"""Crates for the market's stories: the network's three beside Malee's 10 kg of kale.

there = await crates(db)
await there.fill(there.ids[0], 4_000)
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.database import Database
from certification.basis.ids import following, new_id
from certification.basis.transaction import run
from market.domain.custody import commands, loans, moving, queries
from market.domain.custody.moves import Counted, Receive, Received, Send, Sent
from market.domain.custody.rules import (
    DefineKind,
    Fill,
    Filled,
    GiveBack,
    Lend,
    Lent,
    LoanEnded,
    MakeCrates,
    OfCrate,
)
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace
from tests.cast import DAO, NETWORK, NOW, YING, later
from tests.market.stall import Stall, stall

DEPOSIT, KEPT = 10_000, 8_000
DUE = later(hours=6)


class Crates(msgspec.Struct):
    stall: Stall
    kind: str
    ids: tuple[str, ...]
    codes: tuple[str, ...]
    base: str

    async def fill(self, crate: str, grams: int, *, id: str = "", by: str = DAO) -> Filled:
        asked = Fill(id or new_id(), crate, self.stall.lot, grams)
        return await run(commands.fill, asked, by=by, at=NOW)

    async def lend(self, crate: str, *, by: str = DAO, at: datetime = NOW, **to: object) -> Lent:
        asked = msgspec.structs.replace(Lend(new_id(), crate, "cash"), **to)
        return await run(loans.lend, asked, by=by, at=at)

    async def give_back(self, crate: str, *, id: str = "", at: datetime = NOW) -> LoanEnded:
        asked = GiveBack(id or new_id(), crate, "cash")
        return await run(loans.give_back, asked, by=DAO, at=at)

    async def forfeit(self, crate: str, at: datetime) -> LoanEnded:
        return await run(loans.lose, OfCrate(new_id(), crate), by=DAO, at=at)

    async def change(self, deed: str, crate: str) -> None:
        await run(commands.change, deed, OfCrate(new_id(), crate), by=DAO, at=NOW)

    def send(self, grams: int = 0, *crates: str, id: str = "") -> Send:
        lots = (Sent(self.stall.lot, grams),) if grams else ()
        return Send(id or new_id(), NETWORK, self.base, self.stall.place, DUE, lots, crates)

    async def sent(self, grams: int = 0, *crates: str, id: str = "", by: str = DAO) -> Send:
        asked = self.send(grams, *crates, id=id)
        await run(moving.send, asked, by=by, at=NOW)
        return asked

    async def received(
        self, dispatch: str, *lines: Counted, id: str = "", by: str = YING, at: datetime = NOW
    ) -> Received:
        asked = Receive(id or new_id(), dispatch, self.stall.place, lines)
        return await run(moving.receive, asked, by=by, at=at)

    def counted(self, grams: int, reason: str | None = None, crate: str | None = None) -> Counted:
        return Counted(grams, self.stall.lot, crate, reason)

    async def state(self, crate: str) -> str:
        return (await queries.crate(crate)).state


async def crates(db: Database, count: int = 3) -> Crates:
    return await crates_of(await stall(db), count)


async def crates_of(there: Stall, count: int = 3) -> Crates:
    kind, made, base = new_id(), new_id(), new_id()
    asked = DefineKind(
        kind, NETWORK, "ลังเขียว 20 กก.", "Green crate", 20_000, 1_600, DEPOSIT, KEPT, 14
    )
    await run(commands.define_kind, asked, by=DAO, at=NOW)
    done = await run(commands.make, MakeCrates(made, kind, count), by=DAO, at=NOW)
    yard = DefinePlace(base, NETWORK, "base", "ลานรถ", "The yard", "900901", 7_100_000, 100_200_000)
    await run(places.define, yard, by=DAO, at=NOW)
    ids = tuple(following(made, str(n)) for n in range(count))
    return Crates(there, kind, ids, done.codes, base)


OVERDUE = later(days=16)
DUE_ON = date(2026, 12, 6)
