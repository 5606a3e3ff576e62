"""Whatever somebody sends as a photo: it is refused in words, or what is kept is a clean JPEG."""

import asyncio
import io
import random
import zipfile

import pytest
from PIL import Image

from certification.basis import blobs, pictures
from certification.basis.blobs import Blob
from certification.basis.database import Database
from certification.basis.transaction import run
from tests import pictures as made
from tests.cast import MALEE, NOW, SOMCHAI
from tests.pictures import bomb, by_phone, tiny, written

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//"
SECRETS = (b"Exif", b"ZZ", b"PK", b"<script", b"GPS", b"ICC", b"http")


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("ZZ.html", "<script>alert(1)</script>")
    return held.getvalue()


def sixteen_bits() -> bytes:
    row = b"\x00\x80" * 10 + b"\xff\xff" * 10
    return written(Image.frombytes("I;16", (20, 10), row * 10), "PNG")


def moving() -> bytes:
    first, second = Image.new("RGB", (20, 10), "red"), Image.new("RGB", (20, 10), "blue")
    return written(first, "WEBP", save_all=True, append_images=[second], duration=100)


def broken_exif() -> bytes:
    whole = by_phone()
    at = whole.index(b"Exif") + 8
    return whole[:at] + b"\xff" * 60 + whole[at + 60 :]


def noise(seed: int) -> bytes:
    """A whole photo with forty bytes changed."""
    rolled, bytes_ = random.Random(seed), bytearray(by_phone())
    for _ in range(40):
        bytes_[rolled.randrange(2, len(bytes_))] = rolled.randrange(256)
    return bytes(bytes_)


REFUSED = {
    "empty": b"", "words": b"hello", "SVG": SVG, "GIF that is a script too": GIF,
    "a true GIF": made.tiny(kind="GIF"), "BMP": made.tiny(kind="BMP"), "PDF": b"%PDF-1.7 deed",
    "cut JPEG": by_phone()[:-200], "only the first bytes": b"\xff\xd8\xff\xe0" + b"\0" * 100,
    "cut PNG": made.tiny(kind="PNG")[:-30], "HTML behind a JPEG's start": b"\xff\xd8\xff<script>",
    "SVG after a PNG's start": b"\x89PNG\r\n\x1a\n" + SVG,
}  # fmt: skip
TAKEN = {
    "as a phone takes it": by_phone(), "ZIP behind it": by_phone() + zipped(),
    "a script behind it": tiny(kind="PNG") + b"<script>ZZ</script>",
    "CMYK": written(Image.new("CMYK", (20, 10), (0, 255, 255, 0)), "JPEG"),
    "16 bits": sixteen_bits(), "moving WEBP": moving(), "see-through": written(
        Image.new("RGBA", (20, 10), (255, 0, 0, 0)), "PNG"),
    "palette": written(Image.new("P", (20, 10), 3), "PNG"),
    "words in a PNG": written(Image.new("RGB", (9, 9)), "PNG", icc_profile=b"ZZICC" * 40),
    "broken EXIF": broken_exif(), "very long": written(Image.new("RGB", (16_000, 3)), "PNG"),
}  # fmt: skip


def shown(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def unclean(content: bytes) -> str:
    image = shown(content)
    if (image.format, image.mode) != ("JPEG", "RGB") or max(image.size) > 1_600:
        return f"{image.format} {image.mode} {image.size}"
    if dict(image.getexif()) or not set(image.info) <= {"jfif", "jfif_version", "jfif_unit",
                                                        "jfif_density"}:  # fmt: skip
        return f"says {dict(image.getexif())} {image.info}"
    if not content.endswith(b"\xff\xd9") or content.count(b"\xff\xd9") != 1:
        return "something lies behind its end"
    return ", ".join(repr(one) for one in SECRETS if one in content)


async def test_hostile_files_are_refused_or_come_out_clean(db: Database) -> None:
    wrong, files = [], REFUSED | TAKEN | {f"noise {seed}": noise(seed) for seed in range(4)}
    for name, content in files.items():
        try:
            kind, kept = await blobs.fetch(await run(pictures.keep, content, by=MALEE, at=NOW))
        except pictures.Unreadable:
            wrong += [f"{name}: refused"] if name in TAKEN else []
            continue
        wrong += [f"{name}: taken"] if name in REFUSED else []
        wrong += [f"{name}: {why}"] if (why := unclean(kept)) or kind != "image/jpeg" else []
    assert wrong == []


async def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused(
    db: Database,
) -> None:
    for side in (12_000, 6_400):
        assert len(bomb(side)) < 20_000
        with pytest.raises(pictures.TooManyPixels) as no:
            await run(pictures.keep, bomb(side), by=MALEE, at=NOW)
        assert no.value.facts == {"megapixels": 40}
    assert await Blob.count() == 0


async def test_the_largest_that_is_taken_becomes_small(db: Database) -> None:
    _, kept = await blobs.fetch(await run(pictures.keep, bomb(6_300), by=MALEE, at=NOW))
    assert shown(kept).size == (1_600, 1_600)
    with pytest.raises(pictures.TooHeavy):
        await run(pictures.keep, b"x" * (blobs.BYTES_MAX + 1), by=MALEE, at=NOW)


async def test_a_photo_stands_upright_and_shows_what_it_showed(db: Database) -> None:
    for turned, size, corner in ((1, (64, 48), 0), (3, (64, 48), 2), (6, (48, 64), 0)):
        kept = await run(pictures.keep, by_phone(turned), by=MALEE, at=NOW)
        image = shown((await blobs.fetch(kept))[1])
        red, _, blue = image.getpixel((2, 2))
        assert image.size == size
        assert (red > blue) == (corner == 0)
    kept = await run(pictures.keep, sixteen_bits(), by=MALEE, at=NOW)
    image = shown((await blobs.fetch(kept))[1])
    assert 100 < image.getpixel((3, 5))[0] < 150 < 240 < image.getpixel((17, 5))[0]
    kept = await run(pictures.keep, TAKEN["CMYK"], by=MALEE, at=NOW)
    red, green, _ = shown((await blobs.fetch(kept))[1]).getpixel((5, 5))
    assert red > 200 > 60 > green


async def test_the_same_photo_twice_is_kept_once_while_others_are_served(db: Database) -> None:
    keep = [run(pictures.keep, by_phone(), by=who, at=NOW) for who in (MALEE, SOMCHAI)]
    waiting = asyncio.gather(*keep)
    turns = 0
    while not waiting.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert len(set(await waiting)) == 1 == await Blob.count()
    assert turns > 5  # the loop went on meanwhile
