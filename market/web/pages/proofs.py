"""What the page of a lot or a certificate rests on, entry by entry in the signed record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import checkpoints, inclusion
from certification.basis.checkpoints import Signed
from certification.basis.inclusion import Proved
from certification.basis.text import Text
from certification.basis.units import local_day
from market.answers.language import words_for
from market.domain.partners import queries as partners
from market.domain.trace import made, queries
from market.domain.trace.rules import Happening
from market.web import verify_record
from market.web.page import Ask, page
from market.web.scanned import scanned

At = NamedDependency[datetime]
PROGRAM = Path(verify_record.__file__).read_bytes()


class Line(msgspec.Struct, frozen=True):
    """`state`: proved, waiting for the next signature, or altered since."""

    seq: int
    on: date
    tag: str
    state: str


class Of(msgspec.Struct, frozen=True):
    """What bears the code, and all that was told of it and of what it rests on."""

    kind: str
    letter: str
    code: str
    name: Text
    timeline: tuple[Happening, ...]


class ProvedEntry(msgspec.Struct, frozen=True):
    seq: int
    on: date
    tag: str
    leaf: str
    proof: list[str]


class Proofs(msgspec.Struct, frozen=True):
    """Hashes are hex; `waiting` are entries that the next checkpoint will cover."""

    kind: str
    code: str
    size: int
    root: str
    checkpoint: str
    verifier: str
    entries: list[ProvedEntry]
    waiting: list[int]


@get(["/L/{typed:str}/proof", "/l/{typed:str}/proof"], opt={"op": "trace.read"})
async def lot_proof(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    return await _page(request, "L", typed, at, _lot)


@get(["/L/{typed:str}/proof.json", "/l/{typed:str}/proof.json"], opt={"op": "trace.read"})
async def lot_proof_file(typed: FromPath[str], at: At) -> Response[bytes]:
    return await _file(await _lot(typed, local_day(at)))


@get(["/C/{typed:str}/proof", "/c/{typed:str}/proof"], opt={"op": "trace.read"})
async def certificate_proof(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    return await _page(request, "C", typed, at, _certificate)


@get(["/C/{typed:str}/proof.json", "/c/{typed:str}/proof.json"], opt={"op": "trace.read"})
async def certificate_proof_file(typed: FromPath[str], at: At) -> Response[bytes]:
    return await _file(await _certificate(typed, local_day(at)))


@get("/log/verify.py", opt={"op": "log.read"})
async def program() -> Response[bytes]:
    """Read it before you run it; or have it from where the source is kept."""
    return Response(PROGRAM, media_type="text/plain; charset=utf-8")


async def _lot(typed: str, today: date) -> Of:
    lot = await made.of_any(typed, today)
    return Of("lot", "L", lot.code, lot.crop_name, lot.timeline)


async def _certificate(typed: str, today: date) -> Of:
    paper = await queries.certificate_page(typed, today)
    return Of("certificate", "C", paper.code, Text(paper.number, paper.number), paper.timeline)


async def _page(
    request: Ask, letter: str, typed: str, at: datetime, read: Callable[[str, date], Awaitable[Of]]
) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        of, newest = await read(code, today), await checkpoints.latest(1)
        signed = newest[0] if newest else None
        found = await _proved(of, signed) if signed else {}
        return page(
            request,
            "proofs.html",
            of=of,
            name=words_for(request).name(of.name),
            code_shown=f"{of.code[:4]}-{of.code[4:]}",
            lines=[_line(one, found.get(one.seq), signed) for one in of.timeline],
            signed=signed,
            told_by_partners=of.kind == "lot" and await partners.any_told(code),
            again_at=checkpoints.next_after(signed.at) if signed else None,
        )

    return await scanned(request, letter, typed, at, show, below="/proof")


async def _file(of: Of) -> Response[bytes]:
    signed = await checkpoints.newest()
    found = await _proved(of, signed)
    if wrong := [seq for seq, one in found.items() if not one.holds]:
        raise inclusion.DoesNotHold(seq=wrong[0])
    told = Proofs(
        of.kind, of.code, signed.size, signed.root.hex(), signed.note, signed.verifier,
        _entries(of.timeline, found), [one.seq for one in of.timeline if one.seq not in found],
    )  # fmt: skip
    name = f'attachment; filename="{of.kind}-{of.code}-proof.json"'
    return Response(
        msgspec.json.format(msgspec.json.encode(told), indent=1),
        media_type="application/json",
        headers={"content-disposition": name},
    )


async def _proved(of: Of, signed: Signed) -> dict[int, Proved]:
    entries = await inclusion.of_entries([one.seq for one in of.timeline], signed)
    return {one.seq: one for one in entries}


def _line(one: Happening, found: Proved | None, signed: Signed | None) -> Line:
    if signed is None or one.seq > signed.size:
        return Line(one.seq, one.on, one.tag, "waiting")
    return Line(one.seq, one.on, one.tag, "proved" if found and found.holds else "altered")


def _entries(timeline: Sequence[Happening], found: dict[int, Proved]) -> list[ProvedEntry]:
    return [
        ProvedEntry(
            one.seq, one.on, one.tag, found[one.seq].leaf.hex(),
            [step.hex() for step in found[one.seq].proof],
        )
        for one in timeline
        if one.seq in found
    ]  # fmt: skip


DOORS = [lot_proof, lot_proof_file, certificate_proof, certificate_proof_file, program]
