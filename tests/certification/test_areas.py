"""Areas by code, by name as people write it, and by the place where one stands."""

from __future__ import annotations

import importlib
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from certification.areas import queries, rules
from certification.basis.refusal import Refusal

KAMPHAENG_PHET = "900901"
"""A tambon of Rattaphum; also the name of a province far away."""


def test_the_whole_country_is_there() -> None:
    provinces = queries.provinces()
    amphoes = [amphoe for province in provinces for amphoe in queries.children(province.code)]
    tambons = [tambon for amphoe in amphoes for tambon in queries.children(amphoe.code)]
    assert (len(provinces), len(amphoes), len(tambons)) == (77, 928, 7_436)
    assert all(tambon.name.th and tambon.name.en for tambon in tambons)
    assert len(queries.children("90")) == 16


def test_the_file_says_what_its_source_says() -> None:
    pytest.importorskip("geothai")
    source = importlib.import_module("tests.certification.areas_from_geothai")
    lines = source.FILE.read_text(encoding="utf-8").splitlines()
    assert lines[0].split(",") == source.COLUMNS
    assert [line.split(",") for line in lines[1:]] == source.rows()


def test_a_code_tells_its_path_and_its_address() -> None:
    assert [area.code for area in queries.path("90090105")] == ["90", "9009", "900901", "90090105"]
    assert queries.address("90090105") == "ม.5 ต.กำแพงเพชร อ.รัตภูมิ จ.สงขลา"
    assert queries.address("90090105", "en") == "Moo 5, Kamphaeng Phet, Rattaphum, Songkhla"
    assert queries.address("1001") == "เขตพระนคร กรุงเทพมหานคร"


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("", "areas.unknown"),
        ("9", "areas.unknown"),
        ("99", "areas.unknown"),
        ("900988", "areas.unknown"),
        ("90098805", "areas.unknown"),
        ("๙๐", "areas.unknown"),
        ("9009 1", "areas.unknown"),
        ("900107", "areas.abolished"),
        ("90010703", "areas.abolished"),
        ("90090100", "areas.no_such_village"),
    ],
)
def test_a_code_that_is_none_is_refused(code: str, refusal: str) -> None:
    with pytest.raises(Refusal) as refused:
        queries.area(code)
    assert refused.value.code == refusal
    assert refused.value.status == 400


def test_an_abolished_code_names_its_successor() -> None:
    with pytest.raises(rules.AbolishedArea) as refused:
        queries.area("900107")
    assert refused.value.facts["successor"] == "901501"
    assert queries.area("901501").name.th == "ชิงโค"
    assert queries.successors("900107") == ("901501",)
    assert queries.successors(KAMPHAENG_PHET) == (KAMPHAENG_PHET,)
    assert queries.successors("104701") == ("104702", "104703")


def test_an_abolished_code_without_successor_says_so() -> None:
    gone = [code for code, entry in queries._entries().items() if entry.successors == ()]
    assert gone
    with pytest.raises(rules.EndedArea):
        queries.area(gone[0])


def test_a_village_is_a_tambon_and_a_number() -> None:
    assert rules.village(KAMPHAENG_PHET, 5) == "90090105"
    assert rules.moo("90090105") == 5
    assert rules.moo(KAMPHAENG_PHET) is None
    for moo in (0, 100, -1):
        with pytest.raises(rules.NoSuchVillage):
            rules.village(KAMPHAENG_PHET, moo)
    for code in ("9009", "90090105"):
        with pytest.raises(rules.NotATambon):
            rules.village(code, 1)


def test_to_be_within_is_to_begin_with() -> None:
    assert rules.is_within("90090105", "9009")
    assert rules.is_within("9009", "9009")
    assert not rules.is_within("9009", "900901")
    assert not rules.is_within("9011", "9009")
    assert not rules.is_within("9009", ""), "no area is not the whole country"
    assert not rules.is_within("9009", "900")


def test_slips_are_counted() -> None:
    assert rules.slips("", "abc") == 3
    assert rules.slips("ท่าชมวง", "ท่าชะมวง") == 1
    assert rules.slips("kitten", "sitting") == 3


