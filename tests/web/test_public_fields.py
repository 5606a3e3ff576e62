"""A charter may tell less of a certificate in public; then no page and no program tells more."""

from html import unescape

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.people import commands as people
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot
from tests.cast import MALEE, NOW, PARTICULARS, TODAY
from tests.doors import Doors
from tests.guarantee import certified, published

LEFT_OUT = (
    "scheme_name", "stage", "valid_from", "valid_until", "plot", "farmer_name", "decided",
)  # fmt: skip


async def test_only_what_the_charter_lets_be_told_is_told(doors: Doors) -> None:
    """Malee lets her name be shown; her network's charter shows the crops and nothing else."""
    await published(public_fields=("crops",))
    paper, nok = await certified(), doors.stranger()
    said = (new_id(), MALEE, "public_name", "0" * 64)
    await run(people.consent, *said, given=True, by=MALEE, at=NOW)
    one = (await nok.get(f"/api/v1/certificates/by-code/{paper.code}")).json()
    assert {name for name in LEFT_OUT if one[name] is not None} == set()
    assert one["before"] == []
    assert {name for name, told in one["place"].items() if told} == {"province"}
    assert [crop["en"] for crop in one["crops"]] == ["Chinese kale"]
    assert one["now"]["held"] is True
    page = unescape((await nok.get(f"/C/{paper.code}")).text)
    assert "คะน้า" in page
    for word in ("รัตภูมิ", "กำแพงเพชร", PARTICULARS[MALEE].name, "2570", "/G/", "/P/"):
        assert word not in page, word
    [row] = await in_use().query("SELECT id FROM planting WHERE plot = {}", paper.plot)
    harvest = HarvestLot(paper.plot, "kale", TODAY, 5_000, row["id"])
    lot = await run(lots.harvest, new_id(), harvest, by=MALEE, at=NOW)
    [plot] = await in_use().query("SELECT code FROM plot WHERE id = {}", paper.plot)
    for address in (f"/L/{lot.code}", f"/P/{plot['code']}"):
        assert PARTICULARS[MALEE].name not in unescape((await nok.get(address)).text), address
