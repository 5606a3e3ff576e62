"""Reads the small code on a photo of a slip: a picture on stdin, what its codes hold on stdout.

A program of its own, run by `seen_on`, as pictures are drawn anew by one
(docs/decisions/0018-photos-are-drawn-anew.md): what strangers send may take only this process
with it.
"""

from __future__ import annotations

import io
import resource
import sys

import zxingcpp
from PIL import Image

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
SECONDS_MAX = 10
MEMORY_BYTES_MAX = 1_000_000_000
CODES_MAX = 5


def codes(content: bytes) -> list[str]:
    """Of every QR code on it."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"), formats=QR)
    return [one.text for one in found[:CODES_MAX] if one.text.isascii() and "\n" not in one.text]


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    try:
        sys.stdout.write("\n".join(codes(sys.stdin.buffer.read())))
    except Exception:  # noqa: BLE001  # a decoder may fail in any way; then nothing was read
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
