"""At the stall: the right order, weighed line by line, given once."""

import asyncio
import re

import pytest

from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, own
from market.domain.orders import queries
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, PRASERT
from tests.doors import Doors
from tests.market.stall import Stall, faults, stall_in_village
from tests.till import hidden, krit_keeps_his_groups_money


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


def field(page: str) -> str:
    found = re.search(r'name="(g-[0-9a-f-]+)"', page)
    assert found
    return found[1]


async def test_dao_finds_an_order_by_code_phone_or_name(doors: Doors, there: Stall) -> None:
    placed, unpaid = await there.paid(), await there.order()
    dao = await doors.as_(DAO)
    shown = (await dao.get("/stall")).text
    assert placed.code in shown
    assert "ยังมี 1 ใบที่ยังไม่จ่าย" in shown
    assert "0812345604" not in shown  # the last four are enough
    for said in ("5604", "๕๖๐๔", "นก"):
        assert placed.code in (await dao.get("/stall", params={"q": said})).text
    assert placed.code not in (await dao.get("/stall?q=9999")).text
    typed = await dao.get(f"/stall?q={placed.code.lower()}", follow_redirects=False)
    assert typed.headers["location"] == f"/stall/{placed.code}"
    assert "อย่าเพิ่งมอบของ" in (await dao.get(f"/stall/{unpaid.code}")).text


async def test_dao_finds_who_has_not_paid_or_comes_a_round_too_late(
    doors: Doors, there: Stall
) -> None:
    unpaid = await there.order()
    dao = await doors.as_(DAO)
    assert unpaid.code not in (await dao.get("/stall")).text
    for said in ("5604", "นก"):
        found = (await dao.get("/stall", params={"q": said})).text
        assert unpaid.code in found
        assert "รอบอื่น หรือยังมอบของไม่ได้" in found
    other = await stall_in_village()
    late = await there.paid()
    found = (await dao.get("/stall", params={"q": "นก", "cycle": other.cycle})).text
    assert found.index(late.code) < found.index(unpaid.code)  # what can be given stands first
    assert "ไม่พบ ลองค้น" in (await dao.get("/stall", params={"q": "9999"})).text


async def test_weighing_less_leaves_credit_and_happens_once(doors: Doors, there: Stall) -> None:
    placed = await there.paid(1_000)
    dao = await doors.as_(DAO)
    paper = (await dao.get(f"/stall/{placed.code}")).text
    form = {"id": hidden(paper), field(paper): "0.9"}
    look = await dao.post(f"/stall/{placed.code}", data=form)
    assert look.status_code == 200
    assert "36 บาท" in look.text  # 0.9 kg at 40
    assert "4 บาท" in look.text  # of the 39.99 that was paid, its discount kept
    assert await there.state(placed.order) == "confirmed"  # looked at, not given
    for _ in range(2):
        given = await dao.post(
            f"/stall/{placed.code}", data={**form, "step": "give"}, follow_redirects=False
        )
        assert given.status_code == 303
    assert await balance(credit(NETWORK, NOK)) == 400
    done = (await dao.get(f"/stall/{placed.code}")).text
    assert "4 บาท" in done
    again = await dao.post(f"/stall/{placed.code}", data={field(paper): "1", "step": "give"})
    assert again.status_code == 409
    assert await faults() == []


async def test_who_pays_at_the_stall_is_told_the_cash(doors: Doors, there: Stall) -> None:
    placed = await there.order(500, rail="cash")
    dao = await doors.as_(DAO, "en")
    paper = (await dao.get(f"/stall/{placed.code}")).text
    form = {"id": hidden(paper), field(paper): "500 g"}
    look = await dao.post(f"/stall/{placed.code}", data=form)
    assert "Take in cash" in look.text
    assert "20 baht" in look.text
    await dao.post(f"/stall/{placed.code}", data={**form, "step": "give"})
    assert await balance(own("cash", NETWORK)) == 2_000


@pytest.mark.parametrize("typed", ["1.2", "", "a lot"])
async def test_a_wrong_weight_is_said_at_its_line(doors: Doors, there: Stall, typed: str) -> None:
    placed = await there.paid(1_000)
    dao = await doors.as_(DAO)
    name = field((await dao.get(f"/stall/{placed.code}")).text)
    said = await dao.post(f"/stall/{placed.code}", data={name: typed, "step": "give"})
    assert said.status_code == 400
    assert f'id="w-{name}"' in said.text
    assert f'value="{typed}"' in said.text
    assert await there.state(placed.order) == "confirmed"


