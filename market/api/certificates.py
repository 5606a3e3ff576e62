"""Certificates: issued after a meeting approved, suspended at once, given back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.units import local_day
from certification.certificates import commands, queries
from certification.certificates.history import Standing
from certification.certificates.queries import CertificateView, EventView
from certification.certificates.rules import (
    CertificateIssued,
    CertificateReinstated,
    CertificateSurrendered,
    CertificateSuspended,
    ChangeCertificate,
    IssueCertificate,
)
from certification.hearings import commands as hearings
from market.access import deeds, guarantee, helping, whose
from market.access.permit import Permit
from market.answers.refusals import FieldMissing

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`because`: a word of the list for this deed; `from_on`: from which day it holds."""

    id: str
    because: str
    from_on: date
    note: str | None = None


class GivenBack(NewChange, frozen=True, forbid_unknown_fields=True):
    """`pin`: the holder's own, typed on this device, where a helper gives it back."""

    pin: str | None = None


class CertificateShown(msgspec.Struct, frozen=True):
    certificate: CertificateView
    today: Standing
    events: tuple[EventView, ...]


@post(
    "/api/v1/certificates",
    opt={"op": "certificate.issue"},
    tags=["certificates"],
    summary="From the day of the meeting that approved; needs the PIN once more",
)
async def issue(data: JSONBody[IssueCertificate], permit: Mine, at: Now) -> CertificateIssued:
    _, place = await guarantee.decision(data.decision)
    permit.check(place)
    return await deeds.once(commands.issue, data, CertificateIssued, by=permit.person, at=at)


@get(
    "/api/v1/certificates",
    opt={"op": "certificate.read"},
    tags=["certificates"],
    summary="Mine, or those of a group",
)
async def list_certificates(permit: Mine, group: FromQuery[str] = "") -> list[CertificateView]:
    if not group:
        return await queries.of_holder(permit.person)
    permit.check(await whose.of_group(group))
    return await queries.of_group(group)


@get(
    "/api/v1/certificates/{id:str}",
    opt={"op": "certificate.read"},
    tags=["certificates"],
    summary="One certificate, how it stands today, and all that happened to it",
)
async def read_certificate(id: FromPath[str], permit: Mine, at: Now) -> CertificateShown:
    found, place = await guarantee.certificate(id)
    permit.check(place)
    return CertificateShown(
        found, await queries.standing(found, None, local_day(at)), await queries.events(id)
    )


@post(
    "/api/v1/certificates/{id:str}/suspension",
    opt={"op": "certificate.change"},
    tags=["certificates"],
    summary="At once; the next meeting confirms it or it lapses. Needs the PIN once more",
)
async def suspend(
    id: FromPath[str], data: JSONBody[NewChange], permit: Mine, at: Now
) -> CertificateSuspended:
    change = await _change(id, data, permit)
    return await deeds.once(hearings.suspend, change, CertificateSuspended, by=permit.person, at=at)


@post(
    "/api/v1/certificates/{id:str}/reinstatement",
    opt={"op": "certificate.change"},
    tags=["certificates"],
    summary="A mistake is lifted, with its reference in the note; all else a meeting lifts",
)
async def reinstate(
    id: FromPath[str], data: JSONBody[NewChange], permit: Mine, at: Now
) -> CertificateReinstated:
    change = await _change(id, data, permit)
    return await deeds.once(
        commands.reinstate, change, CertificateReinstated, by=permit.person, at=at
    )


@post(
    "/api/v1/certificates/{id:str}/surrender",
    opt={"op": "certificate.surrender"},
    tags=["certificates"],
    summary="Given back from today on, for good; by a helper only with the holder's PIN",
)
async def surrender(
    request: Request[Any, Any, Any],
    id: FromPath[str],
    data: JSONBody[GivenBack],
    permit: Mine,
    at: Now,
) -> CertificateSurrendered:
    change, by = await _change(id, data, permit), permit.person
    found = await queries.certificate(id)
    helps = found.holder != by
    if helps and not data.pin:
        raise FieldMissing(field="pin")
    change = msgspec.structs.replace(change, on_behalf_of=found.holder if helps else None)

    async def do() -> CertificateSurrendered:
        return await deeds.once(commands.surrender, change, CertificateSurrendered, by=by, at=at)

    if not helps:
        return await do()
    whom = deeds.For(found.holder, found.group, id)
    word = helping.Word(data.pin or "")
    return await helping.with_word(request, data.id, do, whom, word, by=by, at=at)


async def _change(id: str, data: NewChange, permit: Permit) -> ChangeCertificate:
    _, place = await guarantee.certificate(id)
    permit.check(place)
    return ChangeCertificate(data.id, id, data.because, data.from_on, data.note)


DOORS = [
    issue,
    list_certificates,
    read_certificate,
    suspend,
    reinstate,
    surrender,
]
