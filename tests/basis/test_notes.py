"""Signed notes: others' keys and signatures are read by us, and ours are what the format says."""

import hashlib
import json
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from certification.basis import notes
from certification.basis.notes import Checkpoint, Signer, Unreadable, Unsigned
from tests.basis.conftest import ROOT

GO = json.loads((ROOT / "tests/vendor/tlog/signed-notes.json").read_text())
PETER, ENOCH = (notes.read_verifier(GO["verifier_keys"][who]) for who in GO["verifier_keys"])
OURS = Signer("market.example.org/log", bytes(range(32)))
NOTE = notes.sign(Checkpoint(OURS.name, 7, bytes(32)).text, [OURS])


def test_the_notes_of_go_are_read() -> None:
    for known in ([PETER], [ENOCH], [PETER, ENOCH], [ENOCH, OURS.verifier]):
        assert notes.signed_text(GO["signed_note"], known) == GO["text"]
    signer = notes.read_signer(GO["signer_key"])
    assert signer.verifier == PETER
    assert notes.sign(GO["text"], [signer]) == GO["text"] + "\n" + GO["peter_signature_line"]
    assert notes.signers_of(GO["signed_note"]) == [
        ("PeterNeumann", "c74f20a3"), ("EnochRoot", "af0cfe78"),
    ]  # fmt: skip


@pytest.mark.parametrize("key", [*GO["bad_verifier_keys"], GO["signer_key"], "", "a+b", "a+1234+x"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(Unreadable):
        notes.read_verifier(key)


def test_ours_is_what_c2sp_says_byte_by_byte() -> None:
    """With nothing of ours: the text, an empty line, a dash, name, base64 of id and signature."""
    text, _, line = NOTE.partition("\n\n")
    text += "\n"
    assert text == "market.example.org/log\n7\n" + "A" * 43 + "=\n"
    dash, name, signed = line.removesuffix("\n").split(" ")
    assert (dash, name) == ("\u2014", "market.example.org/log")
    vname, vid, vkey = OURS.verifier.text.split("+", 2)
    kind, public = b64decode(vkey)[:1], b64decode(vkey)[1:]
    id = hashlib.sha256(vname.encode() + b"\n" + kind + public).digest()[:4]
    assert (kind, vid, b64decode(signed)[:4]) == (b"\x01", id.hex(), id)
    Ed25519PublicKey.from_public_bytes(public).verify(b64decode(signed)[4:], text.encode())
    assert notes.read_signer(OURS.text) == OURS


def test_two_keys_sign_one_note_and_either_is_enough() -> None:
    other = Signer("witness.example", bytes(32))
    note = notes.sign("x\n1\n" + "A" * 43 + "=\n", [OURS, other])
    assert notes.signed_text(note, [OURS.verifier]) == notes.signed_text(note, [other.verifier])


def test_a_known_name_with_another_key_signs_nothing() -> None:
    with pytest.raises(Unsigned):
        notes.signed_text(NOTE, [Signer(OURS.name, bytes(32)).verifier])
    with pytest.raises(Unsigned):
        notes.signed_text(NOTE, [])


@given(st.data())
def test_no_letter_can_be_altered(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(NOTE) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda c: c != NOTE[at]))
    with pytest.raises((Unreadable, Unsigned)):
        text = notes.signed_text(NOTE[:at] + letter + NOTE[at + 1 :], [OURS.verifier])
        assert text == notes.signed_text(NOTE, [OURS.verifier])
        raise Unsigned  # base64 has bits that say nothing: the text is the same


ROOT_LINE = "A" * 43 + "=\n"
BAD = ["", "x", "\n1\n" + ROOT_LINE, "x\n01\n" + ROOT_LINE, "x\n-1\n" + ROOT_LINE,
       "x\n1\nAAAA\n", "x\n1\n" + ROOT_LINE.strip(), "x\n1\n" + ROOT_LINE + "\n",
       "x\n1\n" + ROOT_LINE + "more", "x\n1e3\n" + ROOT_LINE, "x\n१\n" + ROOT_LINE]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        notes.read_checkpoint(text)


def test_extension_lines_are_passed_over() -> None:
    said = notes.read_checkpoint("x\n0\n" + ROOT_LINE + "more\nand more\n")
    assert said == Checkpoint("x", 0, bytes(32))


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("latin-1")))
def test_garbage_is_called_unreadable(text: str) -> None:
    for read in (
        notes.read_verifier, notes.read_signer, notes.read_checkpoint, notes.text_of,
        notes.signers_of,
    ):  # fmt: skip
        try:
            read(text)
        except Unreadable:
            continue
