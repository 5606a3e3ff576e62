"""What somebody orders every week without asking anew, and what of it a round can give; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from market.domain.offers.rules import price
from market.domain.orders.rules import Rail

LINES_MAX = 20
SATANG_MAX = 10_000_000
WEEKS: tuple[int, ...] = (1, 2)
SLACK = timedelta(days=3)
"""A round a few days earlier than the last week's is still the next week's."""
HOLD = timedelta(hours=24)
"""How long a PromptPay order that nobody was there to place waits, and never past the closing."""
PAUSE_MAX = timedelta(days=366)

Outcome = Literal["ordered", "part", "nothing", "skipped", "paused", "not_due"]
TOLD: frozenset[Outcome] = frozenset(("ordered", "part", "nothing"))
Why = Literal["not_offered", "sold_out", "less", "dearer", "over_most", "no_credit", "no_room"]


class NoSuchStanding(Missing):
    """Not there, or another's."""

    code = "standing.no_such_standing"


class NothingWished(Invalid):
    code = "standing.nothing_wished"


class MostWrong(Invalid):
    """The most that one order may come to."""

    code = "standing.most_wrong"


class PauseWrong(Invalid):
    code = "standing.pause_wrong"


class HasEnded(Refusal):
    code = "standing.has_ended"


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    product: str
    grams: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
    satang_per_kg_most: Annotated[int, msgspec.Meta(ge=1, le=SATANG_MAX)]
    """Above this it is asked, not bought."""


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    merchant: str
    place: str
    rail: Rail
    every_weeks: Literal[1, 2]
    satang_most: Annotated[int, msgspec.Meta(ge=1, le=SATANG_MAX)]
    wishes: Annotated[tuple[Wish, ...], msgspec.Meta(max_length=LINES_MAX)]


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rounds that are fetched on these days, both included, pass it by."""

    since: date
    until: date


class Begun(msgspec.Struct, frozen=True, tag="standing.begun"):
    standing: str
    person: str
    merchant: str
    every_weeks: int


class Ended(msgspec.Struct, frozen=True, tag="standing.ended"):
    standing: str
    person: str


class Turned(msgspec.Struct, frozen=True, tag="standing.turned"):
    """What became of it in a round; `then` is the outcome."""

    standing: str
    person: str
    cycle: str
    then: str
    order: str = ""
    code: str = ""


class Miss(msgspec.Struct, frozen=True):
    """What of a wish could not be had."""

    product: str
    grams: int
    why: Why


class Offered(msgspec.Struct, frozen=True):
    offer: str
    product: str
    satang_per_kg: int
    step_grams: int
    grams_left: int


class Chosen(msgspec.Struct, frozen=True):
    offer: str
    grams: int
    satang: int


class Basket(msgspec.Struct, frozen=True):
    lines: tuple[Chosen, ...]
    misses: tuple[Miss, ...]

    @property
    def satang(self) -> int:
        return sum(line.satang for line in self.lines)

    @property
    def outcome(self) -> Outcome:
        if not self.lines:
            return "nothing"
        return "part" if self.misses else "ordered"


def ensure_begin(asked: Begin) -> None:
    products = {wish.product for wish in asked.wishes}
    if not products or len(products) != len(asked.wishes):
        raise NothingWished(field="wishes")
    if not 0 < asked.satang_most <= SATANG_MAX:
        raise MostWrong(field="satang_most", most_satang=SATANG_MAX)


def ensure_pause(asked: Pause, today: date) -> None:
    if not asked.since <= asked.until <= today + PAUSE_MAX or asked.until < today:
        raise PauseWrong(field="until")


def is_due(every_weeks: int, last: date | None, on: date) -> bool:
    """Whether a round fetched `on` is its turn, after the one fetched on `last`."""
    return last is None or on - last >= timedelta(weeks=every_weeks) - SLACK


def is_paused(since: date | None, until: date | None, on: date) -> bool:
    return since is not None and until is not None and since <= on <= until


def hold_until(closes_at: datetime, at: datetime) -> datetime:
    return min(at + HOLD, closes_at)


def basket(wishes: Sequence[Wish], offered: Sequence[Offered], most: int) -> Basket:
    """The cheapest that has enough, else the one that has most; nothing dearer than was said, and
    no more together than `most`: what comes last in the list is left out first."""
    by_product: dict[str, list[Offered]] = {}
    for line in offered:
        by_product.setdefault(line.product, []).append(line)
    lines: list[Chosen] = []
    misses: list[Miss] = []
    for wish in wishes:
        found = _line(wish, by_product)
        if isinstance(found, Chosen) and sum(one.satang for one in lines) + found.satang > most:
            misses.append(Miss(wish.product, wish.grams, "over_most"))
        elif isinstance(found, Chosen):
            lines.append(found)
            if found.grams < wish.grams:
                misses.append(Miss(wish.product, wish.grams - found.grams, "less"))
        else:
            misses.append(Miss(wish.product, wish.grams, found))
    return Basket(tuple(lines), tuple(misses))


def _line(wish: Wish, by_product: Mapping[str, Sequence[Offered]]) -> Chosen | Why:
    offered = by_product.get(wish.product, ())
    left = [line for line in offered if _whole(line, line.grams_left)]
    payable = [line for line in left if line.satang_per_kg <= wish.satang_per_kg_most]
    if not payable:
        return "dearer" if left else "sold_out" if offered else "not_offered"
    best = min(
        payable,
        key=lambda line: (-min(line.grams_left, wish.grams), line.satang_per_kg, line.offer),
    )
    grams = _whole(best, min(best.grams_left, max(wish.grams, best.step_grams)))
    return Chosen(best.offer, grams, price(grams, best.satang_per_kg))


def _whole(line: Offered, grams: int) -> int:
    return grams - grams % line.step_grams
