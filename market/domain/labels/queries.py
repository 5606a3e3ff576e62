"""Runs of labels, and the words that stand on them."""

from __future__ import annotations

from certification.areas import queries as areas
from certification.basis.database import in_use
from certification.basis.text import Text
from certification.certificates import queries as certificates
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.plots import queries as plots
from certification.residues import queries as residues
from market.domain.labels import layouts, rules
from market.domain.labels.rules import Printed, Run
from market.domain.labels.tables import LabelRun, LabelShift
from market.domain.lineage import barred as lineage
from market.domain.lineage import queries as lineage_seen
from market.domain.lots import queries as lots


async def run(id: str) -> Run:
    row = await LabelRun.select().where(LabelRun.id == id).first()
    if row is None:
        raise rules.NoRun(run=id)
    return Run(**{name: row[name] for name in Run.__struct_fields__})


async def runs(lot: str) -> list[Run]:
    """The oldest first."""
    rows = await LabelRun.select().where(LabelRun.lot == lot).order_by(LabelRun.at, LabelRun.id)
    return [Run(**{name: row[name] for name in Run.__struct_fields__}) for row in rows]


async def labelled_grams(id: str) -> int:
    """Of a lot; or of a run, what was printed of it again."""
    rows = await in_use().query("SELECT grams FROM label_total WHERE id = {}", id)
    return int(rows[0]["grams"]) if rows else 0


async def claim_stands(lot: lots.Lot) -> bool:
    """Whether the certificate still covers the day of harvest: it may have been taken back; and no
    sample of the lot had residues above the limit."""
    if lot.deed:
        return not await lineage.lost(lot.id)
    if lot.certificate is None or lot.plot is None:
        return True
    if await residues.lot_waits(lot.id):
        return False
    held = await certificates.holding(lot.plot, lot.crop, lot.harvested_on)
    return lot.certificate in {one.certificate for one in held}


async def label(lot: str, packet_grams: int, origin: str) -> rules.Label:
    return rules.label(await goods(await lots.lot(lot)), packet_grams, origin)


async def printed(run_id: str, origin: str) -> Printed:
    """What `sheets.pdf` needs. `origin`: the public address, `https://host`."""
    of = await run(run_id)
    one = await label(of.lot, of.packet_grams, origin)
    return Printed((one,) * of.labels, of.sheet, of.start_at, of.level)


async def shift(person: str, sheet: layouts.Sheet) -> layouts.Shift:
    """As that person set it last."""
    row = await (
        LabelShift.select()
        .where(LabelShift.by == person, LabelShift.sheet == sheet)
        .order_by(LabelShift.at, LabelShift.id, ascending=False)
        .first()
    )
    return layouts.Shift(row["right_tenths"], row["down_tenths"]) if row else layouts.NO_SHIFT


async def shifts(person: str) -> dict[str, layouts.Shift]:
    """Of each sheet of paper."""
    paper = [sheet for sheet in layouts.LAYOUTS if layouts.is_paper(sheet)]
    return {sheet: await shift(person, sheet) for sheet in paper}


async def goods(lot: lots.Lot) -> rules.Goods:
    group = await groups.group(lot.group)
    tambon, amphoe = await _where(lot)
    number = ""
    if lot.certificate is not None:
        number = (await certificates.certificate(lot.certificate)).number
    return rules.Goods(
        crop=crops.crop(lot.crop).name,
        group=Text(group.name_th, group.name_en),
        tambon=tambon,
        amphoe=amphoe,
        harvested_on=lot.harvested_on,
        claim=lot.claim,
        certificate_number=number,
        code=lot.code,
    )


async def _where(lot: lots.Lot) -> tuple[Text, Text]:
    """Tambon and amphoe of all the land it is of; empty where that differs."""
    of = [(await plots.plot(plot)).tambon for plot in await lineage_seen.plots_of(lot.id)]
    paths = [areas.path(tambon) for tambon in dict.fromkeys(of)]
    (_, amphoe, tambon, *_), nowhere = paths[0], Text("", "")
    if len({path[1].name for path in paths}) > 1:
        return nowhere, nowhere
    return tambon.name if len(paths) == 1 else nowhere, amphoe.name


async def label_faults() -> list[tuple[str, str, str, str]]:
    """Where a lot's total is not the sum of its first prints, as (table, row, column, why)."""
    rows = await in_use().query(
        "SELECT t.id, t.grams, coalesce(sum(r.packet_grams * r.labels), 0) AS printed"
        " FROM label_total t LEFT JOIN label_run r"
        " ON (r.lot = t.id AND r.reprint_of IS NULL) OR r.reprint_of = t.id"
        " GROUP BY t.id, t.grams"
        " HAVING t.grams <> coalesce(sum(r.packet_grams * r.labels), 0) ORDER BY t.id LIMIT 20"
    )
    return [
        ("label_total", row["id"], "grams", f"{row['grams']} here, {row['printed']} by the runs")
        for row in rows
    ]
