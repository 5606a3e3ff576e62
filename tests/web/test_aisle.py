"""A page of the shop: what fits on a phone, the way to the next, and nothing typed is lost."""

import resource
from statistics import median

import pytest

from tests.doors import Doors
from tests.market.many import offered
from tests.market.stall import stall_in_village


async def test_whoever_walks_on_without_script_finds_every_good_and_fills_one_basket(
    doors: Doors,
) -> None:
    there = await stall_in_village()
    await offered(there, 40, kinds=30)
    nok = doors.stranger("en")
    first = await nok.get(f"/shop/{there.cycle}")
    assert len(first.content) <= 60_000
    assert "Fruit and trees" in first.text
    assert "2 days left" in first.text
    after = first.text.rpartition("?after=")[2][:36]
    last = await nok.get(f"/shop/{there.cycle}", params={"after": after})
    assert "More goods" in first.text
    assert "More goods" not in last.text
    assert f"kg-{there.offer}" in first.text + last.text
    typed = [part.partition('"')[0] for part in last.text.split('name="kg-')[1:]]
    for field, amount in ((there.offer, "1"), (typed[-1], "0.5")):
        said = await nok.post(f"/shop/{there.cycle}", data={f"kg-{field}": amount})
        assert said.status_code == 200, said.text
    held = (await nok.get("/basket")).text
    assert f'name="kg-{there.offer}"' in held
    assert f'name="kg-{typed[-1]}"' in held


async def test_what_is_typed_stays_when_one_of_several_is_sold_out_meanwhile(doors: Doors) -> None:
    there = await stall_in_village()
    await offered(there, 40, kinds=30)
    nok = doors.stranger()
    fields = (await nok.get(f"/shop/{there.cycle}")).text.split('name="kg-')[1:]
    [one, other] = [part.partition('"')[0] for part in fields[:2]]
    await there.order(9_500, rail="cash", offer=one)
    said = await nok.post(f"/shop/{there.cycle}", data={f"kg-{one}": "2", f"kg-{other}": "3.5"})
    assert said.status_code == 400
    assert 'value="2"' in said.text
    assert 'value="3.5"' in said.text
    assert "0.5 กก." in said.text  # what is left of it


@pytest.mark.long
async def test_the_first_page_costs_the_same_with_ten_thousand_offers(doors: Doors) -> None:
    there = await stall_in_village()
    await offered(there, 100)
    few = await cpu_s(doors, there.cycle)
    await offered(there, 10_000, first=100)
    many = await cpu_s(doors, there.cycle)
    print(f"first page: {few * 1000:.1f} ms with 100 offers, {many * 1000:.1f} ms with 10,000")
    assert many <= 1.2 * few


async def cpu_s(doors: Doors, cycle: str) -> float:
    """Median of this process (and so of SQLite; PostgreSQL's server is not in it)."""
    nok, spent = doors.stranger(), []
    for _ in range(60):
        before = resource.getrusage(resource.RUSAGE_SELF)
        assert (await nok.get(f"/shop/{cycle}")).status_code == 200
        after = resource.getrusage(resource.RUSAGE_SELF)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return median(spent[10:])
