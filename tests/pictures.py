"""Small real pictures, and files that only look like one."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable

from PIL import Image


def tiny(colour: str = "green", kind: str = "JPEG") -> bytes:
    """The smallest photo that a door takes; another colour is another photo."""
    return written(Image.new("RGB", (8, 6), colour), kind)


def written(image: Image.Image, kind: str, **more: object) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **more)
    return made.getvalue()


def by_phone(turned: int = 1) -> bytes:
    """With the place and the owner's name inside; left half red, right half blue."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x0112] = "ZZEXIF of the field", "ZZEXIF of Somchai", turned
    exif.get_ifd(0x8825).update({1: "N", 2: (7.0, 4.0, 33.0), 3: "E", 4: (100.0, 17.0, 1.0)})
    image = Image.new("RGB", (64, 48), "red")
    image.paste("blue", (32, 0, 64, 48))
    return written(image, "JPEG", exif=exif, comment=b"ZZCOMMENT")


def bomb(side: int) -> bytes:
    """A black PNG of side × side pixels, written row by row, so that making it costs nothing."""
    row = b"\0" * (side // 8 + 2)
    packed = zlib.compressobj(9)
    body = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunks((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    )


def _chunks(*chunks: tuple[bytes, bytes]) -> Iterable[bytes]:
    for name, body in chunks:
        yield (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )
