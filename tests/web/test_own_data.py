"""Malee takes away what is held about her: all of it, and nothing of her neighbours."""

import io
import zipfile

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.land import commands as land
from certification.land.rules import NotePaper
from certification.people.tables import Person
from market.access import own_data
from market.db import all_tables
from tests.cast import MALEE, NOK, NOW, PARTICULARS, SOMCHAI, WAN, YING
from tests.doors import Doors
from tests.guarantee import certified, planted, published

PEOPLE = (SOMCHAI, WAN, YING, NOK)


async def files(doors: Doors, whose: str) -> dict[str, str]:
    """After the PIN once more: whoever finds her phone open takes nothing away."""
    person = await doors.as_(whose)
    assert (await person.get("/me/data.zip")).url.path == "/step-up"
    await doors.step_up(whose)
    said = await person.get("/me/data.zip")
    assert said.status_code == 200, said.text
    with zipfile.ZipFile(io.BytesIO(said.content)) as whole:
        return {name: whole.read(name).decode() for name in whole.namelist()}


async def test_malee_gets_all_of_hers_and_no_name_of_others_and_nok_no_line_of_malees(
    doors: Doors,
) -> None:
    await published()
    await certified()
    hers = await files(doors, MALEE)
    of = PARTICULARS[MALEE]
    assert of.name in hers["particulars.csv"]
    assert str(of.phone) in hers["everything.json"]
    kinds = "plot planting application certificate inspection decision membership session"
    assert {f"{kind}.csv" for kind in kinds.split()} <= set(hers)
    assert "Polygon" in hers["plot.csv"]
    whole = "".join(hers.values())
    for other in PEOPLE:
        assert PARTICULARS[other].name not in whole
        assert str(PARTICULARS[other].phone) not in whole
    page = (await (await doors.as_(MALEE)).get("/me/data")).text
    assert of.name in page
    assert "own." not in page
    noks = await files(doors, NOK)
    assert {"plot.csv", "certificate.csv", "finding.csv"}.isdisjoint(noks)
    assert MALEE not in "".join(noks.values())
    assert (await doors.stranger().get("/me/data.zip", follow_redirects=False)).status_code == 303


async def test_a_name_that_malee_wrote_on_a_paper_of_her_land_is_hers_to_take(doors: Doors) -> None:
    await published()
    plot = await planted()
    paper = NotePaper(id=new_id(), plot=plot, kind="lease", holder="ยาย ศรีสุข", relation="kin")
    await run(land.note_paper, paper, by=MALEE, at=NOW)
    assert "ยาย ศรีสุข" in (await files(doors, MALEE))["land_paper.csv"]
    assert "land_paper.csv" not in await files(doors, NOK)


def test_every_table_about_a_person_is_in_it_and_no_secret() -> None:
    kept = [
        column._meta.name
        for table in all_tables()
        for column in table._meta.columns
        if not own_data._secret(column)
    ]
    assert not [name for name in kept if "hash" in name or "secret" in name or "key" in name]
    meant = {t._meta.tablename for t in all_tables() if own_data.columns(t)}
    assert {"plot", "vote", "notice", "consent", "payout_line", "pledge"} <= meant
    assert Person._meta.tablename not in meant


def test_a_cell_that_begins_like_a_formula_is_told_as_text() -> None:
    said = own_data._table([{"name": "=1+1", "grams": -3}])
    assert "'=1+1,-3" in said
