"""What goes to a printer is read back by readers that are not ours, and measured with a ruler."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import bench.labels
from market.domain.labels import files, layouts, printers, rules, sheets
from market.domain.labels.layouts import LAYOUTS, Level, Sheet, Shift
from market.domain.labels.rules import Label, Printed
from tests.market import label_readers as readers
from tests.market.test_label_sheets import kale

pytestmark = [pytest.mark.zbar, pytest.mark.poppler]

LEVELS: tuple[Level, ...] = ("M", "Q")
PAPER_LEVELS: dict[Sheet, tuple[Level, ...]] = {"a4-3x8": ("M",), "l7160": ("Q",)}
CODES = ("7K2M9QXD", "G5WTR0NV", "0000000A")
LEAST_MM = {"a4-3x8": 0.396, "l7160": 0.396, "t50x30": 0.5, "t58x40": 0.5}


def labels() -> list[Label]:
    """As different lots have them: kale with its longest line, and goods that claim nothing."""
    return [kale(code=CODES[0]), kale(code=CODES[1], claim="plain"), kale(code=CODES[2])]


def each_way(sheet: Sheet, dpi: int, level: Level, folder: Path) -> dict[str, list[Image.Image]]:
    """The same three labels, by each of the ways that lead to a printer."""
    made = labels()
    pages = readers.of_pdf(sheets.pdf(made, sheet, 2, level=level), dpi, folder)
    if layouts.is_paper(sheet):
        return {"pdf": cut(pages[0], sheet, (1, 2, 3), dpi)}
    printed = Printed(tuple(made), sheet, 1, level)
    zpl = readers.of_zpl(files.thermal(printed, dpi, "zpl"))
    assert [copies for _, copies in zpl] == [1, 1, 1]
    return {
        "pdf": pages,
        "escpos": readers.of_escpos(files.thermal(printed, dpi, "escpos")),
        "zpl": [picture for picture, _ in zpl],
    }


def cut(page: Image.Image, sheet: Sheet, places: tuple[int, ...], dpi: int) -> list[Image.Image]:
    of = LAYOUTS[sheet]
    dots = dpi / 254
    found = []
    for place in places:
        left = of.left + place % of.columns * of.step_x
        top = of.top + place // of.columns * of.step_y
        box = (left, top, min(left + of.width, of.page_width), top + of.height)
        found.append(page.crop(tuple(round(edge * dots) for edge in box)))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("dpi", [203, 300])
def test_three_readers_read_every_label_by_every_way_to_the_printer(
    dpi: int, tmp_path: Path
) -> None:
    """A fourth that is weaker may miss some; what it reads is right."""
    wrong, plain = [], []
    for sheet in LAYOUTS:
        for level in PAPER_LEVELS.get(sheet, LEVELS):
            for way, pictures in each_way(sheet, dpi, level, tmp_path).items():
                here = f"{sheet} {level} {way} {dpi}"
                meant = [one.address for one in labels()]
                told = readers.read(pictures, tmp_path)
                plain += told.pop("opencv")
                wrong += [
                    f"{here}: {name} {found}" for name, found in told.items() if found != meant
                ]
                for picture in pictures:
                    module, white = readers.measured(picture, dpi)
                    edge = 1 if way == "pdf" else 0  # a dot that the rasteriser smooths away
                    least = LEAST_MM[sheet] - edge * 25.4 / dpi / 25
                    if module < least or white < 4 - edge / 4:
                        wrong.append(f"{here}: module {module:.3f} mm, white {white:.1f}")
    assert wrong == []
    assert set(plain) <= {one.address for one in labels()}


def test_a_receipt_printer_gets_what_its_head_can_burn_and_loses_no_ink() -> None:
    for sheet in ("t50x30", "t58x40"):
        for dpi, wide in ((203, 384), (300, 568)):
            printed = Printed(tuple(labels()), sheet, 1, "Q")
            sent = readers.of_escpos(files.thermal(printed, dpi, "escpos"))
            whole = readers.of_zpl(files.thermal(printed, dpi, "zpl"))
            assert {one.width for one in sent} == {wide}
            for one, (other, _) in zip(sent, whole, strict=True):
                assert _black(one) == _black(other)


def test_labels_that_are_alike_are_drawn_once_and_asked_for_by_number() -> None:
    printed = Printed((kale(),) * 240, "t50x30", 1)
    zpl = files.thermal(printed, 203, "zpl")
    assert [copies for _, copies in readers.of_zpl(zpl)] == [240]
    assert len(zpl) < 30_000
    sent = readers.of_escpos(files.thermal(printed, 203, "escpos"))
    assert len(sent) == 240
    assert len({one.tobytes() for one in sent}) == 1


def test_thai_marks_are_burnt_where_the_typesetter_puts_them() -> None:
    """Two storeys of marks over one letter: each changes dots above it, and none is a box."""
    burnt = [_alone(name) for name in ("ปา", "ป่า", "ปี", "ปี่", "ปู", "นำ", "น้ำ")]
    assert len({one.tobytes() for one in burnt}) == len(burnt)
    for plain, marked in ((0, 1), (2, 3), (5, 6)):
        more = _top(burnt[marked])
        assert more < _top(burnt[plain]), "the mark stands above"


def test_a_sheet_is_moved_by_what_the_printer_is_off(tmp_path: Path) -> None:
    """Half a millimetre is six dots at 300 dpi: measured on the label and on the trial page."""
    for draw in (
        lambda shift: sheets.pdf([kale()], "l7160", shift=shift),
        lambda shift: sheets.trial_pdf("l7160", shift),
    ):
        before, after = (
            np.asarray(readers.of_pdf(draw(shift), 254, tmp_path)[0]) < 128
            for shift in (layouts.NO_SHIFT, Shift(right=15, down=-20))
        )
        moved = np.zeros_like(before)
        moved[:-20, 15:] = before[20:, :-15]
        words = slice(0, 400), slice(0, 300)
        assert moved[words].sum() > 300
        assert (moved[words] != after[words]).mean() < 0.01


def test_the_rulers_of_the_trial_page_are_millimetres(tmp_path: Path) -> None:
    """At 254 dpi a millimetre is ten dots: the cross at 30 mm, then a tick at each."""
    [page] = readers.of_pdf(sheets.trial_pdf("a4-3x8"), 254, tmp_path)
    dark = np.asarray(page) < 128
    along = [x for x in range(300, 1801, 10) if dark[312, x - 1 : x + 2].any()]
    down = [y for y in range(300, 2301, 10) if dark[y - 1 : y + 2, 312].any()]
    assert (len(along), len(down)) == (151, 201)
    between = [x for x in range(305, 1800, 10) if dark[306, x - 1 : x + 2].any()]
    assert between == []


def test_what_is_not_whole_bytes_is_filled_with_white() -> None:
    picture = Image.new("1", (13, 2), 0)
    [(back, copies)] = readers.of_zpl(printers.zpl([picture], 3))
    assert (back.size, copies) == ((16, 2), 3)
    assert np.asarray(back).tolist() == [[0] * 13 + [255] * 3] * 2


@pytest.mark.long
def test_a_thousand_labels_cost_at_most_three_times_their_bare_codes(record_property) -> None:
    """`./run bench labels`"""
    found = bench.labels.measure()
    ratio, most = found["ratio"], bench.labels.LIMIT
    record_property(
        "figure", f"1,000 different labels as PDF in {found['pdf_s']['median']} s,"
        f" {ratio['median']}x their bare codes ({ratio['min']} to {ratio['max']}; limit {most}x);"
        f" of one lot: {found['one_lot']}",
    )  # fmt: skip
    assert ratio["median"] <= most


def _black(picture: Image.Image) -> int:
    return int((np.asarray(picture) < 128).sum())


def _alone(name: str) -> Image.Image:
    label = kale(crop=rules.Text(name, ""), claim="plain")
    return sheets.look(label, "t58x40", "M", 300).crop((50, 0, 300, 160))


def _top(picture: Image.Image) -> int:
    return int(np.flatnonzero((np.asarray(picture.convert("L")) < 128).any(axis=1))[0])