async def test_two_at_the_same_moment_hand_over_once(doors: Doors, there: Stall) -> None:
    placed = await there.order(1_000, rail="cash")
    dao, prasert = await doors.as_(DAO), await doors.as_(PRASERT)
    name = field((await dao.get(f"/stall/{placed.code}")).text)
    both = await asyncio.gather(
        *(
            client.post(
                f"/stall/{placed.code}", data={name: "1", "step": "give"}, follow_redirects=False
            )
            for client in (dao, prasert)
        )
    )
    assert sorted(said.status_code for said in both) == [303, 409]
    assert await balance(own("cash", NETWORK)) == 4_000
    assert await faults() == []


async def test_the_wrong_people_weigh_nothing(doors: Doors, there: Stall) -> None:
    mine = await there.order(1_000, rail="cash", buyer=DAO)
    dao = await doors.as_(DAO)
    assert "คุณเป็นผู้ซื้อเอง" in (await dao.get(f"/stall/{mine.code}")).text
    assert (await dao.post(f"/stall/{mine.code}", data={"step": "give"})).status_code == 409
    await krit_keeps_his_groups_money()
    krit = await doors.as_(KRIT)
    assert (await krit.get(f"/stall/{mine.code}")).status_code == 404
    assert (await krit.post(f"/stall/{mine.code}", data={"step": "give"})).status_code == 404
    assert (await krit.get(f"/stall?cycle={there.cycle}")).status_code == 404
    assert (await krit.get(f"/stall?q={mine.code}", follow_redirects=False)).status_code == 200
    malee = await doors.as_(MALEE)
    assert (await malee.get("/stall")).status_code == 403
    assert (await queries.stored(mine.order)).state == "confirmed"


async def test_the_packing_list_says_code_and_kilos(doors: Doors, there: Stall) -> None:
    placed = await there.paid(1_500)
    said = (await (await doors.as_(DAO)).get("/stall?as=csv")).text
    assert placed.code in said
    assert "1.500" in said


async def test_packed_first_then_given_and_a_wrong_weight_put_right(
    doors: Doors, there: Stall
) -> None:
    placed = await there.paid(1_000)
    dao, nok = await doors.as_(DAO), await doors.as_(NOK)
    address = f"/stall/{placed.code}"
    paper = (await dao.get(address)).text
    packed = await dao.post(
        address, data={"id": hidden(paper), field(paper): "0.9", "step": "pack"},
        follow_redirects=False,
    )  # fmt: skip
    assert packed.status_code == 303
    assert await there.state(placed.order) == "confirmed"
    paper = (await dao.get(address)).text
    assert "ชั่งไว้ตอนแพ็ก" in paper
    assert 'value="0.9"' in paper
    prasert = await doors.as_(PRASERT)
    told = f"{placed.code[:4]}-{placed.code[4:]}"
    assert told in (await prasert.get(f"/settle/{there.cycle}")).text
    malee = await doors.as_(MALEE)
    assert f'href="/less/{there.offer}"' in (await malee.get("/farm")).text
    assert (await malee.get(f"/less/{there.offer}")).status_code == 200
    await dao.post(address, data={"id": hidden(paper), field(paper): "0.9", "step": "give"})
    assert told not in (await prasert.get(f"/settle/{there.cycle}")).text
    paper = (await dao.get(address)).text
    line = re.search(r'name="r-([0-9a-f-]+)"', paper)
    assert line
    form = {"id": hidden(paper), "step": "right", "line": line[1], f"r-{line[1]}": "0.8"}
    silent = await dao.post(address, data=form)
    assert silent.status_code == 400  # without a reason, and what was typed is kept
    assert 'value="0.8"' in silent.text
    form |= {f"why-{line[1]}": "ชามอยู่บนตาชั่ง"}
    for _ in range(2):
        assert (await dao.post(address, data=form, follow_redirects=False)).status_code == 303
    assert await balance(credit(NETWORK, NOK)) == 800
    for shown in (await dao.get(address), await nok.get(f"/order/{placed.code}")):
        assert "ชามอยู่บนตาชั่ง" in shown.text
        assert "8 บาท" in shown.text
    assert await faults() == []
