"""Each new checkpoint is shown to witnesses: late, twice, away, lied to, and with another past."""

from pathlib import Path

import httpx
import pytest

from certification.basis import checkpoints, cosignatures, notes
from certification.basis.checkpoints import Signed
from certification.basis.cosigned import read_witness
from certification.basis.database import Database, in_use
from certification.basis.transaction import run
from market import settings
from market.gateways.witnesses import Asked, WitnessAway, WitnessDisagrees, show
from market.jobs import witnessing
from tests.basis.test_checkpoints import use
from tests.basis.test_tiles import grow
from tests.basis.village import TODAY
from tests.basis.witness import FakeWitness
from tests.databases import edit_by_hand

SECONDS = int(TODAY.timestamp())


@pytest.fixture
async def first(db: Database, tmp_path: Path) -> Signed:
    use(tmp_path)
    await grow(5)
    return await checkpoints.sign(at=TODAY)


def asked(of: FakeWitness) -> Asked:
    return Asked("https://witness.example.org", read_witness(of.key))


async def shown(signed: Signed, to: FakeWitness) -> None:
    await run(cosignatures.keep, signed, await show(signed, asked(to), to))


async def test_what_goes_on_is_signed_and_stands_in_the_note(first: Signed) -> None:
    witness = FakeWitness(first.verifier, SECONDS)
    for entries in (300, 1, 700):
        await shown(await checkpoints.newest(), witness)
        await shown(await checkpoints.newest(), witness)  # told again
        await grow(entries)
        await checkpoints.sign(at=TODAY)
    last = await checkpoints.newest()
    await shown(last, witness)
    note = (await cosignatures.with_lines(last)).note
    assert notes.signed_text(note, [notes.read_verifier(last.verifier)]) == notes.text_of(last.note)
    assert [name for name, _ in notes.signers_of(note)] == [last.origin, witness.name]
    assert await cosignatures.seen(last.origin) == [
        (witness.name, 1006, TODAY.replace(microsecond=0))
    ]
    assert await cosignatures.faults() == []


async def test_a_witness_that_remembers_more_or_less_than_we_do_is_asked_once_more(
    first: Signed,
) -> None:
    witness = FakeWitness(first.verifier, SECONDS)
    await show(first, asked(witness), witness)  # its answer was lost on the way
    await grow(20)
    await shown(await checkpoints.sign(at=TODAY), witness)
    assert (witness.size, len(witness.asked)) == (25, 3)
    forgetful = FakeWitness(first.verifier, SECONDS)
    forgetful.private = witness.private
    await grow(20)
    await shown(await checkpoints.sign(at=TODAY), forgetful)
    assert forgetful.size == 45


async def test_another_past_is_not_signed(first: Signed) -> None:
    witness = FakeWitness(first.verifier, SECONDS)
    await shown(first, witness)
    witness.root = bytes(32)
    await grow(20)
    with pytest.raises(WitnessDisagrees, match="go on"):
        await show(await checkpoints.sign(at=TODAY), asked(witness), witness)
    witness.size = 1000
    with pytest.raises(WitnessDisagrees, match="1000"):
        await show(await checkpoints.newest(), asked(witness), witness)
    for stranger in (f"other.example/log+{first.verifier.partition('+')[2]}", _other_key(first)):
        with pytest.raises(WitnessDisagrees, match="key"):
            of = FakeWitness(stranger, SECONDS)
            await show(first, asked(of), of)


def _other_key(of: Signed) -> str:
    return notes.Signer(of.origin, bytes(range(32))).verifier.text


@pytest.mark.parametrize(
    "bad",
    [
        httpx.ConnectError("away"),
        httpx.Response(503),
        httpx.Response(200, text="yes\n"),
        httpx.Response(200, text="— witness.example.org/w1 AAAA\n"),
        httpx.Response(200, text="x" * 30_000),
        httpx.Response(409, text="many\n", headers={"content-type": "text/x.tlog.size"}),
        httpx.Response(409, text="4\n"),
    ],
)
async def test_a_bad_answer_is_kept_by_nobody(first: Signed, bad: httpx.Response) -> None:
    witness = FakeWitness(first.verifier, SECONDS, lambda nth: bad if nth == 1 else None)
    with pytest.raises(WitnessAway):
        await show(first, asked(witness), witness)
    assert await cosignatures.seen(first.origin) == []
    await shown(first, witness)
    assert [one.size for one in await cosignatures.seen(first.origin)] == [5]


async def test_a_signature_by_another_key_is_passed_over(first: Signed) -> None:
    witness, other = (FakeWitness(first.verifier, SECONDS) for _ in range(2))
    with pytest.raises(WitnessAway, match="not signed"):
        await show(first, asked(other), witness)


async def test_the_clock_shows_it_and_waits_for_nobody(
    first: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = FakeWitness(first.verifier, SECONDS)
    away = FakeWitness(first.verifier, SECONDS, lambda _: httpx.ConnectError("away"), "away/w")
    by_url = {"https://a": away, "https://b": witness}
    monkeypatch.setattr(witnessing, "show", lambda signed, one: show(signed, one, by_url[one.url]))
    witnessing.use([Asked(url, read_witness(of.key)) for url, of in by_url.items()])
    try:
        await witnessing.tick(TODAY)
        await witnessing.tick(TODAY)
        for task in list(witnessing._running):
            await task
    finally:
        witnessing.use([])
    assert (len(away.asked), len(witness.asked)) == (1, 1)
    assert [one.name for one in await cosignatures.seen(first.origin)] == [witness.name]


async def test_a_line_that_was_altered_is_named(first: Signed, market_url: str) -> None:
    witness = FakeWitness(first.verifier, SECONDS)
    await shown(first, witness)
    await edit_by_hand(market_url, "UPDATE log_cosignature SET size = 4")
    [found] = await cosignatures.faults()
    assert (found.table, found.column) == ("log_cosignature", "line")
    assert await in_use().query("SELECT 1 FROM log_cosignature")


def test_the_setting_names_address_and_key() -> None:
    key = FakeWitness(f"x/log+00000000+{'A' * 44}", 1).key
    said = settings.read({"MARKET_WITNESSES": f"https://w.example/ {key}, http://b:81/w {key}"})
    assert [url for url, _ in said.witnesses] == ["https://w.example", "http://b:81/w"]
    for nonsense in (key, "https://w.example", f"ftp://w {key}", f"https://w {key[:-4]}AAA="):
        with pytest.raises(settings.NonsenseInEnvironment, match="MARKET_WITNESSES"):
            settings.read({"MARKET_WITNESSES": nonsense})
