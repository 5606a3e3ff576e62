"""A group that holds a prefix of GS1: its lots answer at /01/… too; nobody else's ever do."""

import asyncio
import json
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from certification.basis import codes
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.accounts import pins
from market.domain.identifiers import commands, rules
from market.domain.identifiers.rules import GiveGtin, HoldPrefix
from market.domain.lots.queries import Lot
from market.domain.products import commands as products
from market.domain.products.rules import DefineProduct
from tests import doors as doors_of
from tests.cast import KRIT, MALEE, NETWORK, NOW, RATTAPHUM, YING
from tests.demo.test_linksets import SCHEMA
from tests.doors import ORIGIN, Doors
from tests.market import farm as farms

NUMBER = "08859990000017"  # made up, for tests only


class There:
    def __init__(self, doors: Doors, lot: Lot, other: Lot, product: str) -> None:
        self.doors, self.lot, self.other, self.product = doors, lot, other, product

    async def get(self, path: str, status: int = 200, accept: str = "*/*") -> str:
        said = await self.doors.stranger("en").get(
            path, headers={"accept": accept}, follow_redirects=False
        )
        assert said.status_code == status, (path, said.status_code, said.text)
        return said.headers.get("location") or unescape(said.text)

    async def post(self, path: str, person: str = YING, **sent: object) -> tuple[int, str]:
        client = await self.doors.as_(person, "en")
        said = await client.post(path, data={"id": new_id(), **sent}, follow_redirects=False)
        return said.status_code, unescape(said.text)


@pytest.fixture
async def there(db: Database, tmp_path: Path) -> AsyncIterator[There]:
    doors = await doors_of.opened(db, tmp_path)
    farm = await run(farms._settled, "organic", "kale")
    product = new_id()
    await run(products.define, product, DefineProduct(NETWORK, "kale"), by=YING, at=NOW)
    yield There(doors, await farm.harvest(20_000), await farm.harvest(1_000), product)
    pins.close()


async def held(there: There) -> str:
    wanted = HoldPrefix(new_id(), RATTAPHUM, "8859990", "TH-1")
    await run(commands.hold, wanted, by=YING, at=NOW)
    await run(
        commands.give, GiveGtin(new_id(), wanted.id, there.product, 500, NUMBER), by=YING, at=NOW
    )
    return wanted.id


async def test_without_a_prefix_nothing_of_gs1s_is_answered(there: There) -> None:
    assert "No group here has this number" in await there.get(f"/01/{NUMBER}", 404)
    await there.get(f"/01/{NUMBER}/10/{there.lot.code}", 404)
    await there.get("/.well-known/gs1resolver", 404)


async def test_the_secretariat_writes_down_what_gs1_licensed(there: There) -> None:
    for prefix, why in (
        ("885", "4 to 12 digits"), ("2001234", "licenses nobody"), ("95212345", "licenses nobody"),
    ):  # fmt: skip
        status, told = await there.post("/gs1", organ=RATTAPHUM, prefix=prefix, paper="TH-1")
        assert (status, why in told, f'value="{prefix}"' in told) == (400, True, True), told
    status, told = await there.post("/gs1", organ=RATTAPHUM, prefix="8859990")
    assert (status, "nobody can check" in told) == (400, True)
    sent = {"organ": RATTAPHUM, "prefix": "8859990", "paper": "TH-1", "id": new_id()}
    assert [(await there.post("/gs1", **sent))[0] for _ in range(2)] == [303, 303]
    [row] = await in_use().query("SELECT id, prefix FROM gs1_prefix")
    for prefix in ("8859990", "885999", "88599901"):
        status, told = await there.post("/gs1", organ=RATTAPHUM, prefix=prefix, paper="TH-2")
        assert (status, "already written down" in told) == (409, True)
    pack = {"under": row["id"], "product": there.product, "pack": "500"}
    for gtin, why in (
        ("8859990000018", "have to be 7"), ("8859991000016", "somebody else's"),
        ("123", "12, 13 or 14 digits"),
    ):  # fmt: skip
        status, told = await there.post("/gs1/gtins", **pack, gtin=gtin)
        assert (status, why in told, f'value="{gtin}"' in told) == (400, True, True), told
    assert (await there.post("/gs1/gtins", **pack, gtin="885 9990 00001 7"))[0] == 303
    status, told = await there.post("/gs1/gtins", **pack, gtin="8859990000024")
    assert (status, "has a number already" in told) == (409, True)
    status, told = await there.post("/gs1/gtins", **{**pack, "pack": "1000"}, gtin=NUMBER)
    assert (status, "already a pack's" in told) == (409, True)
    page = (await (await there.doors.as_(YING, "en")).get("/gs1")).text
    assert NUMBER in page
    assert NUMBER in await there.get(f"/01/{NUMBER}")


