"""New shares of the baht: Dao writes down what the meeting decided, Prasert approves it."""

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.splits import queries
from tests.cast import DAO, KRIT, NETWORK, NOK, PRASERT, TODAY, WAN, YING
from tests.doors import Doors
from tests.market.stall import Stall, shared, stall_in_village

SHARES = {
    "merchant": NETWORK, "share": "2.5", "truck": "๑๐ %", "fund": "3", "group": "5",
    "decided_on": "20/11/2569", "holds_from": "22 พ.ย. 2569",
}  # fmt: skip


@pytest.fixture
async def there(doors: Doors) -> Stall:
    return await stall_in_village()


async def proposed(doors: Doors, **otherwise: str) -> str:
    dao = await doors.as_(DAO)
    said = await dao.post("/shares/new", data={"id": new_id(), **SHARES, **otherwise})
    assert said.status_code == 200
    return str(said.url.path)


async def test_dao_proposes_and_another_approves_after_the_pin(doors: Doors, there: Stall) -> None:
    address = await proposed(doors)
    dao, prasert = await doors.as_(DAO), await doors.as_(PRASERT)
    shown = (await dao.get(address)).text
    assert "คุณเป็นผู้เสนอ" in shown
    assert "ประเสริฐ มั่นคง" in shown  # whom to ask
    assert 'value="approve"' not in shown
    assert (await queries.in_force(NETWORK, TODAY)).id == there.rule
    approve = {"decision": "approve"}
    await doors.step_up(DAO)
    own = await dao.post(f"{address}/decision", data=approve)
    assert own.status_code == 409
    assert "อนุมัติหรือส่งกลับเองไม่ได้" in own.text
    before = await prasert.post(f"{address}/decision", data=approve, follow_redirects=False)
    assert before.status_code == 307  # the PIN first
    await doors.step_up(PRASERT)
    assert 'value="approve"' in (await prasert.get(address)).text
    for _ in range(2):
        said = await prasert.post(f"{address}/decision", data=approve, follow_redirects=False)
        assert said.status_code == 303
    rule = await queries.in_force(NETWORK, TODAY)
    assert (rule.merchant_bp, rule.truck_bp, rule.group_bp) == (250, 1_000, 500)
    for language, word in (("th", "ดาว สว่าง"), ("en", "Approved by")):
        assert word in (await (await doors.as_(PRASERT, language)).get(address)).text
    csv = (await prasert.get("/shares?as=csv")).text
    assert "อนุมัติแล้ว" in csv or "Approved" in csv


async def test_it_is_sent_back_with_a_reason_that_dao_reads(doors: Doors, there: Stall) -> None:
    address = await proposed(doors)
    wan = await doors.as_(WAN)
    await doors.step_up(WAN)
    nothing = await wan.post(f"{address}/decision", data={"decision": "return", "reason": ""})
    assert nothing.status_code == 400
    back = {"decision": "return", "reason": "รายงานการประชุมว่าร้อยละ 4"}
    assert (await wan.post(f"{address}/decision", data=back)).status_code == 200
    assert "รายงานการประชุมว่าร้อยละ 4" in (await (await doors.as_(DAO)).get(address)).text
    late = await wan.post(f"{address}/decision", data={"decision": "approve"})
    assert late.status_code == 409
    again = await proposed(doors)
    dao = await doors.as_(DAO)
    assert (await wan.post(f"{again}/withdrawal")).status_code == 409
    assert "ถอน" in (await dao.post(f"{again}/withdrawal")).text
    assert [one.state for one in await queries.proposals(NETWORK)] == [
        "withdrawn", "returned", "approved",
    ]  # fmt: skip


async def test_what_can_no_longer_be_approved_says_why(doors: Doors, there: Stall) -> None:
    address = await proposed(doors)
    await run(shared, new_id())
    prasert = await doors.as_(PRASERT)
    shown = (await prasert.get(address)).text
    assert "ฉบับที่ 2" in shown
    assert 'value="approve"' not in shown


@pytest.mark.parametrize("wrong", [
    {"decided_on": ""}, {"decided_on": "23/11/2569"}, {"holds_from": "21/11/2569"},
    {"truck": "95"}, {"share": "-1"}, {"merchant": ""},
])  # fmt: skip
async def test_what_cannot_be_keeps_what_was_typed(
    doors: Doors, there: Stall, wrong: dict[str, str]
) -> None:
    dao = await doors.as_(DAO)
    said = await dao.post("/shares/new", data={"id": new_id(), **SHARES, "fund": "3.75", **wrong})
    assert said.status_code == 400
    assert 'value="3.75"' in said.text
    assert [one.id for one in await queries.proposals(NETWORK)] == [there.rule]


async def test_krit_and_nok_see_nothing_of_it(doors: Doors, there: Stall) -> None:
    address = await proposed(doors)
    krit, nok = await doors.as_(KRIT), await doors.as_(NOK)
    id = address.rpartition("/")[2]
    for path in (address, f"/api/v1/split-proposals/{id}"):
        assert (await krit.get(path)).status_code == 404
        assert (await nok.get(path)).status_code == 403
    assert id not in (await krit.get("/shares")).text
    assert (await krit.post(f"{address}/withdrawal")).status_code == 404
    ying = await doors.as_(YING)  # leads a group of the network; the network's shares are not hers
    assert (await ying.get(address)).status_code == 404


async def test_programs_propose_decide_and_read(doors: Doors, there: Stall) -> None:
    dao, prasert = await doors.as_(DAO), await doors.as_(PRASERT)
    body = {
        "id": new_id(), "merchant": NETWORK, "merchant_bp": 0, "truck_bp": 500, "fund_bp": 0,
        "group_bp": 0, "decided_on": "2026-11-20", "holds_from": "2026-11-22",
    }  # fmt: skip
    for _ in range(2):
        assert (await dao.post("/api/v1/split-proposals", json=body)).status_code == 201
    address = f"/api/v1/split-proposals/{body['id']}"
    listed = (await prasert.get("/api/v1/split-proposals", params={"merchant": NETWORK})).json()
    assert [one["id"] for one in listed if one["state"] == "proposed"] == [body["id"]]
    await doors.step_up(DAO)
    await doors.step_up(PRASERT)
    own = await dao.put(f"{address}/decision", json={"approve": True})
    assert (own.status_code, own.json()["code"]) == (409, "splits.same_hands")
    assert (await prasert.put(f"{address}/decision", json={"approve": True})).status_code == 200
    late = await dao.put(f"{address}/withdrawal")
    assert (late.status_code, late.json()["code"]) == (409, "splits.already_decided")
    rule = await doors.stranger().get("/api/v1/split-rules", params={"merchant": NETWORK})
    assert rule.json()["truck_bp"] == 500
