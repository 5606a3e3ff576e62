"""Programs that are not ours read a label back, from a page or from what is sent to a printer.

The two printer languages are taken apart after their makers' manuals, not with our own words.
"""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from PIL import Image

from tests.skips import program

WECHAT = cv2.wechat_qrcode.WeChatQRCode()
PLAIN = cv2.QRCodeDetector()


def of_escpos(sent: bytes) -> list[Image.Image]:
    """`ESC @`, then `GS v 0` with a form feed or a feed of dots after each."""
    assert sent[:2] == b"\x1b@"
    at, found = 2, []
    while at < len(sent):
        if sent[at : at + 4] == b"\x1dv0\x00":
            wide = sent[at + 4] + 256 * sent[at + 5]
            high = sent[at + 6] + 256 * sent[at + 7]
            found.append(_burnt(sent[at + 8 : at + 8 + wide * high], wide, high))
            at += 8 + wide * high
        elif sent[at : at + 1] == b"\x0c":
            at += 1
        else:
            assert sent[at : at + 2] == b"\x1bJ", sent[at : at + 4]
            at += 3
    return found


def of_zpl(sent: bytes) -> list[tuple[Image.Image, int]]:
    """Each format's picture, and how many copies it asks for."""
    found = []
    for one in re.findall(rb"\^XA(.*?)\^XZ", sent, re.DOTALL):
        field = re.search(rb"\^GFA,(\d+),(\d+),(\d+),([0-9A-F]+)\^FS", one)
        assert field is not None
        sent_bytes, all_, wide = (int(field[n]) for n in (1, 2, 3))
        assert sent_bytes == all_ == len(field[4]) // 2
        copies = re.search(rb"\^PQ(\d+)", one)
        dots = _burnt(bytes.fromhex(field[4].decode()), wide, all_ // wide)
        assert f"^PW{dots.width}^LL{dots.height}".encode() in one
        found.append((dots, int(copies[1]) if copies else 1))
    return found


def of_pdf(pdf: bytes, dpi: int, folder: Path) -> list[Image.Image]:
    (folder / "labels.pdf").write_bytes(pdf)
    for old in folder.glob("page-*"):
        old.unlink()
    subprocess.run(
        [program("poppler") or "", "-r", str(dpi), "-gray", folder / "labels.pdf", folder / "page"],
        check=True,
    )  # fmt: skip
    return [Image.open(one).convert("L") for one in sorted(folder.glob("page-*"))]


def read(labels: Sequence[Image.Image], folder: Path) -> dict[str, list[str]]:
    """What each reader finds, label for label; one that finds none says nothing."""
    for old in folder.glob("label-*"):
        old.unlink()
    for number, label in enumerate(labels):
        label.save(folder / f"label-{number:04}.png")
    zbar = subprocess.run(
        [program("zbar") or "", "--quiet", "--raw", *sorted(folder.glob("label-*"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    grey = [np.asarray(label) for label in labels]
    return {
        "zxing": [code.text for one in labels for code in zxingcpp.read_barcodes(one)],
        "wechat": [text for one in grey for text in WECHAT.detectAndDecode(one)[0]],
        "zbar": zbar.stdout.split(),
        "opencv": [text for one in grey if (text := PLAIN.detectAndDecode(one)[0])],
    }


def measured(label: Image.Image, dpi: int) -> tuple[float, float]:
    """The width of a module in mm, and the white around the code in modules."""
    [code] = zxingcpp.read_barcodes(label)
    dark = np.asarray(label) < 128
    corners = [
        getattr(code.position, name)
        for name in ("top_left", "top_right", "bottom_right", "bottom_left")
    ]
    left, right = min(c.x for c in corners), max(c.x for c in corners)
    top, bottom = min(c.y for c in corners), max(c.y for c in corners)
    rows = np.flatnonzero(dark[top - 3 : bottom + 4, left:right].any(axis=1)) + top - 3
    columns = np.flatnonzero(dark[top:bottom, left - 3 : right + 4].any(axis=0)) + left - 3
    modules = 17 + 4 * int(code.extra["Version"])
    dots = (columns[-1] - columns[0] + 1) / modules
    white = 0
    while (
        not dark[
            max(rows[0] - white - 1, 0) : rows[-1] + white + 2,
            max(columns[0] - white - 1, 0) : columns[-1] + white + 2,
        ].sum()
        - dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].sum()
    ):
        white += 1
        if white > 8 * dots:
            break
    return dots * 25.4 / dpi, white / dots


def _burnt(bits: bytes, wide: int, high: int) -> Image.Image:
    """A set bit is a black dot."""
    assert len(bits) == wide * high
    dots = np.unpackbits(np.frombuffer(bits, np.uint8)).reshape(high, wide * 8)
    return Image.fromarray(np.where(dots == 1, 0, 255).astype(np.uint8))
