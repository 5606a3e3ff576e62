"""What a village clerk types, and what is made of it; no text at all may crash the reading."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certification.basis import personal_numbers, units
from certification.basis.refusal import Refusal

TODAY = date(2026, 11, 22)
READERS: list[Callable[[str], object]] = [
    units.area_m2,
    units.weight_grams,
    units.money_satang,
    personal_numbers.phone,
    personal_numbers.national_id,
    lambda text: units.day(text, near=TODAY),
    lambda text: units.area_m2(text, unit="rai"),
    lambda text: units.weight_grams(text, unit="kg"),
]
NEARLY = st.text(alphabet="0123456789๐๕.,-−/ ฿่ก.ไร่งานวาตรมครึ่งkghaส.ค.พศ²\t", max_size=30)


@pytest.mark.parametrize(
    ("written", "m2"),
    [
        ("2-1-50", 3_800),
        ("๒-๑-๕๐", 3_800),
        ("2-1-50 ไร่", 3_800),
        ("4-2-58.5", 7_434),
        ("0-0-59.6", 238),
        ("1-5-0", 3_600),
        ("2 ไร่ 1 งาน 50 ตร.ว.", 3_800),
        ("2 rai 1 ngan 50 sq wah", 3_800),
        ("2.5 ไร่", 4_000),
        ("2 ไร่ครึ่ง", 4_000),
        ("ครึ่งไร่", 800),
        ("50 ตารางวา", 200),
        ("3,600 ตร.ม.", 3_600),
        ("3600 m²", 3_600),
        ("0.36 ha", 3_600),
        ("4 เฮกตาร์", 25 * 1_600),
    ],
)
def test_land_is_read_as_the_village_writes_it(written: str, m2: int) -> None:
    assert units.area_m2(written) == m2


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2", "units.unit_missing"),
        ("-2 ไร่", "units.negative"),
        ("1 งาน 2 ไร่", "units.not_an_area"),
        ("2 ไร่ 3 ไร่", "units.not_an_area"),
        ("2 1 ไร่", "units.not_an_area"),
        (".5 ไร่", "units.not_an_area"),
        ("2 ไร่ .5", "units.not_an_area"),
        ("1,23 ไร่", "units.not_an_area"),
        ("2-1", "units.not_an_area"),
        ("", "units.not_an_area"),
        ("9" * 30 + " ไร่", "units.too_large"),
    ],
)
def test_land_that_could_be_read_in_two_ways_is_refused(written: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        units.area_m2(written, field="plot_area")
    assert refused.value.code == code
    assert refused.value.status == 400
    assert refused.value.facts["field"] == "plot_area"


def test_a_bare_number_counts_what_the_field_counts() -> None:
    assert units.area_m2("2.5", unit="rai") == 4_000
    assert units.area_m2("2.5", unit="m2") == 3, "half up"
    assert units.weight_grams("1.5", unit="kg") == 1_500


@pytest.mark.parametrize(
    ("written", "grams"),
    [
        ("1.5 กก.", 1_500),
        ("15 ขีด", 1_500),
        ("500 g", 500),
        ("๕๐๐ กรัม", 500),
        ("1 กิโล 2 ขีด", 1_200),
        ("2 โลครึ่ง", 2_500),
        ("ครึ่งกิโล", 500),
        ("1.25 ตัน", 1_250_000),
    ],
)
def test_weight_is_read_as_the_market_says_it(written: str, grams: int) -> None:
    assert units.weight_grams(written) == grams


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2 กำ", "units.not_a_weight"),
        ("1,3 kg", "units.not_a_weight"),
        ("12,34 กก.", "units.not_a_weight"),
        ("1.0005 kg", "units.too_many_decimals"),
        ("0.5 กรัม", "units.too_many_decimals"),
        ("-1 kg", "units.negative"),
        ("5", "units.unit_missing"),
    ],
)
def test_weight_that_is_none_is_refused(written: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        units.weight_grams(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "satang"),
    [
        ("1,234.50", 123_450),
        ("๑๒๓.๕", 12_350),
        ("฿80", 8_000),
        ("80.-", 8_000),
        ("80 บาท", 8_000),
        ("0.01", 1),
        ("THB 1,000,000", 100_000_000),
    ],
)
def test_money_is_whole_satang(written: str, satang: int) -> None:
    assert units.money_satang(written) == satang


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.005", "units.too_many_decimals"),
        ("1.000", "units.too_many_decimals"),
        ("-5", "units.negative"),
        ("฿-5", "units.not_money"),
        ("1.234,50", "units.not_money"),
        ("12,34", "units.not_money"),
        ("1e3", "units.not_money"),
        ("NaN", "units.not_money"),
        ("", "units.not_money"),
    ],
)
def test_money_in_doubt_is_refused(written: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        units.money_satang(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "written",
    [
        "2020-08-26",
        "2563-08-26",
        "26/08/2563",
        "26/8/63",
        "26-8-2563",
        "26.8.2020",
        "๒๖/๘/๒๕๖๓",
        "26 ส.ค. 63",
        "26 สค 2563",
        "26 สิงหาคม 2563",
        "26 สิงหา 63",
        "วันพุธที่ 26 สิงหาคม พ.ศ. 2563",
        "26 สิงหาคม ค.ศ. 2020",
        "26 Aug 2020",
        "26 August 2020",
    ],
)
def test_one_day_is_written_in_many_ways(written: str) -> None:
    assert units.day(written, near=TODAY) == date(2020, 8, 26)


@pytest.mark.parametrize(
    ("written", "year"),
    [("1/5/69", 2026), ("1/5/39", 1996), ("1/5/74", 2031), ("1/5/26", 2026), ("1/5/00", 2000)],
)
def test_two_figures_of_a_year_are_read_near_today(written: str, year: int) -> None:
    assert units.day(written, near=TODAY) == date(year, 5, 1)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1/5/35", "units.year_unclear"),
        ("1/5/38", "units.year_unclear"),
        ("1/5/75", "units.year_unclear"),
        ("1/5/2300", "units.year_unclear"),
        ("1 พ.ค. ค.ศ. 2563", "units.year_unclear"),
        ("1 พ.ค. พ.ศ. 2020", "units.year_unclear"),
        ("1 ก.พ. 2480", "units.year_unclear"),
        ("08/26/2563", "units.not_a_date"),
        ("29/2/2568", "units.not_a_date"),
        ("0/1/2569", "units.not_a_date"),
        ("เมื่อวาน", "units.not_a_date"),
        ("วันที่", "units.not_a_date"),
    ],
)
def test_a_day_in_doubt_is_refused_and_names_its_field(written: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        units.day(written, near=TODAY, field="sown_on")
    assert refused.value.code == code
    assert refused.value.facts["field"] == "sown_on"


def test_the_day_turns_at_midnight_in_thailand() -> None:
    assert units.local_day(datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC)) == TODAY
    assert units.local_day(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_year_once_began_in_april() -> None:
    assert units.thai_date(date(1940, 2, 1)) == "1 ก.พ. 2482"
    assert units.thai_date(date(1940, 4, 1)) == "1 เม.ย. 2483"
    assert units.thai_date(date(1941, 1, 1)) == "1 ม.ค. 2484"
    assert units.day("1/2/1940", near=TODAY) == date(1940, 2, 1)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("081-234-5678", "0812345678"),
        ("+66 81 234 5678", "0812345678"),
        ("+66(0)812345678", "0812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("66812345678", "0812345678"),
        ("074-123456", "074123456"),
        ("02 123 4567", "021234567"),
    ],
)
def test_a_telephone_number_has_one_form(written: str, number: str) -> None:
    assert personal_numbers.phone(written) == number


@pytest.mark.parametrize(
    "written", ["1669", "0512345678", "081234567", "08123456789", "+1 2125550100"]
)
def test_a_number_that_rings_nowhere_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(personal_numbers.NotAPhone) as refused:
        personal_numbers.phone(written)
    assert refused.value.facts == {"field": "phone"}


def test_a_card_number_has_a_check_digit() -> None:
    assert personal_numbers.national_id("1-1017-00230-70-8") == "1101700230708"
    for wrong in ("1-1017-00230-70-5", "110170023070", "9101700230705", "0" * 13):
        with pytest.raises(personal_numbers.NotANationalId):
            personal_numbers.national_id(wrong)


@given(
    st.text(alphabet="012345678", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9)
)
def test_one_wrong_digit_of_a_card_is_found(twelve: str, place: int, by: int) -> None:
    total = sum(int(digit) * (13 - at) for at, digit in enumerate(twelve))
    right = twelve + str((11 - total % 11) % 10)
    assert personal_numbers.national_id(right) == right
    wrong = right[:12] + str((int(right[12]) + by) % 10)
    with pytest.raises(personal_numbers.NotANationalId):
        personal_numbers.national_id(wrong)


@given(st.integers(0, 10**12))
@example(0)
@example(7_434)
def test_land_shown_is_land_read(m2: int) -> None:
    assert units.area_m2(units.thai_area(m2)) == m2
    assert units.area_m2(units.english_area(m2)) == m2
    assert units.area_m2("-".join(units.rai_ngan_wah(m2))) == m2


@given(st.integers(0, 10**13))
def test_money_shown_is_money_read(satang: int) -> None:
    assert units.money_satang(units.baht(satang)) == satang
    assert units.money_satang(units.baht(satang, "en")) == satang


@given(st.integers(0, 10**13))
def test_weight_shown_is_weight_read(grams: int) -> None:
    assert units.weight_grams(units.kilos(grams)) == grams
    assert units.weight_grams(units.kilos(grams, "en")) == grams


@given(st.dates(date(1941, 1, 1), date(2199, 12, 31)))
def test_a_day_shown_is_the_day_read(on: date) -> None:
    assert units.day(units.thai_date(on), near=TODAY) == on
    assert units.day(units.english_date(on), near=TODAY) == on
    assert units.day(on.isoformat(), near=TODAY) == on


@given(st.dates(date(1996, 1, 1), date(2031, 12, 31)))
def test_two_figures_never_mean_two_days(on: date) -> None:
    buddhist, christian = (on.year + 543) % 100, on.year % 100
    for year in (buddhist, christian) if on.year >= 2000 else (buddhist,):
        assert units.day(f"{on.day}/{on.month}/{year:02}", near=TODAY) == on


@given(st.text() | NEARLY)
@example("٣ ไร่")
@example("²")
@example("1/1/๖")
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    for read in READERS:
        with contextlib.suppress(Refusal):
            assert read(text) is not None
            continue
        with pytest.raises(Refusal, match=r"^(units|personal_numbers)\."):
            read(text)


def test_what_is_shown() -> None:
    assert units.thai_area(7_434) == "4 ไร่ 2 งาน 58.5 ตร.ว."
    assert units.thai_area(0) == "0 ไร่"
    assert units.english_area(3_800) == "2 rai 1 ngan 50 sq wah"
    assert units.baht(123_450) == "1,234.50 บาท"
    assert units.baht(8_000) == "80 บาท"
    assert units.baht(-5) == "-0.05 บาท"
    assert units.kilos(1_500) == "1.5 กก."
    assert units.kilos(12_000, "en") == "12 kg"
    assert units.thai_date(date(2026, 11, 22)) == "22 พ.ย. 2569"
    assert units.english_date(date(2026, 11, 22)) == "22 Nov 2026"
