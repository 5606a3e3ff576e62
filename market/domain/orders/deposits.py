"""What of an order is paid ahead, and what is left for the pick-up. Pure.

A round may ask for a deposit: so many percent of the price by PromptPay, before the goods are kept;
the rest is paid when they are fetched, by what was weighed.
"""

from __future__ import annotations

from certification.basis.refusal import Refusal
from market.domain.orders.rules import CASH, DEPOSIT


class DepositNeeded(Refusal):
    """This round keeps no goods for nothing."""

    code = "orders.deposit_needed"


class NoDepositHere(Refusal):
    """This round asks for none: it is paid whole, or at the pick-up."""

    code = "orders.no_deposit_here"


def share(satang: int, percent: int) -> int:
    """So many percent of it, the odd part of a satang upwards; never more than all of it."""
    return -(-satang * percent // 100)


def placed(rail: str, satang: int, percent: int | None) -> int | None:
    """What is to be paid ahead of a new order of the rail `deposit`; None with any other."""
    if rail == CASH and percent is not None:
        raise DepositNeeded(percent=percent)
    if rail != DEPOSIT:
        return None
    if percent is None:
        raise NoDepositHere()
    return share(satang, percent)


def ahead(rail: str, satang: int, deposit: int | None) -> int:
    """Of the price, what is paid before anybody comes to fetch the goods."""
    if rail == DEPOSIT:
        return min(deposit or 0, satang)
    return 0 if rail == CASH else satang


def least(ahead_satang: int, satang: int, percent: int | None) -> int:
    """What is paid ahead where what is added is paid at the pick-up: what was, or the round's part
    of all of it."""
    return max(ahead_satang, share(satang, percent or 0))


def rail(was: str, ahead_satang: int, satang: int) -> str:
    """Of what was paid whole and no longer is, the rest is due as after a deposit."""
    return DEPOSIT if was != CASH and ahead_satang < satang else was


def added(ahead_satang: int, before: int, satang: int, percent: int | None) -> int:
    """What must be paid at once where more is ordered on a deposit: the round's part of all of it,
    or, where it asks for none, all that was added."""
    if percent is None:
        return satang - before
    return max(share(satang, percent) - ahead_satang, 0)
