"""Less came than was ordered: who gets how much, and why; pure.

first_come   who paid first is served first
pro_rata     everybody the same part of what was ordered, by largest remainder
priority     people in need, hospitals and schools first; then the others by part, those who went
             short in the last rounds a little more

A step is the offer's, or one piece. The same case gives the same shares, in whatever order its
lines come; equal claims are settled by who paid first.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

import msgspec

from market.domain.offers.rules import SharedBy
from market.domain.orders.rules import IfShort
from market.domain.shortage.refusals import NothingShort, NotWhole, StillHeld

METHOD = 1
"""Of sharing; a case says by which it was shared, so that an old one is still recomputed."""
GRAMS_MAX = 1_000_000_000
ROUNDS_REMEMBERED = 4
"""So many of the seller's last rounds in which something was short are looked back on."""
MORE_MAX = 500
"""Per mille: who went short counts half as much again at most."""
Kind = Literal["need", "hospital", "school"]
KINDS: tuple[Kind, ...] = ("need", "hospital", "school")
BY_CHOICE = ("left_out", "below_least")
"""Why somebody got nothing who had asked for just that: it is not remembered."""


class Other(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An offer that somebody would have instead, with what is left of it."""

    offer: str
    stock: str
    step_grams: int
    left_grams: int
    satang_per_kg: int


class Want(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line that waits, with what its buyer said for this case."""

    line: str
    order: str
    paid_at: str
    grams: int
    if_short: IfShort = "less"
    least_grams: int = 0
    first: bool = False
    """Of people in need, a hospital, a school."""
    more: int = 0
    """Per mille, for having gone short."""
    satang_per_kg: int = 0
    instead: str | None = None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the shares follow from."""

    shared_by: SharedBy
    there_grams: int
    step_grams: int
    wants: tuple[Want, ...]
    others: tuple[Other, ...] = ()
    method: int = METHOD

    @property
    def ordered_grams(self) -> int:
        return sum(want.grams for want in self.wants)


class Share(msgspec.Struct, frozen=True):
    line: str
    grams: int
    because: str
    """whole, first_come, pro_rata, first, priority, left_out, below_least"""
    instead_grams: int = 0
    """Of the offer that the buyer named, for what is missing."""


class TellShort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many grams of an offer are there: weighed in, or said by who grows it."""

    id: str
    offer: str
    grams: int


class ShareOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`seen`: what the preview that is confirmed was made of."""

    id: str
    offer: str
    grams: int
    seen: str


class ServeFirst(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: the code of an order by which the buyer is known; `kind` None: no longer."""

    id: str
    merchant: str
    order: str
    kind: Kind | None


class ShortTold(msgspec.Struct, frozen=True, tag="shortage.told"):
    told: str
    offer: str
    grams: int


class SharedOut(msgspec.Struct, frozen=True, tag="shortage.shared_out"):
    shortage: str
    offer: str
    shared_by: str
    there_grams: int
    ordered_grams: int
    given_grams: int
    credited_satang: int
    orders: list[str]
    """Those that get less than they ordered."""


class ServedFirst(msgspec.Struct, frozen=True, tag="shortage.served_first"):
    served: str
    merchant: str
    kind: str


def ensure_grams(grams: int, most: int) -> None:
    if not 0 <= grams <= most:
        raise NotWhole(field="grams", most=most)


def ensure_short(case: Case, held_orders: int) -> None:
    ensure_grams(case.there_grams, GRAMS_MAX)
    if case.there_grams >= case.ordered_grams:
        raise NothingShort(ordered_grams=case.ordered_grams)
    if held_orders:
        raise StillHeld(orders=held_orders)


def more_for(ordered: int, missed: int) -> int:
    """Per mille, by the part that a buyer missed in the rounds that are remembered."""
    return min(MORE_MAX, 1000 * missed // ordered) if ordered else 0


def allocate(case: Case) -> tuple[Share, ...]:
    """A share for each line, who paid first in front; never more than was ordered.

    Together all that is there, but for less than a step, and for what nobody would take.
    """
    wants = sorted(case.wants, key=_turn)
    left = case.there_grams // case.step_grams
    if case.shared_by == "first_come":
        given = _in_turn(case, wants, left)
    elif case.shared_by == "pro_rata":
        given = _by_part(case, wants, left)
    else:
        given = _by_part(case, [want for want in wants if want.first], left, remembered=True)
        left -= sum(given.values())
        others = [want for want in wants if not want.first]
        given |= _by_part(case, others, left, remembered=True)
    given = _filled(case, wants, given)
    instead = _instead(case, wants, given)
    return tuple(
        Share(
            want.line, given[want.line] * case.step_grams,
            _because(case, want, given[want.line]), instead[want.line],
        )
        for want in wants
    )  # fmt: skip


def seen(case: Case) -> str:
    """What a confirmation says it has looked at; another case is another word."""
    return sha256(said(case)).hexdigest()


def said(case: Case) -> bytes:
    """The same bytes in whatever order the lines come."""
    wants = tuple(sorted(case.wants, key=_turn))
    others = tuple(sorted(case.others, key=lambda other: other.offer))
    return msgspec.json.encode(msgspec.structs.replace(case, wants=wants, others=others))


def _turn(want: Want) -> tuple[str, str, str]:
    return want.paid_at, want.order, want.line


def _steps(case: Case, want: Want) -> int:
    return want.grams // case.step_grams


def _takes(case: Case, want: Want, steps: int) -> bool:
    """Whether the buyer said yes to so much."""
    if steps == _steps(case, want):
        return True
    return want.if_short != "leave_out" and steps * case.step_grams >= want.least_grams


def _in_turn(case: Case, wants: Sequence[Want], left: int) -> dict[str, int]:
    given: dict[str, int] = {}
    for want in wants:
        steps = min(_steps(case, want), left)
        given[want.line] = steps if _takes(case, want, steps) else 0
        left -= given[want.line]
    return given


def _by_part(
    case: Case, wants: Sequence[Want], left: int, *, remembered: bool = False
) -> dict[str, int]:
    """Who would rather have nothing than so little goes, who paid last first, and it is shared
    anew among the others."""
    among = list(wants)
    while True:
        given = _largest_remainder(case, among, left, remembered=remembered)
        unwilling = [w for w in among if given[w.line] and not _takes(case, w, given[w.line])]
        if not unwilling:
            return {want.line: 0 for want in wants} | given
        among.remove(unwilling[-1])


def _largest_remainder(
    case: Case, wants: Sequence[Want], left: int, *, remembered: bool
) -> dict[str, int]:
    given: dict[str, int] = {}
    rest = [want for want in wants if _steps(case, want)]
    weight = {w.line: _steps(case, w) * (1000 + (w.more if remembered else 0)) for w in rest}
    while rest:
        total = sum(weight[want.line] for want in rest)
        whole = [w for w in rest if left * weight[w.line] >= _steps(case, w) * total]
        if not whole:
            break
        given |= {want.line: _steps(case, want) for want in whole}
        left -= sum(_steps(case, want) for want in whole)
        rest = [want for want in rest if want.line not in given]
    else:
        return {want.line: given.get(want.line, 0) for want in wants}
    given |= {want.line: left * weight[want.line] // total for want in rest}
    over = left - sum(given[want.line] for want in rest)
    rest.sort(key=lambda want: (-(left * weight[want.line] % total), _turn(want)))
    for want in rest[:over]:
        given[want.line] += 1
    return {want.line: given.get(want.line, 0) for want in wants}


def _filled(case: Case, wants: Sequence[Want], given: dict[str, int]) -> dict[str, int]:
    """What is over because somebody wanted nothing of it goes to the next who takes it."""
    left = case.there_grams // case.step_grams - sum(given.values())
    for want in wants:
        steps = min(_steps(case, want), given[want.line] + left)
        if steps > given[want.line] and _takes(case, want, steps):
            left -= steps - given[want.line]
            given[want.line] = steps
    return given


def _instead(case: Case, wants: Sequence[Want], given: dict[str, int]) -> dict[str, int]:
    """In turn, of what is left of the named offer, and never of a dearer one."""
    others = {other.offer: other for other in case.others}
    left = {other.offer: other.left_grams for other in case.others}
    found = dict.fromkeys(given, 0)
    for want in wants:
        other = others.get(want.instead or "")
        missing = want.grams - given[want.line] * case.step_grams
        if want.if_short != "substitute" or other is None or not missing:
            continue
        if other.satang_per_kg <= want.satang_per_kg:
            grams = min(missing, left[other.offer])
            found[want.line] = grams - grams % other.step_grams
            left[other.offer] -= found[want.line]
    return found


def _because(case: Case, want: Want, steps: int) -> str:
    if steps == _steps(case, want):
        return "whole"
    if steps == 0 and want.if_short == "leave_out":
        return "left_out"
    if steps == 0 and want.least_grams:
        return "below_least"
    if case.shared_by == "priority":
        return "first" if want.first else "priority"
    return case.shared_by