@given(st.integers(10, 99), st.integers(0, 9_999), st.integers(1, 99))
def test_every_village_is_within_all_above_it(province: int, rest: int, moo: int) -> None:
    code = rules.village(f"{province}{rest:04}", moo)
    assert len(code) == 8
    assert all(rules.is_within(code, above) for above in rules.ancestors(code))
    assert rules.parent(code) == f"{province}{rest:04}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("รัตภูมิ", "9009"),
        ("อ.รัตภูมิ", "9009"),
        ("ต.รัตภูมิ", "901301"),
        ("ต.กำแพงเพชร อ.รัตภูมิ จ.สงขลา", KAMPHAENG_PHET),
        ("ต.กำแพงเพชรอ.รัตภูมิจ.สงขลา", KAMPHAENG_PHET),
        ("ตำบลกำแพงเพชร อำเภอรัตภูมิ", KAMPHAENG_PHET),
        ("กำแพงเพชร สงขลา", KAMPHAENG_PHET),
        ("กำแพงเพชร", "62"),
        ("คูหาใต", "900903"),
        ("ควนรุ รัตภูมิ", "900904"),
        ("ท่าชมวง สงขลา", "900902"),
        ("หาดใหญ", "9011"),
        ("อ.เมือง จ.สงขลา", "9001"),
        ("เขตพระนคร", "1001"),
        ("Rataphum", "9009"),
        ("haad yai", "9011"),
        ("hatyai", "9011"),
        ("Khuan Lang, Songkhla", "901102"),
        ("Songkla", "90"),
        ("Kamphaeng Phet subdistrict", KAMPHAENG_PHET),
    ],
)
def test_a_name_is_found_as_people_write_it(text: str, code: str) -> None:
    assert code in [area.code for area in queries.search(text, 5)]


def test_the_search_keeps_to_where_it_is_told_to_look() -> None:
    found = queries.search("เขาพระ", within="90")
    assert [area.code for area in found] == ["900909"]
    assert queries.search("เชียงใหม่", within="90") == []
    assert len(queries.search("บ้าน", limit=7)) == 7


@pytest.mark.parametrize("text", ["", " ", "ต.", "อำเภอ", "qqqqqqqq", "๑๒๓", "x" * 500])
def test_what_is_no_name_finds_nothing(text: str) -> None:
    assert queries.search(text) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120) | st.text(alphabet="ตอจ. ำบลเภหวัดเขกแพุรงx-", max_size=20))
def test_whatever_is_asked_is_answered_with_areas_of_today(text: str) -> None:
    for area in queries.search(text, 3):
        assert queries.area(area.code) == area


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_area_is_found_by_its_own_address(language: str) -> None:
    for area in (*queries.children("90"), *queries.children("9009"), *queries.children("1001")):
        found = queries.search(queries.address(area.code, language), 3)
        assert area.code in [f.code for f in found], queries.address(area.code, language)


def test_who_stands_in_a_tambon_is_told_which() -> None:
    assert queries.tambon_at(7.13, 100.25) == KAMPHAENG_PHET
    assert queries.tambon_at(7.0, 100.42) == "901102"


def test_outside_the_polygons_nothing_is_guessed() -> None:
    assert queries.tambon_at(13.75, 100.5) is None, "Bangkok"
    assert queries.tambon_at(7.5, 101.5) is None, "at sea"


@pytest.mark.parametrize(
    ("lat", "lon"), [(100.25, 7.13), (math.nan, 100.0), (7.0, math.inf), (7.0, 181.0), (-91.0, 0.0)]
)
def test_a_place_that_is_not_on_the_earth_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(rules.NotAPlace):
        queries.tambon_at(lat, lon)


def test_every_polygon_is_a_tambon_of_today_and_finds_itself() -> None:
    codes = list(queries._shapes())
    assert len(codes) == 228
    for code in codes:
        assert queries.area(code).level == "tambon"
        within = queries.polygon(code).representative_point()
        assert queries.tambon_at(within.y, within.x) == code


def test_a_shape_on_the_border_touches_both_tambons() -> None:
    border = queries.polygon("900901").intersection(queries.polygon("900902"))
    assert not border.is_empty
    assert {"900901", "900902"} <= set(queries.tambons_touching(border.buffer(0.001)))
    assert queries.tambons_touching(Point(100.5, 13.75)) == []


def test_an_amphoe_is_all_its_tambons() -> None:
    rattaphum = queries.polygon("9009")
    parts = [queries.polygon(tambon.code) for tambon in queries.children("9009")]
    assert rattaphum.area == pytest.approx(sum(part.area for part in parts))
    assert queries.outline("90").contains(rattaphum.representative_point())
    assert queries.polygon("10") is None


@settings(max_examples=30, deadline=None)
@given(st.floats(5.5, 8.5), st.floats(99.0, 102.0))
def test_every_point_is_in_the_polygon_it_is_said_to_be_in(lat: float, lon: float) -> None:
    found = queries.tambon_at(lat, lon)
    inside = [
        code for code, shape in queries._shapes().items() if shape.intersects(Point(lon, lat))
    ]
    assert found == min(inside, default=None)
    assert sorted(inside) == queries.tambons_touching(Point(lon, lat))
