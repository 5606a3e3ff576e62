"""A crop becomes goods: by the kilo or by the piece, and a piece has a weight."""

import pytest

from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.text import Text
from certification.basis.transaction import run
from certification.crops.queries import crop
from certification.crops.rules import UnknownCrop
from certification.groups.rules import NoSuchGroup
from market.domain.products import commands, queries, rules
from market.domain.products.rules import (
    CrateAbsurd,
    DefineProduct,
    KeepProduct,
    NameTooLong,
    NoProduct,
    PieceNeedsWeight,
    ShelfLifeAbsurd,
)
from market.domain.products.tables import Product
from tests.cast import DAO, NETWORK, NOW, village

KALE = DefineProduct(NETWORK, "kale")


async def test_kale_is_sold_by_the_kilo_as_the_list_says(db: Database) -> None:
    await village(db)
    id = new_id()
    event = await run(commands.define, id, KALE, by=DAO, at=NOW)
    assert event == rules.ProductDefined(id, NETWORK, "kale", "kg")
    kale = await queries.product(id)
    assert kale.name == Text("คะน้า", "Chinese kale")
    assert (kale.unit, kale.piece_grams, kale.vat_class) == ("kg", None, "exempt")
    assert await queries.of_crop(NETWORK, "kale") == [kale]
    assert await queries.of_crop(NETWORK, "okra") == []


async def test_defining_twice_is_defining_once(db: Database) -> None:
    await village(db)
    id = new_id()
    first = await run(commands.define, id, KALE, by=DAO, at=NOW)
    assert await run(commands.define, id, KALE, by=DAO, at=NOW) == first
    assert await Product.count() == 1
    with pytest.raises(AskedOtherwise):
        await run(commands.define, id, DefineProduct(NETWORK, "okra"), by=DAO, at=NOW)


async def test_what_nobody_knows_is_not_sold(db: Database) -> None:
    await village(db)
    with pytest.raises(UnknownCrop):
        await run(commands.define, new_id(), DefineProduct(NETWORK, "gold"), by=DAO, at=NOW)
    with pytest.raises(NoSuchGroup):
        await run(commands.define, new_id(), DefineProduct(new_id(), "kale"), by=DAO, at=NOW)
    with pytest.raises(NoProduct):
        await queries.product(new_id())


@pytest.mark.parametrize(
    ("unit", "piece_grams"),
    [("piece", None), ("piece", 0), ("piece", -5), ("piece", 100_001), ("kg", 300)],
)
def test_a_piece_has_a_weight_and_a_kilo_has_none(unit: str, piece_grams: int | None) -> None:
    asked = DefineProduct(NETWORK, "kale", unit=unit, piece_grams=piece_grams)
    with pytest.raises(PieceNeedsWeight):
        rules.define(new_id(), asked, crop("kale"))


def test_a_bunch_of_kale_weighs_three_hundred_grams() -> None:
    asked = DefineProduct(NETWORK, "kale", "คะน้ากำ", "Kale, bunch", "piece", 300)
    assert rules.define("x", asked, crop("kale")).piece_grams == 300


def test_a_name_ends_somewhere() -> None:
    with pytest.raises(NameTooLong):
        rules.define("x", DefineProduct(NETWORK, "kale", "ค" * 121), crop("kale"))


async def test_how_a_product_is_kept_is_said_once_and_otherwise_later(db: Database) -> None:
    await village(db)
    id = new_id()
    await run(
        commands.define, id, DefineProduct(NETWORK, "kale", crate_grams=6_000), by=DAO, at=NOW
    )
    kale = await queries.product(id)
    assert (kale.cold, kale.shelf_life_days, kale.crate_grams) == (False, 5, 6_000)
    for _ in range(2):
        await run(commands.keep, id, KeepProduct(True, 2, None), by=DAO, at=NOW)
    kale = await queries.product(id)
    assert (kale.cold, kale.shelf_life_days, kale.crate_grams) == (True, 2, None)
    told = await in_use().query("SELECT seq FROM log_entry WHERE tag = 'products.kept'")
    assert len(told) == 1, "the same again is told to nobody"
    await run(commands.keep, id, KeepProduct(False), by=DAO, at=NOW)
    assert (await queries.product(id)).shelf_life_days == 5, "as the list of crops says"
    for wrong in (KeepProduct(True, 3_651), KeepProduct(True, -1), KeepProduct(True, 1, 0),
                  KeepProduct(True, 1, 100_001)):  # fmt: skip
        with pytest.raises((ShelfLifeAbsurd, CrateAbsurd)):
            await run(commands.keep, id, wrong, by=DAO, at=NOW)
    assert not (await queries.product(id)).cold
    with pytest.raises(NoProduct):
        await run(commands.keep, new_id(), KeepProduct(True), by=DAO, at=NOW)
