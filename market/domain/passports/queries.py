"""A lot's passport: what its own page tells, as a signed file in the words of UNTP.

No farmer is named in it, and no claim that was lost since.
"""

from __future__ import annotations

from certification.basis import codes
from certification.certificates import queries as certificates
from certification.credentials import facts, untp
from certification.credentials import queries as credentials
from certification.credentials.signing import Document
from certification.credentials.untp import Batch, Claimed, Part
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.schemes import queries as schemes
from market.domain.lineage import barred
from market.domain.lineage import queries as lineage
from market.domain.lots import queries as lots
from market.domain.lots.queries import Lot


async def passport(typed: str, origin: str) -> Document:
    lot = await lots.by_code(codes.read(typed))
    return await credentials.signed(await _passport(lot, origin), lot.at, origin)


async def passport_jwt(typed: str, origin: str) -> str:
    lot = await lots.by_code(codes.read(typed))
    return await credentials.signed_jwt(await _passport(lot, origin), origin)


async def _passport(lot: Lot, origin: str) -> Document:
    group = await groups.group(lot.group)
    of = Batch(
        code=lot.code,
        crop=crops.crop(lot.crop).name,
        harvested_on=lot.harvested_on,
        grams=lot.grams,
        group=facts.party(group),
        network=await facts.network(group),
        lands=tuple([await facts.land(plot) for plot in await lineage.plots_of(lot.id)]),
        parts=await _parts(lot),
        claims=await _claims(lot),
    )
    return untp.passport(of, origin)


async def _parts(lot: Lot) -> tuple[Part, ...]:
    """The harvests in it; none where it is one itself."""
    found = [(await lots.lot(part.origin), part.grams) for part in await lineage.parts(lot.id)]
    return tuple(Part(one.code, crops.crop(one.crop).name, grams) for one, grams in found)


async def _claims(lot: Lot) -> tuple[Claimed, ...]:
    """By each certificate that it rests on, where all of it held on its day of harvest."""
    if lot.claim == "plain" or await barred.lost(lot.id):
        return ()
    papers = (await lineage.source(lot.id)).certificates
    return tuple([await _claimed(one, lot.claim) for one in papers])


async def _claimed(certificate: str, stage: str) -> Claimed:
    paper = await certificates.certificate(certificate)
    charter = (await schemes.version(paper.scheme_version)).content
    return Claimed(paper.code, stage, charter.name)
