"""What a lot's page rests on, entry by entry in the signed record; how to check it without us."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import checkpoints, inclusion
from certification.basis.checkpoints import Signed
from certification.basis.inclusion import Proved
from certification.basis.units import local_day
from market.answers.language import words_for
from market.domain.trace import queries
from market.domain.trace.alike import Trace
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


class LotEntry(msgspec.Struct, frozen=True):
    seq: int
    on: date
    tag: str
    leaf: str
    proof: list[str]


class LotProof(msgspec.Struct, frozen=True):
    """Hashes are hex; `waiting` are entries that the next checkpoint will cover."""

    lot: str
    size: int
    root: str
    checkpoint: str
    verifier: str
    entries: list[LotEntry]
    waiting: list[int]


@get(["/L/{typed:str}/proof", "/l/{typed:str}/proof"], opt={"op": "trace.read"})
async def lot_proof(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        lot = await queries.by_code(code, today)
        newest = await checkpoints.latest(1)
        signed = newest[0] if newest else None
        found = await inclusion.of_entries(_seqs(lot), signed) if signed else []
        return page(
            request,
            "lot_proof.html",
            code=lot.code,
            code_shown=f"{lot.code[:4]}-{lot.code[4:]}",
            crop=words_for(request).name(lot.crop_name),
            lines=_lines(lot, found, signed),
            signed=signed,
            again_at=checkpoints.next_after(signed.at) if signed else None,
        )

    return await scanned(request, "L", typed, at, show, "/proof")


@get(["/L/{typed:str}/proof.json", "/l/{typed:str}/proof.json"], opt={"op": "trace.read"})
async def lot_proof_file(typed: FromPath[str], at: At) -> Response[bytes]:
    lot, signed = await queries.by_code(typed, local_day(at)), await checkpoints.newest()
    found = {one.seq: one for one in await inclusion.of_entries(_seqs(lot), signed)}
    if wrong := [seq for seq, one in found.items() if not one.holds]:
        raise inclusion.DoesNotHold(seq=wrong[0])
    told = LotProof(
        lot.code, signed.size, signed.root.hex(), signed.note, signed.verifier,
        [_entry(one, found[one.seq]) for one in lot.timeline if one.seq in found],
        [one.seq for one in lot.timeline if one.seq not in found],
    )  # fmt: skip
    return Response(
        msgspec.json.format(msgspec.json.encode(told), indent=1),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="lot-{lot.code}-proof.json"'},
    )


@get("/log/verify.py", opt={"op": "log.read"})
async def program() -> Response[bytes]:
    """Read it before you run it; or have it from where the source is kept."""
    return Response(PROGRAM, media_type="text/plain; charset=utf-8")


def _seqs(lot: Trace) -> list[int]:
    return [one.seq for one in lot.timeline]


def _lines(lot: Trace, found: list[Proved], signed: Signed | None) -> list[Line]:
    holds = {one.seq: one.holds for one in found}

    def state(seq: int) -> str:
        if signed is None or seq > signed.size:
            return "waiting"
        return "proved" if holds.get(seq) else "altered"

    return [Line(one.seq, one.on, one.tag, state(one.seq)) for one in lot.timeline]


def _entry(one: Happening, proved: Proved) -> LotEntry:
    steps = [step.hex() for step in proved.proof]
    return LotEntry(one.seq, one.on, one.tag, proved.leaf.hex(), steps)


DOORS = [lot_proof, lot_proof_file, program]
