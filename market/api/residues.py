"""Tests for residues: of a plot, a lot or a market day."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.assignment import gathered
from certification.basis.units import local_day
from certification.findings import retested
from certification.residues import queries
from certification.residues.queries import Share, TestView
from certification.residues.rules import NoteTest, Seen, TestNoted
from market.access import deeds, residues, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a lot, a plot, or a market day (`organ`, `place_name`); or one that `confirms` or
    `corrects` another, and is of the same goods."""

    id: str
    scheme: str
    means: str
    taken_on: date
    results: tuple[Seen, ...]
    sampled_by: str
    tested_by: str
    organ: str = ""
    lot: str = ""
    plot: str = ""
    place_name: str = ""
    crop: str = ""
    report: str = ""
    confirms: str = ""
    corrects: str = ""
    reason: str = ""


@post(
    "/api/v1/residue-tests",
    opt={"op": "residue.note"},
    tags=["residues"],
    summary="A test by kit or by a laboratory; a correction is a test of its own",
)
async def note(data: JSONBody[NewTest], permit: Mine, at: Now) -> TestNoted:
    asked = NoteTest(**msgspec.structs.asdict(data))
    asked = await residues.noted(permit, asked, at)
    return await deeds.once(retested.note, asked, TestNoted, by=permit.person, at=at)


@get(
    "/api/v1/residue-tests/{id:str}",
    opt={"op": "residue.read"},
    tags=["residues"],
    summary="A test, what it cannot see, and what a laboratory answered",
)
async def read_test(id: FromPath[str], permit: Mine, at: Now) -> TestView:
    found, place = await residues.test(id, at)
    permit.check(place)
    return found


@get(
    "/api/v1/plots/{id:str}/residue-tests",
    opt={"op": "residue.read"},
    tags=["residues"],
    summary="All tests of a plot and of its lots, the newest first",
)
async def read_of_plot(id: FromPath[str], permit: Mine, at: Now) -> list[TestView]:
    _, place = await whose.plot(id, at)
    permit.check(place)
    return await queries.of_plot(id)


@get(
    "/api/v1/lots/{id:str}/residue-tests",
    opt={"op": "residue.read"},
    tags=["residues"],
    summary="All tests of a lot, the newest first",
)
async def read_of_lot(id: FromPath[str], permit: Mine) -> list[TestView]:
    found, place = await whose.lot(id)
    permit.check(place)
    return await queries.of_lot(found.id)


@get(
    "/api/v1/groups/{id:str}/residue-share",
    opt={"op": "residue.count"},
    tags=["residues"],
    summary="Of a group or network: samples of the last twelve months and what was found",
)
async def read_share(id: FromPath[str], at: Now) -> Share:
    await whose.of_group(id)
    until = local_day(at)
    organs = {id, *await gathered.groups_under(id)}
    return await queries.share(organs, until.replace(day=1, year=until.year - 1), until)


DOORS = [note, read_test, read_of_plot, read_of_lot, read_share]
