"""The network's crates in the demo: at a stop and overdue, with a buyer, filled, and on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from certification.basis.ids import following
from certification.groups import queries as groups
from market.demo.days import Days, named
from market.demo.people import NETWORK, who
from market.demo.rounds import PLACES
from market.demo.story import Deed, deed
from market.domain.custody import commands, labelling, loans, moving
from market.domain.custody.labelling import PrintCrates
from market.domain.custody.moves import Send
from market.domain.custody.rules import DefineKind, Fill, Filled, Lend, MakeCrates
from market.domain.lots import queries as lots

KIND, MADE = named("crate-kind"), named("crates")
COUNT = 8
GRAMS = 3_000


def crate(number: int) -> str:
    return following(MADE, str(number))


def lend_and_fill(days: Days) -> Iterator[Deed]:
    dao, bought, today = who("dao"), days.at(-20), days.at(-1, 9)
    kind = DefineKind(
        KIND, NETWORK, "ลังเขียว 20 กก.", "Green crate, 20 kg", 20_000, 1_600, 10_000, 8_000, 14
    )
    yield deed(commands.define_kind, kind, by=dao, at=bought)
    yield deed(commands.make, MakeCrates(MADE, KIND, COUNT), by=dao, at=bought)
    six = tuple(crate(number) for number in range(COUNT - 2))
    labels = PrintCrates(named("crate-labels"), NETWORK, six, "l7160")
    yield deed(labelling.print_labels, labels, by=dao, at=days.at(-20, 11))
    overdue = Lend(named("loan-stop"), crate(0), "cash", place=PLACES["khuan-lang"])
    yield deed(loans.lend, overdue, by=dao, at=days.at(-18))
    buyer = Lend(named("loan-buyer"), crate(1), "cash")
    yield deed(loans.lend, buyer, by=dao, at=days.at(-2))
    yield deed(_fill, crate(2), by=dao, at=today)
    yield deed(_fill, crate(3), by=dao, at=today)
    sent = Send(
        named("dispatch"), NETWORK, PLACES["rattaphum"], PLACES["khuan-lang"], days.at(-1, 12),
        crates=(crate(3), crate(4)),
    )  # fmt: skip
    yield deed(moving.send, sent, by=dao, at=today)


async def _fill(crate: str, *, by: str, at: datetime) -> Filled:
    """With what was harvested last and is still there."""
    under = await groups.networks_groups(NETWORK)
    found = [lot for group in under for lot in await lots.of_group(group.id)]
    there = [lot for lot in found if lot.grams_left >= 2 * GRAMS]
    newest = max(there, key=lambda lot: (lot.harvested_on, lot.id))
    asked = Fill(following(crate, "filled"), crate, newest.id, GRAMS)
    return await commands.fill(asked, by=by, at=at)
