"""What stands behind each line of a payout run, held against the run before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec


class Earned(msgspec.Struct, frozen=True):
    """What settlements gave a payee since the run before."""

    payee: str
    grams: int
    gross_satang: int
    share_satang: int


class Line(msgspec.Struct, frozen=True):
    """`gross - deducted + carried = net`, to the satang."""

    payee: str
    grams: int
    gross_satang: int
    deducted_satang: int
    """By the split rules, for the group, the truck, the fund and the seller."""
    carried_satang: int
    """Due from before: of a rejected run, or of a payment that reaches back further."""
    net_satang: int


class Sold(msgspec.Struct, frozen=True):
    """What was handed over of one lot."""

    payee: str
    code: str
    crop: str
    grams: int
    satang: int


class Difference(msgspec.Struct, frozen=True):
    """Of a payee between two runs; `last` is None for who is new, `now` for who is missing."""

    payee: str
    now: Line | None
    last: Line | None


def line(payee: str, net: int, earned: Earned | None) -> Line:
    known = earned or Earned(payee, 0, 0, 0)
    deducted = known.gross_satang - known.share_satang
    return Line(
        payee, known.grams, known.gross_satang, deducted, net - known.share_satang, net
    )  # fmt: skip


def lines(paid: Mapping[str, int], earned: Iterable[Earned]) -> dict[str, Line]:
    """`paid`: the run's lines, satang by payee."""
    by_payee = {each.payee: each for each in earned}
    return {payee: line(payee, net, by_payee.get(payee)) for payee, net in paid.items()}


def differences(now: Mapping[str, Line], last: Mapping[str, Line]) -> list[Difference]:
    """In the order of `now`; who is missing from it comes after."""
    payees = [*now, *(payee for payee in last if payee not in now)]
    return [Difference(payee, now.get(payee), last.get(payee)) for payee in payees]


def told(sold: list[Sold], line: Line) -> list[Sold]:
    """Lots with their weights only where they are all of the line and nothing else: a round that
    was settled in several parts has lots in more than one run."""
    whole = (sum(one.grams for one in sold), sum(one.satang for one in sold))
    if whole == (line.grams, line.gross_satang):
        return sold
    return [msgspec.structs.replace(one, grams=0, satang=0) for one in sold]
