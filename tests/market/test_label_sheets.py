"""What stands on a packet, drawn, rendered and read again by a program that is not ours."""

from datetime import date

import msgspec
import pypdfium2
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from certification.basis import codes
from certification.basis.text import Text
from market.domain.labels import drawing, rules, sheets
from market.domain.labels.layouts import LAYOUTS, Sheet
from market.domain.labels.rules import Goods, OriginTooLong

ORIGIN = "https://talatkhiao.example.org"
KALE = Goods(
    crop=Text("คะน้า", "Chinese kale"),
    group=Text("กลุ่มเกษตรอินทรีย์รัตภูมิ", "Rattaphum Organic Group"),
    tambon=Text("ท่าชะมวง", "Tha Chamuang"),
    amphoe=Text("รัตภูมิ", "Rattaphum"),
    harvested_on=date(2026, 11, 21),
    claim="organic",
    certificate_number="SGS-90-69-00025-7",
    code="7K2M9QXD",
)
SHEETS: tuple[Sheet, ...] = ("a4-3x8", "l7160")


def kale(**changed: object) -> rules.Label:
    return rules.label(msgspec.structs.replace(KALE, **changed), 500, ORIGIN)


def pages(pdf: bytes, dpi: int) -> list[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("sheet", SHEETS)
def test_every_code_of_a_printed_sheet_is_read(sheet: Sheet, dpi: int) -> None:
    count = LAYOUTS[sheet].places + 2
    pdf = sheets.pdf([kale()] * count, sheet, start_at=3)
    read = [zxingcpp.read_barcodes(page) for page in pages(pdf, dpi)]
    assert [len(page) for page in read] == [count - 4, 4]
    assert {code.text for page in read for code in page} == {f"{ORIGIN.upper()}/L/7K2M9QXD"}
    assert {code.ec_level for page in read for code in page} == {"M"}


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_first_free_place_is_where_printing_begins(sheet: Sheet) -> None:
    layout = LAYOUTS[sheet]
    [page] = pages(sheets.pdf([kale()], sheet, start_at=layout.places), 203)
    [code] = zxingcpp.read_barcodes(page)
    mm = 25.4 / 203
    left = (layout.left + (layout.columns - 1) * layout.step_x) / 10
    top = (layout.top + (layout.rows - 1) * layout.step_y) / 10
    assert left < code.position.top_left.x * mm < left + layout.width / 10
    assert top < code.position.top_left.y * mm < top + layout.height / 10


def test_thai_words_are_whole_in_the_document() -> None:
    for name in ("น้ำผึ้งป่า", "ป้าปี๋", "มันเทศญี่ปุ่น"):
        said = words(sheets.pdf([kale(crop=Text(name, "x"))], "a4-3x8"))
        # An extracted sara am comes apart into its two marks, in either order.
        assert {*said} >= {*name.replace("ำ", "")}


@pytest.mark.parametrize(
    "name",
    ['#panic("x")', '#set page(width: 1cm)', '"quoted"', "$x$ *b* _i_ @ref <l> \\ \\", "// gone",
     "#image(\"/etc/passwd\")", "]", "}", "' + sys.version + '"],
)  # fmt: skip
def test_a_name_is_never_read_as_markup(name: str) -> None:
    pdf = sheets.pdf([kale(crop=Text(name, name))], "a4-3x8")
    assert [page.size for page in pages(pdf, 72)] == [(596, 842)]
    plain = "".join(words(pdf).split())
    assert "".join(name.split()) in plain


@settings(max_examples=15, deadline=None)
@given(name=st.text(min_size=1, max_size=120))
@example(name="ข้าวสังข์หยดพัทลุงกล้องงอกบรรจุถุงสุญญากาศเก็บเกี่ยวด้วยมือจากนาของปู่ย่าตายาย" * 2)
def test_any_name_leaves_the_code_readable(name: str) -> None:
    label = kale(crop=Text(name, name), group=Text(name, name))
    [page] = pages(sheets.pdf([label], "l7160"), 203)
    [code] = zxingcpp.read_barcodes(page)
    assert code.text == label.address


def test_where_no_label_waits_the_page_is_blank() -> None:
    [page] = pages(sheets.pdf([], "a4-3x8"), 72)
    assert page.getextrema() == (255, 255)


def test_the_trial_page_has_outlines_and_no_code() -> None:
    [page] = pages(sheets.trial_pdf("a4-3x8"), 203)
    assert zxingcpp.read_barcodes(page) == []
    assert page.getextrema() != (255, 255)


@pytest.mark.parametrize("claim", ["in_conversion", "plain"])
def test_the_word_organic_stands_on_organic_goods_only(claim: str) -> None:
    label = kale(claim=claim, crop=Text("คะน้า อินทรีย์", "ORGANIC kale"))
    told = " ".join(value for value in msgspec.structs.asdict(label).values())
    assert "อินทรีย" not in told
    assert "organic" not in told.lower()
    assert label.name == "คะน้า"
    assert label.name_en == "kale"


def test_a_label_says_what_the_lot_may_say() -> None:
    assert kale().claim == "อินทรีย์ พีจีเอส (PGS)"
    assert kale().certificate == "SGS-90-69-00025-7"
    assert kale().group == "กลุ่มเกษตรอินทรีย์รัตภูมิ"
    assert kale(claim="in_conversion").claim == "พีจีเอส (PGS) ระยะปรับเปลี่ยน"
    plain = kale(claim="plain")
    assert (plain.claim, plain.claim_en, plain.certificate) == ("", "", "")
    assert "PGS" not in " ".join(msgspec.structs.asdict(plain).values())


def test_a_label_speaks_as_the_village_does() -> None:
    label = kale()
    assert label.harvested == "เก็บ 21\u00a0พ.ย.\u00a02569 (21\u00a0Nov\u00a02026)"
    assert label.place == "ต.ท่าชะมวง อ.รัตภูมิ"
    assert label.code == "7K2M 9QXD"
    assert label.weight == "500 กรัม"
    assert rules.label(KALE, 1_500, ORIGIN).weight == "1.5 กก."


def test_an_address_is_upper_case_without_a_stray_slash() -> None:
    assert rules.address(ORIGIN + "/", "C", "7K2M9QXD") == f"{ORIGIN.upper()}/C/7K2M9QXD"


@pytest.mark.parametrize(
    "origin",
    ["https://" + "a" * 43, "https://a_b.example", "https://a.example/shop", "ftp://a.example",
     "https://a.example?x=1", "https://ตลาด.example"],
)  # fmt: skip
def test_an_origin_that_would_not_fit_the_code_is_refused(origin: str) -> None:
    with pytest.raises(OriginTooLong):
        rules.check_origin(origin)


def test_the_longest_origin_still_gives_version_3() -> None:
    longest = "https://" + "a" * (rules.ORIGIN_LETTERS_MAX - len("https://"))
    assert len(drawing._modules(rules.address(longest, "L", "7K2M9QXD"))) == 29


@settings(max_examples=30, deadline=None)
@given(body=st.text(alphabet=codes.ALPHABET, min_size=7, max_size=7))
def test_every_code_draws_and_reads(body: str) -> None:
    address = rules.address(ORIGIN, "L", body + codes.check_character(body))
    svg = drawing.qr_svg(address)
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 37 37"')
    modules = drawing._modules(address)
    image = Image.new("1", (37, 37), 1)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            image.putpixel((x + 4, y + 4), not dark)
    [read] = zxingcpp.read_barcodes(image.resize((148, 148), Image.Resampling.NEAREST).convert("L"))
    assert read.text == address


def test_small_letters_are_drawn_too() -> None:
    """A payment's payload is no upper-case address."""
    assert drawing.qr_svg("0002010102115802TH6304abcd") != drawing.qr_svg(
        "0002010102115802TH6304ABCD"
    )
