"""A place is named in two languages, lies in Thailand, and its hours make sense."""

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.places import commands, queries, rules
from market.domain.places.rules import DefinePlace, Window
from tests.cast import DAO, NETWORK, NOW, village

MARKET = DefinePlace(
    "", NETWORK, "pickup", "หลาดกรีน รพ.รัตภูมิ", "Rattaphum hospital", "900901",
    7_130_000, 100_260_000, (Window(1, 540, 1020), Window(3, 540, 720), Window(3, 720, 1020)),
)  # fmt: skip


async def test_a_place_with_its_hours_is_found_by_its_network(db: Database) -> None:
    await village(db)
    asked = msgspec.structs.replace(MARKET, id=new_id())
    for _ in range(2):
        await run(commands.define, asked, by=DAO, at=NOW)
    [place] = await queries.places(NETWORK)
    assert (place.name_th, place.windows) == (MARKET.name_th, MARKET.windows)
    assert await queries.place(asked.id) == place
    assert await queries.places(new_id()) == []
    with pytest.raises(rules.DefinedOtherwise):
        other = msgspec.structs.replace(asked, name_en="Elsewhere")
        await run(commands.define, other, by=DAO, at=NOW)
    with pytest.raises(rules.NoSuchPlace):
        await queries.place(new_id())


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": "shop"}, rules.UnknownKind),
        ({"name_en": " "}, rules.NameMissing),
        ({"name_th": ""}, rules.NameMissing),
        ({"tambon": "9009"}, rules.NotATambon),
        ({"lat_e6": 100_260_000, "lon_e6": 7_130_000}, rules.OutsideTheCountry),
        ({"windows": (Window(0, 540, 600),)}, rules.WindowsWrong),
        ({"windows": (Window(1, 600, 540),)}, rules.WindowsWrong),
        ({"windows": (Window(1, 600, 1441),)}, rules.WindowsWrong),
        ({"windows": (Window(1, 600, 700), Window(1, 540, 601))}, rules.WindowsWrong),
    ],
)
def test_what_cannot_be_a_place_is_refused(wrong, refusal) -> None:
    with pytest.raises(refusal):
        rules.ensure_place(msgspec.structs.replace(MARKET, **wrong))
