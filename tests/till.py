"""What the treasurer's stories share: a treasurer from elsewhere, and reading what a form hides."""

import re
from html import unescape

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Grants
from tests.cast import ADMIN, CHAN, KRIT, KRITS_GROUP, LONG_AGO, RATTAPHUM, SOMCHAI
from tests.market.stall import Stall, harvest_and_offer


async def krit_keeps_his_groups_money() -> None:
    """A treasurer too, but of another group."""
    wished = Grants(new_id(), KRIT, "treasurer", KRITS_GROUP)
    await run(groups.grant_role, wished, by=ADMIN, at=LONG_AGO)


async def chan_keeps_rattaphums_money() -> None:
    wished = Grants(new_id(), CHAN, "treasurer", RATTAPHUM)
    await run(groups.grant_role, wished, by=ADMIN, at=LONG_AGO)


async def sold(there: Stall) -> None:
    """Malee sold 2 kg at 40 baht, Somchai 3 kg at 30: paid in cash and handed over."""
    malee = there.offer
    somchai = await harvest_and_offer(there, 5_000, 3_000, farmer=SOMCHAI)
    for offer, grams in ((malee, 2_000), (somchai, 3_000)):
        placed = await there.order(grams, rail="cash", offer=offer)
        await there.hand_over(placed.order)


def hidden(page: str, name: str = "id") -> str:
    """The first hidden field of that name."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden {name}"
    return unescape(found[1])
