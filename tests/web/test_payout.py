"""From what was handed over to the farmer's purse, by two people's hands."""

import asyncio
import re
from html import unescape

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import farmer_due, own
from market.domain.settlement import commands, queries
from market.domain.settlement.rules import DecideRun, MakeRun, Settle
from market.domain.splits import queries as splits
from market.web.sheets import Baht, Kilos, sheet
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOW, PRASERT, RATTAPHUM, SOMCHAI, WAN, YING
from tests.doors import Doors
from tests.market.stall import Stall, faults, stall_in_village
from tests.till import chan_keeps_rattaphums_money, hidden, krit_keeps_his_groups_money, sold


@pytest.fixture
async def there(doors: Doors) -> Stall:
    there = await stall_in_village()
    await sold(there)
    return there


async def settled(there: Stall) -> None:
    await run(commands.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=NOW)


async def made(payer: str = RATTAPHUM, level: str = "farmer", *, by: str = PRASERT) -> str:
    return (await run(commands.make_run, MakeRun(new_id(), payer, level), by=by, at=NOW)).run


async def approved(payer: str = RATTAPHUM, level: str = "farmer") -> str:
    id = await made(payer, level)
    await run(commands.decide_run, DecideRun(id, payer, approve=True), by=DAO, at=NOW)
    return id


async def test_prasert_looks_at_the_shares_and_divides_once(doors: Doors, there: Stall) -> None:
    prasert = await doors.as_(PRASERT)
    assert "170 บาท" in (await prasert.get("/settle")).text
    look = (await prasert.get(f"/settle/{there.cycle}")).text
    assert "มาลี ศรีสุข" in look
    assert "64 บาท" in look  # 80 % of 2 kg at 40
    form = {"id": hidden(look)}
    for _ in range(2):
        said = await prasert.post(f"/settle/{there.cycle}", data=form, follow_redirects=False)
        assert said.status_code == 303
    [one] = await queries.settlements(cycle=there.cycle)
    shown = (await prasert.get(f"/settlements/{one.id}")).text
    assert "กลุ่มเกษตรอินทรีย์รัตภูมิ" in shown
    assert "64 บาท" in shown
    again = await prasert.post(f"/settle/{there.cycle}", data={"id": new_id()})
    assert again.status_code == 409
    csv = (await prasert.get(f"/settlements/{one.id}?as=csv")).text
    assert "64.00" in csv
    ying = await doors.as_(YING)  # the leader of the group that receives
    assert one.id in (await ying.get("/settle")).text
    assert (await ying.get(f"/settlements/{one.id}")).status_code == 200
    assert (await ying.get(f"/settle/{there.cycle}")).status_code == 404
    wan = await doors.as_(WAN)  # the committee looks, and does not divide
    assert (await wan.get(f"/settle/{there.cycle}")).status_code == 200
    assert (await wan.post(f"/settle/{there.cycle}", data=form)).status_code == 403


async def test_who_made_a_run_is_told_that_another_approves(doors: Doors, there: Stall) -> None:
    await settled(there)
    prasert = await doors.as_(PRASERT)
    due = (await prasert.get(f"/payout?of={RATTAPHUM}")).text
    assert "64 บาท" in due
    form = {"id": hidden(due), "of": RATTAPHUM, "level": "farmer"}
    first = await prasert.post("/payout", data=form, follow_redirects=False)
    second = await prasert.post("/payout", data=form, follow_redirects=False)
    assert first.headers["location"] == second.headers["location"]
    address = first.headers["location"]
    shown = (await prasert.get(address)).text
    assert "จึงอนุมัติเองไม่ได้" in shown
    assert "ดาว สว่าง" in shown  # whom to ask
    before = await prasert.post(
        f"{address}/decision", data={"decision": "approve"}, follow_redirects=False,
        headers={"referer": f"http://testserver.local{address}"},
    )  # fmt: skip
    onto = f"/step-up/unsent?next={address}&to={address}/decision"
    assert (before.status_code, before.headers["location"]) == (307, onto)
    await doors.step_up(PRASERT)
    same = await prasert.post(f"{address}/decision", data={"decision": "approve"})
    assert same.status_code == 409
    assert "ผู้ทำชุดจ่ายเงินอนุมัติเองไม่ได้" in same.text
    ying = await doors.as_(YING)  # the group's leader
    await doors.step_up(YING)
    said = await ying.post(
        f"{address}/decision", data={"decision": "approve"}, follow_redirects=False
    )
    assert said.status_code == 303
    assert "อนุมัติแล้ว" in (await ying.get(address)).text


