"""Checkpoints: signed once for each size, kept elsewhere, and never over another past."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import pytest

from certification.basis import checkpoints, keepings, log, notes, tree_proof, witnesses
from certification.basis.checkpoints import LogCheckpoint, NothingToSign, RecordOtherwise
from certification.basis.database import Database, in_use
from certification.basis.refusal import Refusal
from certification.basis.witnesses import NotACheckpoint, SignedByAnother
from market.jobs import checkpoints as job
from tests.basis.test_tiles import ZEROS, grow
from tests.basis.village import TODAY
from tests.databases import edit_by_hand

NAME = "market.example.org/log"


@pytest.fixture
async def desk(db: Database, tmp_path: Path) -> keepings.Desk:
    use(tmp_path)
    job._tried.clear()
    return keepings.desk()


def use(folder: Path) -> None:
    key = folder / "keys" / keepings.KEY
    keepings.use(key, name=NAME, folder=folder / "kept", create_key=True)


def files(desk: keepings.Desk) -> list[str]:
    return [path.name.partition("-")[0].lstrip("0") for path in desk.kept()]


async def test_signed_once_for_each_size_and_kept_as_a_file(desk: keepings.Desk) -> None:
    with pytest.raises(NothingToSign):
        await checkpoints.sign(at=TODAY)
    await grow(5)
    first = await checkpoints.sign(at=TODAY)
    assert await checkpoints.sign(at=TODAY + timedelta(hours=1)) == first
    await grow(300)
    second = await checkpoints.sign(at=TODAY)
    assert [(one.number, one.size) for one in (first, second)] == [(1, 5), (2, 305)]
    assert files(desk) == ["305", "5"]
    assert desk.kept()[0].read_text() == second.note
    known = [notes.read_verifier(second.verifier)]
    said = notes.read_checkpoint(notes.signed_text(first.note, known))
    assert (said.origin, said.size, said.root) == (NAME, 5, first.root)
    assert (await checkpoints.newest(), await checkpoints.of_size(5)) == (second, first)
    assert await tree_proof.faults() == []
    assert await witnesses.kept_faults() == []


async def test_three_at_the_same_moment_sign_one(desk: keepings.Desk) -> None:
    await grow(20)
    done = await asyncio.gather(*(checkpoints.sign(at=TODAY) for _ in range(3)))
    assert {one.number for one in done} == {1}
    assert files(desk) == ["20"]


async def test_signing_while_others_write(desk: keepings.Desk) -> None:
    async def write() -> None:
        for _ in range(20):
            await grow(3)

    async def sign() -> None:
        for _ in range(10):
            await checkpoints.sign(at=TODAY)
            await asyncio.sleep(0.002)

    await grow(1)
    await asyncio.gather(write(), write(), sign(), sign())
    await checkpoints.sign(at=TODAY)
    assert (await log.head())[0] == 121
    assert await tree_proof.faults() == []
    assert await witnesses.kept_faults() == []


async def test_two_processes_sign_while_two_others_write(
    desk: keepings.Desk, market_url: str, tmp_path: Path, another_process: Callable[..., Popen[str]]
) -> None:
    await grow(1)
    keepings.create(tmp_path / "kept" / keepings.KEY, "x/log")
    writers = [another_process(market_url, "count", 60) for _ in range(2)]
    signers = [another_process(market_url, "sign", tmp_path / "kept", 121) for _ in range(2)]
    told = [await asyncio.to_thread(one.communicate) for one in (*writers, *signers)]
    assert [one.returncode for one in (*writers, *signers)] == [0, 0, 0, 0]
    assert [said.split()[-1] for said, _ in told[2:]] == ["121", "121"]
    sizes = [row["size"] for row in await LogCheckpoint.select().order_by(LogCheckpoint.number)]
    assert sizes == sorted(set(sizes))
    assert await tree_proof.faults() == []


async def test_the_clock_signs_once_an_hour_and_only_what_is_new(desk: keepings.Desk) -> None:
    async def ticks(*minutes: int) -> list[str]:
        for minute in minutes:
            await job.tick(TODAY + timedelta(minutes=minute))
        return files(desk)

    assert await ticks(0, 1) == []
    await grow(2)
    assert await ticks(2, 3) == ["2"]
    await grow(2)
    assert await ticks(30, 61) == ["2"]
    assert await ticks(63, 64) == ["4", "2"]
    assert await ticks(200) == ["4", "2"]
    await grow(1)
    assert await ticks(-300) == ["5", "4", "2"]  # the clock was put back


CUT = "DELETE FROM log_entry WHERE seq > 6", "UPDATE log_head SET seq = 6"
EDITED = ("UPDATE log_entry SET leaf = {zeros} WHERE seq = 3",)
EDITS = [
    (EDITED, "checkpoints.record_otherwise", "rewritten"),
    (CUT, "checkpoints.record_shorter", "shorter"),
    ((*CUT, "DELETE FROM log_checkpoint WHERE size > 6"), "checkpoints.record_shorter", "shorter"),
]


@pytest.mark.parametrize(("edits", "code", "found"), EDITS, ids=["edited", "cut", "put back"])
async def test_another_past_is_not_signed_and_is_named(
    desk: keepings.Desk, market_url: str, caplog, edits: tuple[str, ...], code: str, found: str
) -> None:
    await grow(5)
    await checkpoints.sign(at=TODAY)
    await grow(4)
    held = await checkpoints.sign(at=TODAY)
    zeros = ZEROS[in_use().engine_type].format(32)
    await edit_by_hand(market_url, *(edit.replace("{zeros}", zeros) for edit in edits))
    with pytest.raises(Refusal) as no:
        await checkpoints.sign(at=TODAY)
    assert no.value.code == code
    await job.tick(TODAY + timedelta(hours=2))
    assert "NOT SIGNED" in caplog.text
    judged = await witnesses.judge(notes.read_checkpoint(notes.text_of(held.note)))
    assert judged.found == found
    assert judged.fits_until == (0 if found == "rewritten" else 5)
    assert any(held.note == path.read_text() for path in desk.kept())
    assert len(await witnesses.kept_faults()) == (2 if found == "rewritten" else 1)


async def test_a_record_put_back_and_written_on_is_noticed(
    desk: keepings.Desk, market_url: str, tmp_path: Path
) -> None:
    await grow(5)
    await checkpoints.sign(at=TODAY)
    await grow(4)
    held = await checkpoints.sign(at=TODAY)
    await edit_by_hand(
        market_url, "DELETE FROM log_entry WHERE seq > 5",
        "DELETE FROM log_checkpoint WHERE size > 5",
        "UPDATE log_head SET seq = 5, leaf = (SELECT leaf FROM log_entry WHERE seq = 5)",
    )  # fmt: skip
    await log_on(9)
    with pytest.raises(RecordOtherwise):
        await checkpoints.sign(at=TODAY)
    judged = await witnesses.judge(notes.read_checkpoint(notes.text_of(held.note)))
    assert (judged.found, judged.fits_until, judged.entries) == ("forked", 5, 14)
    assert await tree_proof.faults() == []  # by itself it is a sound record: that is the danger
    [fault] = await witnesses.kept_faults()
    assert fault.row == desk.kept()[0].name

    anew = await checkpoints.renew(at=TODAY, another_record=True)
    assert (anew.origin, anew.size, anew.number) == (f"{NAME}/2", 14, 2)
    assert await witnesses.kept_faults() == []  # the older files are of the older record
    await log_on(1)
    assert (await checkpoints.sign(at=TODAY)).origin == f"{NAME}/2"


async def log_on(count: int) -> None:
    """Other deeds than before."""
    for _ in range(count):
        await grow(1)


async def test_a_new_key_is_vouched_for_by_the_old(desk: keepings.Desk) -> None:
    await grow(2)
    first = await checkpoints.sign(at=TODAY)
    second = await checkpoints.renew(at=TODAY, another_record=False)
    old, new = (notes.read_verifier(one.verifier) for one in (first, second))
    assert old != new
    assert notes.signed_text(second.note, [old]) == notes.signed_text(second.note, [new])
    assert await checkpoints.verifiers() == [second.verifier, first.verifier]
    await grow(1)
    third = await checkpoints.sign(at=TODAY)
    assert (third.verifier, third.origin) == (second.verifier, NAME)
    assert await tree_proof.faults() == []
    assert await witnesses.kept_faults() == []


async def test_a_lost_key_signs_nothing_until_somebody_says_so(desk: keepings.Desk) -> None:
    await grow(2)
    await checkpoints.sign(at=TODAY)
    path = desk._key
    text = path.read_text()
    for spoil, code in (
        (lambda: path.chmod(0o644), "checkpoints.key_open"),
        (lambda: path.write_text(text[:-9]), "checkpoints.key_damaged"),
        (lambda: path.unlink(), "checkpoints.key_missing"),
    ):
        spoil()
        with pytest.raises(Refusal) as no:
            await checkpoints.sign(at=TODAY)
        assert no.value.code == code
    keepings.use(
        path, name=NAME, folder=desk.folder, create_key=not await checkpoints.anything_signed()
    )
    assert not path.exists()
    anew = await checkpoints.renew(at=TODAY, another_record=False)
    assert len(notes.signers_of(anew.note)) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert (await checkpoints.sign(at=TODAY)).number == anew.number


async def test_a_file_that_somebody_spoilt_hides_nothing(
    desk: keepings.Desk, market_url: str
) -> None:
    """The one below it still says what was signed."""
    await grow(5)
    await checkpoints.sign(at=TODAY)
    await grow(1)
    await checkpoints.sign(at=TODAY)
    desk.kept()[0].write_text("nothing")
    (desk.folder / "999999999999-deadbeef.txt").write_text(desk.kept()[1].read_text()[:-3])
    assert {fault.why for fault in await witnesses.kept_faults()} == {"is no checkpoint any more"}
    await edit_by_hand(
        market_url, "DELETE FROM log_checkpoint", "DELETE FROM log_entry WHERE seq > 4",
        "UPDATE log_head SET seq = 4",
    )  # fmt: skip
    with pytest.raises(Refusal) as no:
        await checkpoints.sign(at=TODAY)
    assert no.value.facts == {"signed": 5, "entries": 4}


async def test_a_folder_that_cannot_be_written_to_is_said_and_made_up_for(
    desk: keepings.Desk, caplog
) -> None:
    desk.folder.write_text("a file stands where the folder should")
    await grow(2)
    await job.tick(TODAY)
    assert "cannot be written to" in caplog.text
    assert (await checkpoints.newest()).size == 2
    await job.tick(TODAY + timedelta(minutes=2))
    desk.folder.unlink()
    await job.tick(TODAY + timedelta(minutes=4))
    assert files(desk) == ["2"]


ROWS = {
    "note": ("replace(note, '5', '6')", "note"),
    "root": ("{zeros}", "note"),
    "size": ("4", "note"),
    "origin": ("'another'", "note"),
    "verifier": ("'{other}'", "note"),
    "number": ("7", None),
}


@pytest.mark.parametrize("column", ROWS)
async def test_every_edited_cell_of_a_checkpoint_is_named(
    desk: keepings.Desk, market_url: str, column: str
) -> None:
    for _ in range(2):
        await grow(5)
        await checkpoints.sign(at=TODAY)
    other = notes.Signer("other", bytes(32)).verifier.text
    value, named = ROWS[column]
    value = value.format(zeros=ZEROS[in_use().engine_type].format(32), other=other)
    await edit_by_hand(market_url, f"UPDATE log_checkpoint SET {column} = {value} WHERE number = 2")
    found = await tree_proof.faults()
    assert (found[0].table, found[0].row, found[0].column) == ("log_checkpoint", "2", named)


async def test_what_is_brought_is_read_before_it_is_believed(
    desk: keepings.Desk, tmp_path: Path
) -> None:
    await grow(5)
    signed = await checkpoints.sign(at=TODAY)
    brought, known = tmp_path / "brought.txt", await witnesses.known(None)
    for content in (b"", b"hello", b"\xff\xfe", signed.note.encode()[:-1], b"\0" * 9):
        brought.write_bytes(content)
        with pytest.raises(NotACheckpoint):
            witnesses.read(brought, known)
    with pytest.raises(NotACheckpoint):
        witnesses.read(tmp_path, known)
    forged = notes.sign(notes.text_of(signed.note), [notes.Signer(NAME, bytes(32))])
    for content in (forged, signed.note.replace("\n5\n", "\n6\n")):
        brought.write_text(content)
        with pytest.raises(SignedByAnother):
            witnesses.read(brought, known)
    brought.write_text(signed.note)
    assert witnesses.read(brought, await witnesses.known(signed.verifier)).size == 5
    with pytest.raises(witnesses.NotAKey):
        await witnesses.known("no+key")
    assert await LogCheckpoint.count() == 1
