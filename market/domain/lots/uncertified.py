"""A harvest that no certificate covers: refused with its reason, until it is said to be plain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from certification.basis.refusal import Refusal
from market.domain.lots.rules import Claimed, HarvestLot


class BeforeCertificate(Refusal):
    """The plot's certificate for this crop begins later than the harvest."""

    code = "lots.before_certificate"


class CropOutOfScope(Refusal):
    """A certificate held that day, and names other crops."""

    code = "lots.crop_out_of_scope"


class CertificateNotInForce(Refusal):
    """That day it was over, suspended or taken back."""

    code = "lots.certificate_not_in_force"


class NeverCertified(Refusal):
    code = "lots.never_certified"


UNCERTIFIED = (BeforeCertificate, CropOutOfScope, CertificateNotInForce, NeverCertified)
"""What may be saved all the same, once it is said to be ordinary produce."""


class Paper(msgspec.Struct, frozen=True):
    """A certificate of the plot that did not hold for the crop on the day of harvest."""

    number: str
    state: str
    """Of that day: not_yet, active (for other crops), suspended, revoked, expired, …"""
    names_crop: bool
    since: date | None
    """Since when it stood so; of `not_yet` the day on which it begins."""


def check_certified(data: HarvestLot, claimed: Claimed, papers: Sequence[Paper]) -> None:
    """What no certificate covers is plain, and that somebody has to say; `papers`, newest first."""
    if claimed.because != "no_certificate" or data.as_plain or data.wish == "plain":
        return
    on = data.harvested_on.isoformat()
    if other := [one for one in papers if one.state == "active"]:
        raise CropOutOfScope(number=other[0].number, crop=data.crop, harvested_on=on)
    if later := [one for one in papers if one.state == "not_yet" and one.names_crop]:
        raise BeforeCertificate(
            number=later[-1].number, harvested_on=on, valid_from=str(later[-1].since)
        )
    if over := [one for one in papers if one.state != "not_yet" and one.names_crop]:
        raise CertificateNotInForce(
            number=over[0].number, harvested_on=on, state=over[0].state, since=str(over[0].since)
        )
    raise NeverCertified(harvested_on=on)
