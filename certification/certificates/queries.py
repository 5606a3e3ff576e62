"""Which certificates held for a crop on a day, and what a certificate is worth now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from certification.basis import codes
from certification.basis.database import in_use
from certification.certificates import history as certificates_history
from certification.certificates.history import Event, Standing
from certification.certificates.refusals import CertificateMissing
from certification.certificates.tables import Certificate, CertificateCrop, CertificateEvent
from certification.decisions import queries as decisions
from certification.decisions.rules import Stage


class CertificateView(msgspec.Struct, frozen=True):
    id: str
    code: str
    number: str
    scheme: str
    scheme_version: str
    plot: str
    group: str
    holder: str
    decision: str
    stage: Stage
    valid_from: date
    valid_until: date
    """The last day."""
    crops: tuple[str, ...]
    at: datetime
    turn: int = 1

    @property
    def terms(self) -> certificates_history.Certificate:
        return certificates_history.Certificate(
            self.stage, self.valid_from, self.valid_until, frozenset(self.crops), self.holder
        )


class EventView(msgspec.Struct, frozen=True):
    id: str
    kind: certificates_history.Kind
    from_on: date
    because: str
    note: str | None
    by: str
    at: datetime
    seq: int
    ruling: str | None = None


class Holding(msgspec.Struct, frozen=True):
    """A certificate that held for the crop on the day asked for."""

    certificate: str
    code: str
    number: str
    scheme: str
    scheme_version: str
    stage: Stage
    valid_from: date
    valid_until: date


async def certificate(id: str) -> CertificateView:
    return _only(await _where(Certificate.id == id), id)


async def by_code(typed: str) -> CertificateView:
    """Any case, with or without hyphens."""
    code = codes.read(typed)
    return _only(await _where(Certificate.code == code), code)


async def of_decision(decision: str) -> CertificateView | None:
    """The newest, where its crops were changed since."""
    found = await _where(Certificate.decision == decision)
    return max(found, key=lambda one: one.turn) if found else None


async def application_of(view: CertificateView) -> str:
    """The one that was decided."""
    return (await decisions.decision(view.decision)).application


async def of_plot(plot: str) -> list[CertificateView]:
    """The newest first, also those that hold no more."""
    return await _where(Certificate.plot == plot)


async def of_group(group: str) -> list[CertificateView]:
    return await _where(Certificate.group == group)


async def of_holder(person: str) -> list[CertificateView]:
    return await _where(Certificate.holder == person)


async def events(certificate: str) -> tuple[EventView, ...]:
    """In the order in which they were decided."""
    rows = await (
        CertificateEvent.select()
        .where(CertificateEvent.certificate == certificate)
        .order_by(CertificateEvent.seq)
    )
    names = EventView.__struct_fields__
    return tuple(EventView(**{name: row[name] for name in names}) for row in rows)


async def history(certificate: str) -> tuple[Event, ...]:
    """The same, as `rules.standing` reads them."""
    return tuple(Event(e.kind, e.from_on, e.because) for e in await events(certificate))


async def standing(view: CertificateView, crop: str | None, on: date) -> Standing:
    """By all that is known now: of the harvest's day and of today one asks separately."""
    return certificates_history.standing(view.terms, await history(view.id), crop, on)


async def holding(plot: str, crop: str, on: date) -> tuple[Holding, ...]:
    """All certificates of the plot that held for the crop on that day: organic before in
    conversion, then the one that lasts longest. A plot may have one of each scheme."""
    rows = await in_use().query(
        "SELECT c.id, c.code, c.number, c.scheme, c.scheme_version, c.stage, c.valid_from,"
        " c.valid_until FROM certificate c JOIN certificate_crop k ON k.certificate = c.id"
        " WHERE c.plot = {} AND k.crop = {} AND c.valid_from <= {} AND c.valid_until >= {}",
        plot, crop, on, on,
    )  # fmt: skip
    held = [_holding(row) for row in rows if await _held(row, crop, on)]
    return tuple(
        sorted(
            held,
            key=lambda h: (h.stage != "organic", -h.valid_until.toordinal(), h.number),
        )
    )


async def _held(row: dict[str, Any], crop: str, on: date) -> bool:
    terms = certificates_history.Certificate(
        row["stage"], row["valid_from"], row["valid_until"], frozenset({crop})
    )
    return certificates_history.standing(terms, await history(row["id"]), crop, on).held


def _holding(row: dict[str, Any]) -> Holding:
    return Holding(certificate=row["id"], **{name: row[name] for name in row if name != "id"})


async def _where(condition: Any) -> list[CertificateView]:
    rows = await (
        Certificate.select()
        .where(condition)
        .order_by(Certificate.valid_from, Certificate.at, Certificate.id, ascending=False)
    )
    return [_view(row, await _crops(row["id"])) for row in rows]


async def _crops(certificate: str) -> tuple[str, ...]:
    rows = await (
        CertificateCrop.select(CertificateCrop.crop)
        .where(CertificateCrop.certificate == certificate)
        .order_by(CertificateCrop.crop)
    )
    return tuple(row["crop"] for row in rows)


def _view(row: dict[str, Any], crops: tuple[str, ...]) -> CertificateView:
    names = [name for name in CertificateView.__struct_fields__ if name != "crops"]
    return CertificateView(crops=crops, **{name: row[name] for name in names})


def _only(found: list[CertificateView], asked: str) -> CertificateView:
    if not found:
        raise CertificateMissing(certificate=asked)
    return found[0]
