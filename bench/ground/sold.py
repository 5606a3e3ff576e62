"""Years of a market's sales for `bench recall`: order lines by the million, on a graph of mixes.

Harvests, and six times over lots that are made of two of the step before; each lot goes into two,
so that of one harvest there are 1 + 2 + 4 + … + 64 lots. Every lot is sold alike: ordered, paid,
fetched at a place or from a truck, called off; some are on trucks for sale and in crates.
Stock is the sum of all that, so that every gram is accounted for.
"""

from __future__ import annotations

from bench.ground.bulk import Lay, laying
from certification.basis.database import Database

DEEP = 6
LINES_A_LOT = 50
AT_ONCE = 200
"""Lots on sale in the same days, of every step: after that others are."""
PLACES, TRUCKS, BUYERS = 12, 300, 20_000
AN_ORDER = "(i * 2 / 5)"
"""Of the line i: orders have two or three."""
STATE = (
    "CASE WHEN {0} % 20 = 0 THEN 'held' WHEN {0} % 20 = 1 THEN 'cancelled'"
    " WHEN {0} % 20 < 6 THEN 'confirmed' ELSE '{1}' END"
)
LINE_GRAMS = "(200 + i % 16 * 100)"
TAKEN, SALE, GIVEN = 20_000, 4_000, 500
"""Of a lot on a truck, in grams: three such sales, of which the first of some was none."""
VOID = 50