async def test_each_line_is_paid_once_by_its_own_slip(doors: Doors, there: Stall) -> None:
    await settled(there)
    id = await approved()
    await doors.step_up(PRASERT)
    prasert = await doors.as_(PRASERT)
    lines = {line.payee: line for line in await queries.payouts(id)}
    malee = {"payout": lines[MALEE].id, "how": "bank", "bank": "baac", "trans_ref": "R-1"}
    missing = await prasert.post(f"/payout/{id}/pay", data={**malee, "trans_ref": ""})
    assert missing.status_code == 400
    assert 'value="baac"' in missing.text
    for _ in range(2):
        said = await prasert.post(f"/payout/{id}/pay", data=malee, follow_redirects=False)
        assert said.status_code == 303
    other = await prasert.post(f"/payout/{id}/pay", data={**malee, "trans_ref": "R-2"})
    assert other.status_code == 409
    same = await prasert.post(f"/payout/{id}/pay", data={**malee, "payout": lines[SOMCHAI].id})
    assert same.status_code == 409
    cash = {"payout": lines[SOMCHAI].id, "how": "cash", "trans_ref": "12/2569"}
    assert "จ่ายครบทุกรายการ" in (await prasert.post(f"/payout/{id}/pay", data=cash)).text
    assert await balance(farmer_due(RATTAPHUM, MALEE)) == 0
    assert await balance(own("cash", RATTAPHUM)) == -7_200
    assert "72.00" in (await prasert.get(f"/payout/{id}?as=csv")).text
    assert await faults() == []


async def test_nothing_is_paid_before_it_is_approved_and_no_line_of_another_run(
    doors: Doors, there: Stall
) -> None:
    await settled(there)
    farmers, groups = await made(), await approved(NETWORK, "group")
    await doors.step_up(PRASERT)
    prasert = await doors.as_(PRASERT)
    assert "ยังไม่ได้รับอนุมัติ" in (await prasert.get(f"/payout/{farmers}/pay")).text
    [line, *_] = await queries.payouts(farmers)
    paid = {"payout": line.id, "how": "cash", "trans_ref": "1"}
    assert (await prasert.post(f"/payout/{farmers}/pay", data=paid)).status_code == 409
    assert (await prasert.post(f"/payout/{groups}/pay", data=paid)).status_code == 404


async def test_two_approve_at_the_same_moment_and_one_does(doors: Doors, there: Stall) -> None:
    await settled(there)
    id = await made()
    await doors.step_up(DAO)
    await doors.step_up(YING)
    both = await asyncio.gather(
        *(
            client.post(
                f"/payout/{id}/decision", data={"decision": said}, follow_redirects=False
            )
            for client, said in (
                (await doors.as_(DAO), "approve"), (await doors.as_(YING), "reject")
            )
        )
    )  # fmt: skip
    assert sorted(said.status_code for said in both) == [303, 409]


async def test_another_groups_treasurer_sees_no_run_and_no_books(
    doors: Doors, there: Stall
) -> None:
    await settled(there)
    id = await made()
    await krit_keeps_his_groups_money()
    await doors.step_up(KRIT)
    krit = await doors.as_(KRIT)
    [one] = await queries.settlements(cycle=there.cycle)
    for address in (
        f"/payout/{id}", f"/payout/{id}/pay", f"/settle/{there.cycle}", f"/settlements/{one.id}",
        f"/payout?of={RATTAPHUM}", f"/ledger?of={NETWORK}", f"/statements/{MALEE}",
    ):  # fmt: skip
        assert (await krit.get(address)).status_code == 404, address
    said = await krit.post(f"/payout/{id}/decision", data={"decision": "approve"})
    assert said.status_code == 404
    made_up = {"of": RATTAPHUM, "level": "farmer"}
    assert (await krit.post("/payout", data=made_up)).status_code == 404


