"""What a suspension bars: told before, kept after, and the buyers only to who must call them."""

from datetime import datetime
from html import unescape

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.basis.units import local_day
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot
from market.domain.notices import queries as notices
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer
from market.jobs import readers
from tests.cast import (
    DAO,
    KRIT,
    MALEE,
    NOK,
    NOW,
    PARTICULARS,
    PRASERT,
    TODAY,
    WAN,
    YING,
    later,
)
from tests.doors import Doors
from tests.guarantee import certified, published
from tests.market.stall import Stall, stall_in_village


async def ordered(there: Stall, paper: str, at: datetime) -> tuple[str, str]:
    """A lot of 5 kg of that day, of which Nok ordered 1 kg; the codes of both."""
    [row] = await in_use().query(
        "SELECT c.plot, p.id AS planting FROM certificate c JOIN planting p ON p.plot = c.plot"
        " WHERE c.id = {}",
        paper,
    )
    harvest = HarvestLot(row["plot"], "kale", local_day(at), 5_000, row["planting"])
    lot = await run(lots.harvest, new_id(), harvest, by=MALEE, at=at)
    [stock] = await in_use().query("SELECT id FROM stock WHERE source = {}", lot.lot)
    [product] = await in_use().query("SELECT product FROM offer WHERE id = {}", there.offer)
    made = MakeOffer(new_id(), there.cycle, stock["id"], product["product"], 4_000, 100)
    await run(offers.offer, made, by=DAO, at=NOW)
    return lot.code, (await there.paid(offer=made.id)).code


async def test_a_suspension_says_what_it_bars_and_the_seller_finds_whom_to_call(
    doors: Doors,
) -> None:
    await published()
    paper, there = (await certified()).certificate, await stall_in_village()
    earlier, kept = await ordered(there, paper, NOW)
    lot, order = await ordered(there, paper, later(days=1))
    doors.later(days=1)
    at, nok = f"/certs/{paper}", PARTICULARS[NOK]

    async def told(who: str, address: str) -> set[str]:
        said = await (await doors.as_(who)).get(address)
        assert said.status_code == 200, said.text
        words = (earlier, kept, lot, order, nok.name, nok.phone or "-")
        return {word for word in words if word in unescape(said.text)}

    assert not await told(PRASERT, "/stall") - {kept, order, nok.name}
    assert await told(PRASERT, f"{at}/barred") == set()
    await doors.as_(WAN)
    await doors.step_up(WAN)
    assert await told(WAN, f"{at}/suspend") == {lot, order}
    wan = await doors.as_(WAN)
    body = {"id": new_id(), "because": "complaint", "note": "ถังยา"}
    sooner = {**body, "from_on": TODAY.isoformat(), "look": "1"}
    looked = unescape((await wan.post(f"{at}/suspend", data=sooner)).text)
    assert all(word in looked for word in (earlier, kept, lot, order, "ถังยา"))
    assert await told(WAN, f"{at}/barred") == set(), "looking changes nothing"
    done = await wan.post(f"{at}/suspend", data=body)
    assert f"{at}/barred" in done.text
    for part in ("", "?as=csv"):
        assert await told(WAN, f"{at}/barred{part}") == {lot, order}
        assert await told(PRASERT, f"{at}/barred{part}") == {lot, order, nok.name, nok.phone}
    assert (await wan.get(f"{at}/barred?as=xlsx")).content.startswith(b"PK")
    assert f"{at}/barred" in (await (await doors.as_(PRASERT)).get("/stall")).text
    assert (await (await doors.as_(KRIT)).get(f"{at}/barred")).status_code == 404
    for language, words in (("th", "พักการรับรอง"), ("en", "Call these buyers")):
        assert words in (await (await doors.as_(PRASERT, language)).get(f"{at}/barred")).text
    await all_are_told_once(doors, paper, order)


async def all_are_told_once(doors: Doors, paper: str, order: str) -> None:
    """Suspended by Wan: the farmer, the leader, the committee's other one and the buyer of that
    order hear of it; when it holds again so do they, and nobody else."""

    async def heard() -> dict[str, list[str]]:
        await readers.read_on(doors.now)
        await readers.read_on(doors.now)
        every = {p: await notices.of_person(p) for p in (MALEE, YING, NOK, KRIT, WAN, PRASERT)}
        return {
            p: [n.kind for n in reversed(told) if n.kind.startswith("certificates.s")
                or n.kind.startswith("certificates.r")]
            for p, told in every.items()
        }  # fmt: skip

    once = {MALEE: "", YING: ".leader", NOK: ".buyer"}
    expected = {p: [f"certificates.suspended{once[p]}"] if p in once else [] for p in (
        MALEE, YING, NOK, KRIT, WAN, PRASERT)}  # fmt: skip
    assert await heard() == expected
    [told] = [n for n in await notices.of_person(NOK) if n.kind == "certificates.suspended.buyer"]
    assert told.facts["code"] == order
    nok = await doors.as_(NOK)
    assert order in unescape((await nok.get("/me")).text)
    assert "ถูกพักตั้งแต่" in unescape((await nok.get(f"/order/{order}")).text)
    wan, lifted = await doors.as_(WAN), {"id": new_id(), "because": "mistake", "note": "ถังน้ำ"}
    assert (await wan.post(f"/certs/{paper}/reinstate", data=lifted)).status_code == 200
    for person, word in once.items():
        expected[person].append(f"certificates.reinstated{word}")
    assert await heard() == expected
    assert "ถูกพักตั้งแต่" not in unescape((await nok.get(f"/order/{order}")).text)
