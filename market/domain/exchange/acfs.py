"""The six tables of master data that มกอช. (ACFS) asks of who wants to be traced there: operator,
crop, farmer, plot, product, picture.

No list of columns is published. Ours are what its pages and forms name, said in Thai and, for
programs, in English. A code links one table to the other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec

from certification.areas import queries as areas
from certification.basis.units import local_day, rai_ngan_wah
from certification.crops import queries as crops
from certification.people import queries as people
from certification.plots.rules import blurred
from market.domain.exchange.asking import Rows, asked, pages
from market.domain.exchange.rules import Head, NoSuchSheet, Row, Scope, heads

KINDS = {
    "field": "แปลงผักหรือไร่", "orchard": "สวนไม้ผล", "paddy": "นาข้าว", "rubber": "สวนยาง",
    "city_garden": "สวนในเมือง",
}  # fmt: skip
STAGES = {"organic": "อินทรีย์", "in_conversion": "ระยะปรับเปลี่ยน"}
UNITS = {"kg": "กิโลกรัม", "piece": "ชิ้น"}
TODAY = '{0}.since <= «today» AND ({0}."until" IS NULL OR {0}."until" >= «today»)'

OPERATORS = (
    "SELECT g.id AS at_key, g.code, g.kind, g.name_th, g.name_en, g.area, w.code AS network,"  # noqa: S608
    f' (SELECT count(*) FROM membership m WHERE m."group" = g.id AND {TODAY.format("m")})'
    " AS members"
    " FROM producer_group g LEFT JOIN producer_group w ON w.id = g.network"
    " WHERE g.id IN («all») AND g.id > «after»"
)
CROPS = (
    "SELECT DISTINCT x.crop AS at_key FROM (SELECT t.crop FROM planting t JOIN plot p"
    ' ON p.id = t.plot WHERE p."group" IN («groups»)'
    ' UNION SELECT l.crop FROM lot l WHERE l."group" IN («groups»)) x WHERE x.crop > «after»'
)
FARMERS = (
    'SELECT m.id AS at_key, m.person, m.since, m."until", g.code FROM membership m'  # noqa: S608
    ' JOIN producer_group g ON g.id = m."group" WHERE m."group" IN («groups»)'
    f" AND {TODAY.format('m')}"
    " AND EXISTS (SELECT 1 FROM plot_holder h JOIN plot p ON p.id = h.plot"
    ' WHERE h.person = m.person AND p."group" = m."group") AND m.id > «after»'
)
"""Members on this day who farm land of the group, or did."""
PLOTS = (
    "SELECT p.id AS at_key, p.code, p.kind, p.tambon, p.moo, p.area_m2, p.lat_e7, p.lon_e7,"  # noqa: S608
    " g.code AS group_code, (SELECT min(h.person) FROM plot_holder h"
    f" WHERE h.plot = p.id AND {TODAY.format('h')}) AS farmer"
    ' FROM plot p JOIN producer_group g ON g.id = p."group" WHERE p."group" IN («groups»)'
    " AND NOT EXISTS (SELECT 1 FROM plot newer WHERE newer.replaces = p.id) AND p.id > «after»"
)
PAPERS = (
    "SELECT c.plot, c.code, c.number, c.scheme, c.stage, c.valid_from, c.valid_until"
    " FROM certificate c WHERE c.plot IN («plots»)"
    " AND c.valid_from <= «today» AND c.valid_until >= «today»"
    " AND coalesce((SELECT e.kind FROM certificate_event e WHERE e.certificate = c.id"
    " AND e.from_on <= «today» ORDER BY e.seq DESC LIMIT 1), 'reinstated') = 'reinstated'"
    " ORDER BY c.number"
)
"""Those that hold."""
PRODUCTS = (
    "SELECT p.id AS at_key, p.crop, p.name_th, p.name_en, p.unit, p.piece_grams,"
    " p.shelf_life_days, p.cold, w.code AS network FROM product p"
    " JOIN producer_group w ON w.id = p.network WHERE p.network IN («networks») AND p.id > «after»"
)
PICTURES = (
    "SELECT f.id AS at_key, f.at, f.inspection, p.code AS plot, b.digest, b.kind"
    " FROM inspection_photo f JOIN inspection i ON i.id = f.inspection"
    ' JOIN plot p ON p.id = i.plot JOIN blob b ON b.digest = f.blob WHERE p."group" IN («groups»)'
    " AND f.id > «after»"
)


class Sheet(msgspec.Struct, frozen=True):
    name: str
    """Of the file, without its end."""
    heads: tuple[Head, ...]
    sql: str
    made: Callable[[Rows, Scope, str], Awaitable[list[Row]]]


async def rows(sheet: Sheet, scope: Scope, origin: str) -> AsyncIterator[Row]:
    async for found in pages(sheet.sql, scope):
        for row in await sheet.made(found, scope, origin):
            yield row


def sheet(name: str) -> Sheet:
    """NoSuchSheet."""
    found = next((one for one in SHEETS if one.name == name), None)
    if found is None:
        raise NoSuchSheet(sheet=name[:40])
    return found


async def _operators(found: Rows, _: Scope, origin: str) -> list[Row]:
    return [
        (
            row["code"], row["name_th"], row["name_en"],
            "เครือข่าย" if row["kind"] == "network" else "กลุ่มผู้ผลิต", row["network"],
            row["area"], *_whereabouts(row["area"]), row["members"], f"{origin}/G/{row['code']}",
        )
        for row in found
    ]  # fmt: skip


async def _crops(found: Rows, _: Scope, __: str) -> list[Row]:
    known = [crops.crop(row["at_key"]) for row in found]
    return [
        (one.id, one.name.th, one.name.en, one.scientific, UNITS[one.unit], ", ".join(one.also))
        for one in known
    ]


async def _farmers(found: Rows, scope: Scope, _: str) -> list[Row]:
    names = await people.names({row["person"] for row in found}) if scope.names else {}
    return [
        (row["person"], names.get(row["person"], ""), row["code"], row["since"]) for row in found
    ]


async def _plots(found: Rows, scope: Scope, origin: str) -> list[Row]:
    """One line for each certificate that holds; one without for land that has none."""
    held: dict[str, Rows] = {}
    for row in await asked(PAPERS, plots=[row["at_key"] for row in found], today=scope.today):
        held.setdefault(row["plot"], []).append(row)
    return [
        (*_land(row, origin), *_paper(paper))
        for row in found
        for paper in held.get(row["at_key"], [{}])
    ]


def _land(row: Mapping[str, Any], origin: str) -> Row:
    lat, lon = blurred(row["lat_e7"], row["lon_e7"])
    return (
        row["code"], row["farmer"], row["group_code"], KINDS.get(row["kind"], row["kind"]),
        row["tambon"], *_whereabouts(row["tambon"]), row["moo"], *rai_ngan_wah(row["area_m2"]),
        row["area_m2"], f"{lat / 1000:.3f}", f"{lon / 1000:.3f}", f"{origin}/P/{row['code']}",
    )  # fmt: skip


def _paper(paper: Mapping[str, Any]) -> Row:
    if not paper:
        return (None,) * 5
    return (
        paper["number"], f"PGS {paper['scheme']}", STAGES.get(paper["stage"], paper["stage"]),
        paper["valid_from"], paper["valid_until"],
    )  # fmt: skip


async def _products(found: Rows, _: Scope, __: str) -> list[Row]:
    return [
        (
            row["at_key"], row["crop"], row["name_th"], row["name_en"], UNITS[row["unit"]],
            row["piece_grams"], row["shelf_life_days"], "แช่เย็น" if row["cold"] else "ไม่แช่เย็น",
            row["network"],
        )
        for row in found
    ]  # fmt: skip


async def _pictures(found: Rows, _: Scope, origin: str) -> list[Row]:
    api = f"{origin}/api/v1/inspections"
    return [
        (
            row["digest"], "แปลง", row["plot"], local_day(row["at"]), row["kind"],
            f"{api}/{row['inspection']}/photos/{row['at_key']}",
        )
        for row in found
    ]  # fmt: skip


def _whereabouts(code: str) -> Row:
    """Tambon, amphoe, province, as far as the code says it."""
    named = {part.level: part.name.th for part in areas.path(code)}
    return tuple(named.get(level) for level in ("tambon", "amphoe", "province"))


PLACE = ("ตำบล (tambon)", "อำเภอ (amphoe)", "จังหวัด (province)")
AREA_CODE = "รหัสพื้นที่ กรมการปกครอง (area_code)"
SHEETS = (
    Sheet("operator", heads(
        "รหัสผู้ประกอบการ (operator_code)", "ชื่อ (name_th)", "ชื่ออังกฤษ (name_en)",
        "ประเภท (kind)", "รหัสเครือข่าย (network_code)", AREA_CODE, *PLACE,
        "จำนวนสมาชิก (members)", "หน้าเว็บ (page)",
    ), OPERATORS, _operators),
    Sheet("crop", heads(
        "รหัสพืช (crop_code)", "ชื่อ (name_th)", "ชื่ออังกฤษ (name_en)",
        "ชื่อวิทยาศาสตร์ (scientific_name)", "หน่วยขาย (unit)", "ชื่ออื่น (other_names)",
    ), CROPS, _crops),
    Sheet("farmer", heads(
        "รหัสเกษตรกร (farmer_code)", "ชื่อ-สกุล (name)", "รหัสผู้ประกอบการ (operator_code)",
        "เป็นสมาชิกตั้งแต่ (member_since)",
    ), FARMERS, _farmers),
    Sheet("plot", heads(
        "รหัสแปลง (plot_code)", "รหัสเกษตรกร (farmer_code)", "รหัสผู้ประกอบการ (operator_code)",
        "ชนิดแปลง (kind)", AREA_CODE, *PLACE, "หมู่ที่ (moo)", "ไร่ (rai)", "งาน (ngan)",
        "ตารางวา (square_wah)", "ตารางเมตร (m2)", "ละติจูดโดยประมาณ (latitude)",
        "ลองจิจูดโดยประมาณ (longitude)", "หน้าเว็บ (page)", "เลขที่ใบรับรอง (certificate_number)",
        "มาตรฐาน (standard)", "ระยะ (stage)", "รับรองตั้งแต่ (valid_from)",
        "รับรองถึง (valid_until)",
    ), PLOTS, _plots),
    Sheet("product", heads(
        "รหัสสินค้า (product_code)", "รหัสพืช (crop_code)", "ชื่อสินค้า (name_th)",
        "ชื่ออังกฤษ (name_en)", "หน่วยขาย (unit)", "กรัมต่อชิ้น (piece_grams)",
        "เก็บได้กี่วัน (shelf_life_days)", "การเก็บ (storage)", "รหัสเครือข่าย (network_code)",
    ), PRODUCTS, _products),
    Sheet("picture", heads(
        "รหัสรูป (picture_sha256)", "รูปของ (of)", "รหัสแปลง (plot_code)", "วันที่บันทึก (taken_on)",
        "ชนิดไฟล์ (file_type)", "ที่อยู่ไฟล์ ต้องเข้าสู่ระบบ (address)",
    ), PICTURES, _pictures),
)  # fmt: skip