async def test_every_figure_of_the_books_opens_on_its_entries(doors: Doors, there: Stall) -> None:
    await settled(there)
    prasert = await doors.as_(PRASERT)
    shown = (await prasert.get(f"/ledger?of={NETWORK}")).text
    assert "170 บาท" in shown  # in the cash box
    from_csv = (await prasert.get(f"/ledger?of={NETWORK}&as=csv")).text.splitlines()
    assert from_csv[0].startswith("\ufeff") or "บัญชี" in from_csv[0]
    account = next(line.rsplit(",", 1)[1] for line in from_csv if line.startswith("เงินสด"))
    entries = (await prasert.get(f"/ledger/{account}")).text
    assert "ส่งมอบของ" in entries
    assert "+80 บาท" in entries
    order = re.findall(r'href="/stall/([0-9A-Z]{8})"', unescape(entries))[0]
    assert (await prasert.get(f"/stall/{order}")).status_code == 200
    assert f",{order}" in (await prasert.get(f"/ledger/{account}?as=csv")).text
    read = (await (await doors.as_(WAN)).get(f"/ledger/{account}")).text
    assert order in read
    assert f"/stall/{order}" not in unescape(read)  # it is not at the stall
    await krit_keeps_his_groups_money()
    assert (await (await doors.as_(KRIT)).get(f"/ledger/{account}")).status_code == 404


async def test_a_farmer_reads_his_own_statement_and_no_other(doors: Doors, there: Stall) -> None:
    await settled(there)
    await chan_keeps_rattaphums_money()
    malee = await doors.as_(MALEE)
    own_one = await malee.get(f"/statements/{MALEE}")
    assert own_one.status_code == 200
    assert "64 บาท" in own_one.text
    assert (await malee.get(f"/statements/{SOMCHAI}")).status_code == 404
    for keeper in (PRASERT, YING):
        assert "64 บาท" in (await (await doors.as_(keeper)).get(f"/statements/{MALEE}")).text
    said = await (await doors.as_(MALEE, "en")).get(f"/statements/{MALEE}?as=csv")
    assert "64.00" in said.text


def test_a_name_that_begins_like_a_formula_stays_a_name() -> None:
    said = sheet("x", ["a"], [("=1+1",), ("-2",), (Baht(-150),), (Kilos(1_050),), (None,)])
    assert said.content.decode("utf-8-sig").split("\r\n")[1:5] == ["'=1+1", "'-2", "-1.50", "1.050"]


async def test_new_shares_are_worked_out_on_the_last_round_before_they_are_proposed(
    doors: Doors, there: Stall
) -> None:
    await settled(there)
    dao, before = await doors.as_(DAO), await splits.proposals(NETWORK)
    typed = {"merchant": NETWORK, "share": "2", "truck": "3.33", "fund": "3", "group": "5"}
    shown = plain((await dao.post("/shares/new", data={**typed, "try": "1"})).text)
    # 2 kg at 40 baht and 3 kg at 30: each kilo's 1.33 and 0.99 baht go to the truck, not 4 and 3.
    assert "รถเขียว17 บาท5.63 บาท-11.37 บาท" in shown
    assert "เกษตรกร136 บาท147.37 บาท+11.37 บาท" in shown
    assert await splits.proposals(NETWORK) == before
    too_much = {**typed, "truck": "95", "try": "1"}
    assert (await dao.post("/shares/new", data=too_much)).status_code == 400


def plain(page: str) -> str:
    """Words alone, as they stand side by side."""
    return re.sub(r"\s*\n\s*", "", re.sub(r"<[^>]*>", "", unescape(page))).replace("\u00a0", " ")
