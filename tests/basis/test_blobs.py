"""A file is kept under the name of its content: once, whole, and only what we know how to show."""

import asyncio
from pathlib import Path

import pytest

from certification.basis import blobs
from certification.basis.blobs import Blob, BlobMissing, UnknownFile
from certification.basis.database import Database
from certification.basis.transaction import run
from tests.cast import MALEE, NOW, SOMCHAI

PHOTO = b"\xff\xd8\xff\xe0" + b"kale" * 100
DRAWING = b"\x89PNG\r\n\x1a\n" + b"plot" * 100
PAPER = b"%PDF-1.7 deed of the land"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PHOTO, "image/jpeg"), (DRAWING, "image/png"), (PAPER, "application/pdf")],
)
async def test_what_was_kept_comes_back(content: bytes, kind: str, db: Database) -> None:
    digest = await run(blobs.keep, content, by=MALEE, at=NOW)
    assert await blobs.fetch(digest) == (kind, content)
    [row] = await Blob.select()
    assert (row["digest"], row["size_bytes"], row["by"]) == (digest, len(content), MALEE)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg/>", b"<html>", b"\xff\xd8", PHOTO[1:]], ids=repr
)
async def test_other_files_are_refused(content: bytes, db: Database) -> None:
    with pytest.raises(UnknownFile):
        await run(blobs.keep, content, by=MALEE, at=NOW)
    assert await Blob.count() == 0


async def test_the_last_room_on_the_disk_is_not_for_photos(db: Database, monkeypatch) -> None:
    known = await run(blobs.keep, PAPER, by=MALEE, at=NOW)
    monkeypatch.setattr(blobs, "LEFT_FREE_BYTES", 2**62)
    with pytest.raises(blobs.NoRoomForFiles):
        await run(blobs.keep, PHOTO, by=MALEE, at=NOW)
    assert await Blob.count() == 1
    assert await run(blobs.keep, PAPER, by=MALEE, at=NOW) == known  # sent twice needs no room


async def test_eight_megabytes_are_the_most(db: Database) -> None:
    whole = PHOTO.ljust(blobs.BYTES_MAX, b"x")
    assert len((await blobs.fetch(await run(blobs.keep, whole, by=MALEE, at=NOW)))[1]) == 8_000_000
    with pytest.raises(UnknownFile):
        await run(blobs.keep, whole + b"x", by=MALEE, at=NOW)


async def test_keeping_twice_is_keeping_once(db: Database) -> None:
    first = await run(blobs.keep, PHOTO, by=MALEE, at=NOW)
    assert await run(blobs.keep, PHOTO, by=SOMCHAI, at=NOW) == first
    [row] = await Blob.select()
    assert row["by"] == MALEE


async def test_twenty_phones_send_the_same_photo_at_the_same_moment(
    db: Database, tmp_path: Path
) -> None:
    names = await asyncio.gather(*(run(blobs.keep, PHOTO, by=MALEE, at=NOW) for _ in range(20)))
    assert len(set(names)) == 1
    assert await Blob.count() == 1
    files = [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert files == [names[0]]


async def test_a_photo_that_was_exchanged_on_the_disk_is_not_shown(
    db: Database, tmp_path: Path
) -> None:
    digest = await run(blobs.keep, PHOTO, by=MALEE, at=NOW)
    (tmp_path / "blobs" / digest[:2] / digest).write_bytes(DRAWING)
    with pytest.raises(BlobMissing):
        await blobs.fetch(digest)


async def test_a_photo_that_is_gone_from_the_disk_is_missing(db: Database, tmp_path: Path) -> None:
    digest = await run(blobs.keep, PHOTO, by=MALEE, at=NOW)
    (tmp_path / "blobs" / digest[:2] / digest).unlink()
    with pytest.raises(BlobMissing):
        await blobs.fetch(digest)


async def test_an_unknown_name_is_missing_and_reaches_no_other_file(db: Database) -> None:
    for name in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(BlobMissing):
            await blobs.fetch(name)
