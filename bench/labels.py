"""What a thousand labels cost beside their bare QR codes: `./run bench labels`.

A thousand codes that differ, as crates have them: the squares alone (matrix and drawing), then the
whole sheets as PDF, in turn within each round; the ratio is that of its own round. Then a thousand
packets of one lot, as PDF and as the files of thermal printers. Keeps bench/results/labels.json;
ends with 1 where the limit is passed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec.structs import replace

from bench.ground import report
from certification.basis import codes
from certification.basis.text import Text
from market.domain.labels import drawing, files, rules, sheets
from market.domain.labels.rules import Goods, Label, Printed

LABELS, ROUNDS = 1_000, 5
LIMIT = 3
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


def main() -> int:
    found = measure()
    report.keep("labels", found)
    return int(found["ratio"]["median"] > LIMIT)


def measure() -> dict[str, Any]:
    squares, whole = [], []
    for _ in range(ROUNDS):
        labels = fresh()
        squares.append(seconds(lambda of=labels: [drawing.qr_svg(one.address) for one in of]))
        labels = fresh()
        whole.append(seconds(lambda of=labels: sheets.pdf(of, "a4-3x8")))
    ratio = report.spread([a / b for a, b in zip(whole, squares, strict=True)])
    print(
        report.line(
            f"{LABELS:,} labels as PDF", report.spread([1e6 * one for one in whole]), ratio, LIMIT
        )
    )
    found: dict[str, Any] = {
        "squares_s": report.spread(squares), "pdf_s": report.spread(whole), "ratio": ratio,
    }  # fmt: skip
    packets = Printed((rules.label(KALE, 500, ORIGIN),) * LABELS, "t50x30", 1)
    found["one_lot"] = {
        "pdf": of_one(lambda: sheets.pdf(packets.labels, "a4-3x8")),
        "escpos_203": of_one(lambda: files.thermal(packets, 203, "escpos")),
        "zpl_203": of_one(lambda: files.thermal(packets, 203, "zpl")),
    }
    return found


def fresh() -> list[Label]:
    """Of codes that were never drawn: nothing is remembered from before."""
    return [
        rules.label(replace(KALE, code=codes.make()), 500, ORIGIN) for _ in range(LABELS)
    ]  # fmt: skip


def of_one(draw: Callable[[], bytes]) -> dict[str, float]:
    began = time.perf_counter()
    size = len(draw())
    spent = time.perf_counter() - began
    print(f"  of one lot: {spent:6.2f} s, {size / 1e6:6.2f} MB")
    return {"seconds": round(spent, 2), "megabytes": round(size / 1e6, 2)}


def seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
