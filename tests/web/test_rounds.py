"""What is due is planned by who keeps the group; the charter behind it anybody may read."""

from html import unescape

from httpx import AsyncClient

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.inspections import commands as inspections
from certification.inspections.rules import MakeFinding
from certification.schemes import queries as schemes
from tests.cast import CHAN, KRIT, MALEE, NOW, PARTICULARS, PRASERT, SOMCHAI, TODAY, WAN, YING
from tests.doors import Doors
from tests.guarantee import accepted, begun, nok_may_look, planted, published


async def read(person: AsyncClient, path: str) -> str:
    said = await person.get(path)
    assert said.status_code == 200, said.text
    return unescape(said.text)


async def test_ying_plans_who_may_look_at_malees_plot_and_krit_sees_nothing_of_it(
    doors: Doors,
) -> None:
    await published()
    asked = await accepted(await planted())
    ying, krit = await doors.as_(YING, "en"), await doors.as_(KRIT, "en")
    plan = await read(ying, "/rounds")
    assert f"/board/assign/{asked}" in plan
    free = plan.partition("may go")[2].partition("</details>")[0]
    assert PARTICULARS[SOMCHAI].name in free
    assert PARTICULARS[CHAN].name in free
    assert PARTICULARS[MALEE].name not in free
    nothing = await read(krit, "/rounds")
    assert "No plot is due" in nothing
    assert asked not in nothing
    assert (await (await doors.as_(SOMCHAI)).get("/rounds")).status_code == 403


async def test_an_open_finding_is_listed_for_the_group_and_told_to_its_farmer(
    doors: Doors,
) -> None:
    await nok_may_look()
    await published()
    plot = await planted()
    visit = await begun(await accepted(plot))
    item = (await schemes.in_force("sgs-pgs", TODAY)).content.checklist[0].code
    seen = "มีขวดยาฆ่าหญ้าข้างแปลง"
    finding = MakeFinding(new_id(), visit, item, "minor", seen, "เก็บออก", None)
    await run(inspections.find, finding, by=SOMCHAI, at=NOW)
    for person in (YING, WAN, SOMCHAI):
        assert seen in await read(await doors.as_(person), "/findings")
    assert seen in await read(await doors.as_(MALEE), f"/farm/plots/{plot}")
    assert seen not in await read(await doors.as_(KRIT), "/findings")
    assert (await (await doors.as_(PRASERT)).get("/findings")).status_code == 403


async def test_a_stranger_reads_the_charter_in_both_languages(doors: Doors) -> None:
    await published()
    version = await schemes.in_force("sgs-pgs", TODAY)
    for language, heading in (("th", "เกษตรกรทุกคนปฏิญาณว่า"), ("en", "What each farmer promises")):
        stranger = doors.stranger(language)
        assert f"/standard/{version.id}" in await read(stranger, "/standard")
        shown = await read(stranger, f"/standard/{version.id}")
        assert heading in shown
        assert "standard." not in shown.replace("/standard.", "")
        for item in version.content.checklist:
            assert item.code in shown
    assert (await doors.stranger().get(f"/standard/{new_id()}")).status_code == 404
    assert (await doors.stranger().get("/standard/x")).status_code == 404
