"""A season's inspectors at the doors: proposed, changed, adopted, answered, a day set."""

import re
from html import unescape

from httpx import AsyncClient

from certification.assignment import queries
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.people import commands as people
from certification.people.rules import Relate
from certification.plots import queries as plots
from tests.cast import (
    ADMIN,
    DAO,
    KRIT,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PARTICULARS,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
)
from tests.doors import Doors
from tests.guarantee import accepted, nok_may_look, planted, published

YEAR = TODAY.year + 543


async def read(person: AsyncClient, path: str) -> str:
    said = await person.get(path)
    assert said.status_code == 200, said.text
    return unescape(said.text)


async def test_wan_asks_a_whole_season_and_krit_sees_nothing_of_it(doors: Doors) -> None:
    await nok_may_look()
    await published()
    wan, krit = await doors.as_(WAN, "en"), await doors.as_(KRIT, "en")
    body = {"id": new_id(), "organ": NETWORK, "season": str(YEAR), "scheme": "sgs-pgs"}
    assert (await wan.post("/season", data=body)).status_code == 409, "nothing is due"
    asked = await accepted(await planted())
    there = (await wan.post("/season", data=body)).url.path
    shown = await read(wan, there)
    assert PARTICULARS[MALEE].name not in shown.partition("Adopt: ask")[2].partition("</dl>")[0]
    assert (await krit.get(there)).status_code == 404
    seats = await queries.seats(body["id"])
    assert {one.application for one in seats} == {asked}
    one = next(s for s in seats if s.person == SOMCHAI or s.seat == "producer")
    choose = await read(wan, f"/season/panel-seats/{one.id}")
    assert "May not sit here, and why" in choose
    assert f'<option value="{MALEE}"' not in choose
    assert (await krit.get(f"/season/panel-seats/{one.id}")).status_code == 404
    stale = {"person": "", "revision": "99"}
    assert (await wan.post(f"/season/panel-seats/{one.id}", data=stale)).status_code == 409
    revision = re.findall(r'name="revision" value="(\d+)"', await read(wan, there))[0]
    for _ in range(2):
        adopted = await wan.post(f"{there}/adopt", data={"revision": revision})
    assert adopted.status_code == 409, "the second press changes nothing"
    csv = await wan.get(f"{there}?as=csv")
    assert csv.text.count("asked") == 3
    for seat in seats:
        mine = await doors.as_(str(seat.person), "en")
        assert "I will go" in await read(mine, "/season/mine")
        assert (
            await krit.post(f"/season/panel-seats/{seat.id}/answer", data={"word": "accept"})
        ).status_code == 404
        silent = await mine.post(
            f"/season/panel-seats/{seat.id}/answer", data={"word": "decline", "reason": ""}
        )
        assert silent.status_code == 400
        said = await mine.post(f"/season/panel-seats/{seat.id}/answer", data={"word": "accept"})
        assert "agreed" in unescape(said.text)
    day = {"id": new_id(), "plot": seats[0].plot, "planned_on": "25/11/69", "kind": "initial"}
    for _ in range(2):
        visit = await wan.post(f"{there}/days", data=day)
        assert f"/inspect/{day['id']}" in visit.text
    assert "Look at the visit" in await read(mine, "/season/mine")


async def test_an_override_is_signed_by_a_second_at_the_doors(doors: Doors) -> None:
    await nok_may_look()
    await published()
    await accepted(await planted())
    wan, ying = await doors.as_(WAN, "en"), await doors.as_(YING, "en")
    body = {"id": new_id(), "organ": NETWORK, "season": str(TODAY.year), "scheme": "sgs-pgs"}
    there = (await wan.post("/season", data=body)).url.path
    await wan.post(f"{there}/adopt", data={"revision": "1"})
    seats = await queries.seats(body["id"])
    seat = next(s for s in seats if s.seat == "producer" and s.person != YING)
    near = Relate(new_id(), MALEE, str(seat.person), "kin", TODAY, 2)
    await run(people.relate, near, by=ADMIN, at=NOW)
    assert "may not sit there any more" in await read(wan, there)
    ask = {"id": new_id(), "person": str(seat.person), "reason": "", "observer": DAO}
    page = f"/season/panel-seats/{seat.id}"
    again = await wan.post(f"{page}/override", data=ask)
    assert again.status_code == 400
    for _ in range(2):
        said = await wan.post(f"{page}/override", data={**ask, "reason": "ไม่มีคนอื่นว่าง"})
        assert "Sign as the second" in said.text
    assert (await wan.post(f"/season/overrides/{ask['id']}")).status_code == 409
    assert (await ying.post(f"/season/overrides/{ask['id']}")).status_code == 200
    [made] = await queries.overrides([seat.id])
    assert made.signed_by == YING
    code = (await plots.plot(seat.plot)).code
    public = await read(doors.stranger("en"), f"/P/{code}")
    assert "close kin" in public
    assert "ไม่มีคนอื่นว่าง" in public
    assert PARTICULARS[str(seat.person)].name not in public


async def test_cards_letters_hours_and_rings_have_their_pages(doors: Doors) -> None:
    await nok_may_look()
    await published()
    await accepted(await planted())
    wan, krit = await doors.as_(WAN, "en"), await doors.as_(KRIT, "en")
    assert PARTICULARS[SOMCHAI].name in await read(wan, "/season/inspectors")
    card = {"id": new_id(), "seat": "consumer", "most": "0", "employer": "ผู้อำนวยการโรงพยาบาล"}
    assert (await krit.get(f"/season/inspectors/{NOK}")).status_code == 404
    assert (await krit.post(f"/season/inspectors/{NOK}", data=card)).status_code == 404
    assert (
        await wan.post(f"/season/inspectors/{NOK}", data={**card, "most": "x"})
    ).status_code == 400
    for _ in range(2):
        assert (await wan.post(f"/season/inspectors/{NOK}", data=card)).status_code == 200
    assert "ผู้อำนวยการ" in await read(wan, f"/season/inspectors/{NOK}")
    body = {"id": new_id(), "organ": NETWORK, "season": str(TODAY.year), "scheme": "sgs-pgs"}
    assert "Empty seats: 1" in unescape((await wan.post("/season", data=body)).text), "Nok: no more"
    seat = next(s for s in await queries.seats(body["id"]) if s.person)
    letter = f"/season/panel-seats/{seat.id}/letter.pdf"
    assert (await wan.get(letter)).content.startswith(b"%PDF")
    assert (await krit.get(letter)).status_code == 404
    somchai = await doors.as_(SOMCHAI)
    assert (await somchai.get("/season/service.pdf")).content.startswith(b"%PDF")
    assert "Nothing stands out" in await read(wan, "/season/rings")