class Sold:
    """`lines` order lines, and where things are by number."""

    def __init__(self, db: Database, lines: int, seed: int) -> None:
        self.db, self.lines, self.seed = db, lines, seed
        self.wide = lines // LINES_A_LOT // (DEEP + 1)
        self.lots = self.wide * (DEEP + 1)
        self.words = Lay(db)

    async def id(self, of: str, number: int) -> str:
        [row] = await self.db.query(f"SELECT {self.words.id(of, str(number))} AS id")
        return str(row["id"])

    async def lay(self) -> None:
        async with laying(self.db) as lay:
            await self._village(lay)
            await self._lots(lay)
            await self._mixes(lay)
            await self._orders(lay)
            await self._trucks(lay)
            await self._stock(lay)

    async def _village(self, lay: Lay) -> None:
        me = {"by": "'p-dao'", "at": lay.at}
        await lay(
            "producer_group", 1, id=lay.id("group", "i"), code=lay.code("G", "i"), kind="'group'",
            name_th="'กลุ่ม'", name_en="'Group'", area="'900901'", **me,
        )  # fmt: skip
        await lay(
            "place", PLACES, id=lay.id("place", "i"), network=lay.id("group", "0"),
            kind="'pickup'", name_th="'ตลาด ' || i", name_en="'Market ' || i", tambon="'900901'",
            lat_e6="7000000", lon_e6="100000000", **me,
        )  # fmt: skip
        rounds = self.lines * 2 // 5 // 500 + 1
        await lay(
            "cycle", rounds, id=lay.id("cycle", "i"),
            merchant=lay.id("group", "0"), name_th="'รอบ'", name_en="'Round'",
            opens_at=lay.instant("i * 8"), closes_at=lay.instant("i * 8 + 24"),
            hold_minutes="60", split_rule=lay.id("rule", "0"), state="'planned'", **me,
        )  # fmt: skip
        await lay(
            "cycle_place", rounds, id=lay.id("cycle place", "i"), cycle=lay.id("cycle", "i"),
            place=lay.id("place", f"i % {PLACES}"), pickup_from=lay.instant("i * 8 + 48"),
            pickup_until=lay.instant("i * 8 + 52"),
        )  # fmt: skip

    async def _lots(self, lay: Lay) -> None:
        level, turn = f"(i / {self.wide})", f"(i % {self.wide})"
        made = f"CASE WHEN {level} > 0 THEN {{}} END"
        cut = f"CASE WHEN {level} = 0 THEN {{}} END"
        await lay(
            "lot", self.lots, id=lay.id("lot", "i"), code=lay.code("L", "i"),
            group=lay.id("group", "0"), plot=cut.format(lay.id("plot", f"{turn} / 10")),
            farmer=cut.format(lay.id("farmer", f"{turn} / 20")), crop="'kale'",
            harvested_on=lay.day(f"{turn} % 180"), grams=self._grams(), claim="'organic'",
            because="'certified'", deed=made.format(lay.id("deed", "i")), by="'p-malee'", at=lay.at,
        )  # fmt: skip

    def _into(self, level: str) -> str:
        """Grams of each of the two that go into a lot of that step."""
        return f"(900000 - 100000 * {level})"

    def _grams(self) -> str:
        level = f"(i / {self.wide})"
        return (
            f"CASE WHEN {level} = 0 THEN 2 * {self._into('1')} + 199000"
            f" ELSE 2 * {self._into(level)} - 1000 END"
        )

    async def _mixes(self, lay: Lay) -> None:
        after = f"i + {self.wide}"
        await lay(
            "lot_deed", self.wide * DEEP, id=lay.id("deed", after), kind="'mix'",
            group=lay.id("group", "0"), loss_grams="1000", by="'p-dao'", at=lay.at,
            salt=lay.bytes(16),
        )  # fmt: skip
        level, turn = f"(i / {self.wide})", f"(i % {self.wide})"
        steps = " ".join(f"WHEN {at} THEN {3**at}" for at in range(DEEP))
        other = f"({turn} + CASE {level} {steps} END) % {self.wide}"
        for side, of in enumerate((turn, other)):
            await lay(
                "lot_input", self.wide * DEEP, id=lay.id(f"input {side}", "i"),
                deed=lay.id("deed", after), lot=lay.id("lot", f"{level} * {self.wide} + {of}"),
                grams=self._into(f"({level} + 1)"),
            )  # fmt: skip

    async def _orders(self, lay: Lay) -> None:
        state = STATE.format("i", "handed_over")
        orders = self.lines * 2 // 5 + 1
        await lay(
            "preorder", orders, id=lay.id("order", "i"), code=lay.code("P", "i"),
            cycle=lay.id("cycle", "i / 500"), stop=lay.id("cycle place", "i / 500"),
            merchant=lay.id("group", "0"),
            buyer=lay.id("buyer", f"(i * 17 + {self.seed}) % {BUYERS}"), state=state,
            rail="'promptpay'", total_satang="100000", placed_at=lay.instant("i / 500 * 8"),
            by="'p-nok'",
        )  # fmt: skip
        await lay(
            "truck_handover", orders, "WHERE i % 20 > 5 AND i % 3 = 0",
            id=lay.id("handover", "i"), truck=lay.id("day truck", f"i % {TRUCKS}"),
            place=lay.id("place", f"i / 7 % {PLACES}"), order=lay.id("order", "i"),
            cash_satang="0", bank_satang="0", by="'p-dao'", at=lay.at,
        )  # fmt: skip
        turn = f"((i / {LINES_A_LOT} + (i * 7919 + {self.seed}) % {AT_ONCE}) % {self.lots})"
        lot = f"({turn} % {DEEP + 1} * {self.wide} + {turn} / {DEEP + 1})"
        satang = f"{LINE_GRAMS} * 4"
        await lay(
            "preorder_line", self.lines, id=lay.id("line", "i"), order=lay.id("order", AN_ORDER),
            offer=lay.id("offer", lot), grams=LINE_GRAMS, satang_per_kg="4000", satang=satang,
            if_short="'less'",
        )  # fmt: skip
        await lay(
            "reservation", self.lines, id=lay.id("reservation", "i"), line=lay.id("line", "i"),
            stock=lay.id("stock", lot), grams=LINE_GRAMS, state=STATE.format(AN_ORDER, "collected"),
        )  # fmt: skip
        await lay(
            "offer", self.lots, id=lay.id("offer", "i"), cycle=lay.id("cycle", "0"),
            lot=lay.id("lot", "i"), stock=lay.id("stock", "i"), product=lay.id("product", "0"),
            group=lay.id("group", "0"), satang_per_kg="4000", step_grams="100",
            shared_by="'first_come'", by="'p-dao'",
            at=lay.at,
        )  # fmt: skip

    async def _trucks(self, lay: Lay) -> None:
        me = {"by": "'p-dao'", "at": lay.at}
        await lay(
            "truck", 3, id=lay.id("truck", "i"), operator=lay.id("group", "0"), name="'รถ ' || i",
            capacity_grams="1000000", crates="50", satang_per_km="500", satang_per_min="200",
            base=lay.id("place", "0"), **me,
        )  # fmt: skip
        await lay(
            "truck_day", TRUCKS // 3, id=lay.id("day", "i"), operator=lay.id("group", "0"),
            on=lay.day("i"), state="'closed'", **me,
        )  # fmt: skip
        await lay(
            "day_truck", TRUCKS, id=lay.id("day truck", "i"), day=lay.id("day", "i / 3"),
            truck=lay.id("truck", "i % 3"), starts_minute="360", ends_minute="1080",
            state="'home'", **me,
        )  # fmt: skip
        void = f"CASE WHEN i % {VOID} = 0 THEN {SALE} ELSE 0 END"
        sold = f"({3 * SALE + GIVEN} - {void})"
        await lay(
            "lease", self.lots // 4, id=lay.id("lease", "i"),
            holder=lay.id("day truck", f"i % {TRUCKS}"), stock=lay.id("stock", "i * 4"),
            lot=lay.id("lot", "i * 4"), product=lay.id("product", "0"), cycle=lay.id("cycle", "0"),
            group=lay.id("group", "0"), satang_per_kg="4000", taken_grams=str(TAKEN),
            left_grams=f"{TAKEN} - {sold}", sold_grams=sold, **me,
        )  # fmt: skip
        sales = self.lots // 4 * 3
        await lay(
            "walkup_sale", sales, id=lay.id("sale", "i"), merchant=lay.id("group", "0"),
            holder=lay.id("day truck", f"i / 3 % {TRUCKS}"),
            place=f"CASE WHEN i % 13 > 0 THEN {lay.id('place', f'i % {PLACES}')} END",
            rail="'cash'", satang="16000", by="'p-dao'",
            at=lay.instant(f"i / 3 * 4 % {self.wide} * 56 / 25 + 48"),
        )  # fmt: skip
        await lay(
            "walkup_line", sales, id=lay.id("walkup", "i"), sale=lay.id("sale", "i"),
            lease=lay.id("lease", "i / 3"), unit="'kg'", packs="1", grams=str(SALE),
            satang="16000", satang_per_kg="4000",
        )  # fmt: skip
        await lay(
            "walkup_void", sales, f"WHERE i % {3 * VOID} = 0", id=lay.id("void", "i"),
            sale=lay.id("sale", "i"), **me,
        )  # fmt: skip
        await lay(
            "crate", self.lots // 10, id=lay.id("crate", "i"), code=lay.code("K", "i"),
            kind=lay.id("kind", "0"), owner=lay.id("group", "0"), state="'filled'", seq="1",
            place=f"CASE WHEN i % 5 > 0 THEN {lay.id('place', f'i % {PLACES}')} END", **me,
        )  # fmt: skip
        await lay(
            "crate_content", self.lots // 10, id=lay.id("content", "i"), crate=lay.id("crate", "i"),
            lot=lay.id("lot", "i * 10"), grams="5000", **me,
        )  # fmt: skip

    async def _stock(self, lay: Lay) -> None:
        level = f"(i / {self.wide})"
        used = f"CASE WHEN {level} < {DEEP} THEN 2 * {self._into(f'({level} + 1)')} ELSE 0 END"
        waste = "i % 7 * 100"
        piles = (
            "LEFT JOIN (SELECT stock,"
            " CAST(SUM(CASE WHEN state = 'held' THEN grams ELSE 0 END) AS BIGINT) AS held,"
            " CAST(SUM(CASE WHEN state IN ('confirmed', 'collected') THEN grams ELSE 0 END)"
            " AS BIGINT) AS sold FROM reservation GROUP BY stock) r"
            f" ON r.stock = {lay.id('stock', 'i')}"
            f" LEFT JOIN lease e ON e.lot = {lay.id('lot', 'i')}"
        )
        held, sold = "coalesce(r.held, 0)", "coalesce(r.sold, 0) + coalesce(e.sold_grams, 0)"
        leased = "coalesce(e.left_grams, 0)"
        await lay(
            "stock", self.lots, piles, id=lay.id("stock", "i"), kind="'lot'",
            source=lay.id("lot", "i"), capacity_grams=self._grams(),
            available_grams=f"({self._grams()}) - {held} - {leased} - ({sold}) - {waste} - {used}",
            held_grams=held, leased_grams=leased, sold_grams=sold, waste_grams=waste,
            used_grams=used, frozen="0",
        )  # fmt: skip
