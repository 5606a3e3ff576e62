"""A page of the shop: what fits on a phone, the way to the next, and nothing typed is lost."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from certification.basis.database import Database
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


async def test_the_first_page_asks_and_reads_the_same_among_ten_times_as_many_offers(
    doors: Doors, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it costs among ten thousand is a figure of `./run bench market`."""
    there = await stall_in_village()
    asked, of = list[tuple[str, int]](), list[list[tuple[str, int]]]()
    for way in ("_fetch_on", "_look"):
        monkeypatch.setattr(db, way, counted(getattr(db, way), asked))
    for first, most in ((0, 300), (300, 3_000)):
        await offered(there, most, kinds=6, first=first)
        asked.clear()
        assert (await doors.stranger().get(f"/shop/{there.cycle}")).status_code == 200
        of.append([*asked])
    few, many = of
    assert len(few) > 3
    assert few == many


def counted(
    fetch: Callable[..., Awaitable[list[Any]]], asked: list[tuple[str, int]]
) -> Callable[..., Awaitable[list[Any]]]:
    """Whose last two arguments are the statement and its values."""

    async def one(*args: Any) -> list[Any]:
        found = await fetch(*args)
        asked.append((args[-2], len(found)))
        return found

    return one
