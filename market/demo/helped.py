"""What the leader typed for members who do not type: one word is missing, one was given, and one
was "this was not me"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

import msgspec

from certification.basis.transaction import transaction
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop
from market.demo.days import Days, named
from market.demo.land import BY_KEY
from market.demo.people import who
from market.demo.story import Deed
from market.domain.spoken import commands as spoken
from market.domain.spoken.rules import Speak

HELPER = "ying"
BED_M2 = 60


class Typed(msgspec.Struct, frozen=True):
    land: str
    crop: str
    day: int
    said: str = ""
    """yes, no; empty: the farmer has not said a word yet."""

    @property
    def id(self) -> str:
        return named("typed", self.land, self.crop)


TYPED = (
    Typed("malee-home", "coriander", -9, "yes"),
    Typed("malee-home", "okra", -4, "no"),
    Typed("malee-home", "spring-onion", -2),
    Typed("boonma-field", "long-eggplant", -3),
)


def help_them(days: Days) -> Iterable[Deed]:
    for each in TYPED:
        at = days.at(each.day, 16)
        yield Deed(at, partial(_type, each, days, at))
        yield from _answers(each, days.at(each.day + 1, 7))


def _answers(each: Typed, at: datetime) -> Iterator[Deed]:
    farmer = BY_KEY[each.land].farmer_id
    match each.said:
        case "yes":
            yield Deed(at, partial(spoken.confirm_own, each.id, farmer, at=at))
        case "no":
            yield Deed(at, partial(spoken.deny, each.id, farmer, at=at))


async def _type(each: Typed, days: Days, at: datetime) -> None:
    """As the door does it: the deed and whose word it is, in one transaction."""
    land = BY_KEY[each.land]
    bed = PlantCrop(
        each.id, land.id, each.crop, BED_M2, days.on(each.day), on_behalf_of=land.farmer_id
    )
    async with transaction():
        done = await plots.plant(bed, by=who(HELPER), at=at)
        deed = str(done.__struct_config__.tag)
        said = Speak(each.id, land.farmer_id, deed, land.id, land.group)
        await spoken.say(said, by=who(HELPER), at=at)
