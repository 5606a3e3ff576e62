"""All that the proof of a lot rests on, as one text that the market seals: for a file to keep.

It names nobody, not even where the farmer lets the page do so: a copy cannot be called back.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from certification.basis import checkpoints, cosignatures, inclusion
from certification.basis.checkpoints import Signed
from certification.basis.inclusion import Proved
from certification.basis.refusal import Refusal
from certification.basis.text import Text
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.credentials import did
from certification.credentials import queries as credentials
from certification.credentials.signing import Document
from market.answers.words import Words, words
from market.domain.custody.recorded import Recorded, line
from market.domain.lineage import queries as lineage
from market.domain.lots import queries as lots
from market.domain.lots.queries import Lot
from market.domain.passports import queries as passports
from market.domain.trace import made
from market.domain.trace.alike import Trace, held_back
from market.domain.trace.made import MadeTrace
from market.domain.trace.rules import Happening, Verdict
from market.web.scanned import AGAIN

FORMAT = "talat-khiao/lot-proof/1"
LEFT_OUT = {
    "land": ("plots.registered", "applications.submitted", "inspections.finished",
             "decisions.decided", "labels.printed"),
    "papers": ("certificates.issued", "lots.harvested", "lots.made", "lineage.used"),
}  # fmt: skip
"""Of the history, in this order, where a file of many harvests would be too large: how the land
came to its certificate; then that certificate and lot were told, which both stand in the file
besides. Never a step of custody, nor what ended or corrected anything."""
SEALED = b"talat-khiao lot proof v1\n"
"""What is signed begins so, that no signature of ours is taken for one of another kind."""


class TooLarge(Refusal):
    """A mix of so many harvests that even the shortest proof of it is no file for a phone."""

    code = "lot_file.too_large"


class Sealed(NamedTuple):
    code: str
    name: Text
    told: str
    """JSON in ASCII without `<`: it stands in a page, however that is saved and sent on."""
    seal: str


class Lived(NamedTuple):
    """What happened to a lot, before it is written in words."""

    trace: Trace | MadeTrace
    timeline: tuple[Happening, ...]
    custody: tuple[Recorded, ...]


async def sealed(typed: str, origin: str, at: datetime, room: int) -> Sealed:
    """In at most so many bytes. UnknownCode and its like; NoneYet, before record and certificates
    were first signed; TooLarge."""
    at = at.astimezone(UTC).replace(microsecond=0)
    trace = await made.of_any(typed, local_day(at))
    lot = await lots.by_code(trace.code)
    lived = await _lived(trace, lot.id, at)
    papers = [await credentials.unnamed(code, origin) for code in await _papers(lot)]
    size = 0
    for left_out in ((), ("land",), ("land", "papers")):
        whole = await _whole(lot, _without(lived, left_out), papers, left_out, origin, at)
        told = json.dumps(whole, separators=(",", ":")).replace("<", "\\u003c")
        by, signature = await credentials.sealed(SEALED + told.encode(), origin)
        seal = json.dumps({"by": by, "signature": _letters(signature)}, separators=(",", ":"))
        if (size := len(told) + len(seal)) <= room:
            return Sealed(lot.code, trace.crop_name, told, seal)
    raise TooLarge(kilobytes=-(-size // 1_000), most=room // 1_000)


async def _whole(
    lot: Lot, lived: Lived, papers: list[Document], left_out: tuple[str, ...], origin: str,
    at: datetime,
) -> dict[str, Any]:  # fmt: skip
    return {
        "format": FORMAT,
        "made_at": did.moment(at),
        "lot": {
            "code": lot.code, "grams": lot.grams, "harvested_on": str(lot.harvested_on),
            "verdict": msgspec.to_builtins(_verdict(lived.trace)),
        },
        "did": await credentials.did_document(origin),
        "passport": await passports.passport(lot.code, origin),
        "certificates": papers,
        "status": [await _list(one, origin, at) for one in _lists(papers)],
        "record": await _record(lived),
        "custody": [_step(one) for one in lived.custody],
        "left_out": [*left_out],
        "says": {
            one: _says(words(one), lived, lot, papers, left_out, at) for one in ("th", "en")
        },
    }  # fmt: skip


def _without(lived: Lived, left_out: tuple[str, ...]) -> Lived:
    tags = {tag for one in left_out for tag in LEFT_OUT[one]}
    return lived._replace(timeline=tuple(one for one in lived.timeline if one.tag not in tags))


async def _lived(trace: Trace | MadeTrace, lot: str, at: datetime) -> Lived:
    """Of a lot made of others also how each harvest in it came to be."""
    timeline = [*trace.timeline]
    for one in trace.harvests if isinstance(trace, MadeTrace) else ():
        timeline += (await made.of_any(one.code, local_day(at))).timeline
    once = {one.seq: one for one in timeline}
    return Lived(trace, _once([once[seq] for seq in sorted(once)]), await line(lot))


def _once(timeline: Sequence[Happening]) -> tuple[Happening, ...]:
    """Of what is done again and again the last."""
    last = {one.tag: one.seq for one in timeline}
    return tuple(one for one in timeline if one.tag not in AGAIN or one.seq == last[one.tag])


def _verdict(trace: Trace | MadeTrace) -> Verdict:
    if isinstance(trace, Trace) and (why := held_back(trace.tests, trace.code)):
        return Verdict("bad", why)
    return trace.verdict


async def _papers(lot: Lot) -> list[str]:
    found = (await lineage.source(lot.id)).certificates
    return sorted([(await certificates.certificate(one)).code for one in found])


def _lists(papers: Iterable[Document]) -> list[str]:
    return sorted(
        {one["statusListCredential"] for paper in papers for one in paper["credentialStatus"]}
    )


async def _list(address: str, origin: str, at: datetime) -> Document:
    _, purpose, number = address.rsplit("/", 2)
    return await credentials.status_list(purpose, int(number), origin, at)


async def _record(lived: Lived) -> dict[str, Any]:
    """Steps that several proofs share stand once."""
    signed = await checkpoints.newest()
    seqs = {one.seq for one in lived.timeline} | {one.seq for one in lived.custody if one.seq}
    proved = await inclusion.of_entries(seqs, signed)
    if wrong := [one.seq for one in proved if not one.holds]:
        raise inclusion.DoesNotHold(seq=wrong[0])
    steps: dict[str, int] = {}
    return {
        "checkpoint": (await cosignatures.with_lines(signed)).note,
        "verifier": signed.verifier,
        "witnesses": await cosignatures.witnesses(signed),
        "entries": [_entry(one, steps) for one in proved],
        "steps": list(steps),
        "waiting": _waiting(seqs, signed),
    }


def _entry(one: Proved, steps: dict[str, int]) -> dict[str, Any]:
    proof = [steps.setdefault(_letters(step), len(steps)) for step in one.proof]
    return {"seq": one.seq, "leaf": _letters(one.leaf), "proof": proof}


def _letters(content: bytes) -> str:
    return b64encode(content).decode()


def _waiting(seqs: Iterable[int], signed: Signed) -> list[int]:
    return sorted(seq for seq in seqs if seq > signed.size)


def _step(one: Recorded) -> dict[str, Any]:
    told = {"lot": one.code, "kind": one.step.kind, "grams": one.step.grams}
    return {**told, "entry": one.seq}


def _says(
    say: Words,
    lived: Lived,
    lot: Lot,
    papers: Sequence[Document],
    left_out: tuple[str, ...],
    at: datetime,
) -> dict[str, list[list[str]]]:
    """The same for people: rows of cells, sealed with the rest."""
    trace = lived.trace
    group = trace.group if isinstance(trace, MadeTrace) else trace.place.group
    numbers = ", ".join(one["credentialSubject"]["certificateNumber"] for one in papers)
    facts = [
        (say("Crop"), say.name(trace.crop_name)),
        (say("Lot"), f"{lot.code[:4]}-{lot.code[4:]}"),
        (say("Harvested"), say.day(lot.harvested_on)),
        (say("Weight"), say.kilos(lot.grams)),
        (say("Group"), say.name(group) if group else ""),
        (say("The certificate"), numbers),
        (say("How it stood"), say(f"trace.verdict.{_verdict(trace).reason}")),
        (say("This file was made"), say.moment(at)),
        *[
            (say("Left out, to keep the file small"), say(f"lot_file.left_out.{one}"))
            for one in left_out
        ],
    ]
    steps = [
        (str(one.seq), say.day(one.on), say(f"trace.event.{one.tag}")) for one in lived.timeline
    ]
    return {
        "facts": [list(pair) for pair in facts if pair[1]],
        "steps": [list(row) for row in steps],
        "custody": [_moved(say, one) for one in lived.custody],
    }


def _moved(say: Words, one: Recorded) -> list[str]:
    what = say(f"custody.step.{one.step.kind}")
    names = [at.name for at in (one.step.public, one.step.goes_to) if at and at.name]
    where = " · " + " → ".join(map(say.name, names)) if names else ""
    entry = str(one.seq) if one.seq else say("none in the record")
    cells = [f"{what}{where}", one.code, say.kilos(one.step.grams)]
    return [entry, say.day(local_day(one.step.at)), *cells]