async def test_krit_and_malee_say_nothing_of_the_groups_numbers(there: There) -> None:
    id = await held(there)
    for person, status in ((KRIT, 404), (MALEE, 403)):
        assert (await there.post(f"/gs1/{id}/end", person))[0] == status
        assert (await there.post("/gs1", person, organ=RATTAPHUM, prefix="8851234"))[0] == status


async def test_a_lot_is_found_by_its_number_and_no_other_is(there: There) -> None:
    await held(there)
    lot = there.lot.code
    for address in (f"/01/{NUMBER}/10/{lot}", f"/01/{NUMBER}/10/{lot.lower()}"):
        assert await there.get(address, 307) == f"/L/{lot}"
    there.doors.now = NOW
    told = json.loads(await there.get(f"/01/{NUMBER}/10/{lot}?linkType=linkset"))
    assert SCHEMA.is_valid(told)
    assert told["linkset"][0]["anchor"] == f"{ORIGIN}/01/{NUMBER}/10/{lot}"
    facts = json.loads(await there.get(f"/01/{NUMBER}/10/{lot}", accept="application/json"))
    assert facts["code"] == lot
    assert await there.get(f"/01/{NUMBER}/10/{lot}?linkType=gs1:pip", 307) == f"/en/L/{lot}"
    goods = await there.get(f"/01/{NUMBER}")
    assert lot in goods
    assert "not when they were harvested" in goods
    assert SCHEMA.is_valid(json.loads(await there.get(f"/01/{NUMBER}?linkType=linkset")))
    for path, status, why in (
        (f"/01/{NUMBER}/10/{codes.make()}", 404, "no lot of these goods"),
        (f"/01/{NUMBER}/10/{lot}/21/1", 404, "no single packs"),
        (f"/01/{NUMBER}/21/1", 404, "no single packs"),
        (f"/01/{NUMBER}/21/1/10/{lot}", 400, "another order"),
        (f"/01/{NUMBER}?10={lot}", 400, "not after the question mark"),
        (f"/01/{NUMBER[1:]}/10/{lot}", 400, "cannot be"),
        (f"/01/{NUMBER[:-1]}8/10/{lot}", 400, "have to be 7"),
        ("/01/02000000000015", 404, "No group here has this number"),
        (f"/01/{NUMBER}/10/%00", 400, ""), (f"/01/{NUMBER}/10/", 400, ""),
    ):  # fmt: skip
        assert why in await there.get(path, status), path
    said = json.loads(await there.get(f"/01/{NUMBER}/21/1", 404, accept="application/json"))
    assert said["code"] == "identifiers.serial_unknown"
    described = json.loads(await there.get("/.well-known/gs1resolver"))
    assert described["resolverRoot"] == ORIGIN
    assert described["supportedPrimaryKeys"] == ["01"]


async def test_what_was_printed_is_answered_after_the_prefix_was_given_up(there: There) -> None:
    id = await held(there)
    [row] = await in_use().query("SELECT id FROM gtin")
    assert (await there.post(f"/gs1/gtins/{row['id']}/end"))[0] == 303
    assert (await there.post(f"/gs1/gtins/{row['id']}/end"))[0] == 409
    assert (await there.post(f"/gs1/{id}/end"))[0] == 303
    assert (await there.post(f"/gs1/{id}/end"))[0] == 409
    again = GiveGtin(new_id(), id, there.product, 250, "8859990000024")
    with pytest.raises(rules.PrefixEnded):
        await run(commands.give, again, by=YING, at=NOW)
    assert await there.get(f"/01/{NUMBER}/10/{there.lot.code}", 307) == f"/L/{there.lot.code}"
    assert "no longer put on new packets" in await there.get(f"/01/{NUMBER}")


async def test_two_who_give_the_same_number_at_once(there: There) -> None:
    id = await held(there)
    wanted = [GiveGtin(new_id(), id, there.product, pack, "8859990000024") for pack in (250, 750)]
    done = await asyncio.gather(
        *[run(commands.give, one, by=YING, at=NOW) for one in wanted], return_exceptions=True
    )
    assert [type(one) for one in done if isinstance(one, BaseException)] == [rules.GtinTaken]
    assert [one["n"] for one in await in_use().query(
        "SELECT count(*) AS n FROM gtin WHERE gtin = {}", "08859990000024"
    )] == [1]  # fmt: skip
