"""What we print as a QR is what the banks' apps read, by the published vectors."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.personal_numbers import NotAPhone
from market.domain.payments import rules
from market.domain.payments.rules import SetAccount, crc16, payload, read_slip, sealed, tags

VECTORS = json.loads((Path(__file__).parent / "vectors/promptpay_vectors.json").read_text())
KINDS = {kind: name for name, kind in rules.TARGETS.items()}


def of(function: str) -> list[dict]:
    return [vector for vector in VECTORS["valid"] if vector["fn"] == function]


def said(text: str) -> dict[str, str]:
    """Tags without the checksum, which follows their order."""
    found = tags(text)
    assert found.pop("63") == crc16(text[:-4])
    return found


def digits(kind: str, written: str) -> str:
    only = "".join(letter for letter in written if letter.isdigit())
    return "0" + only[2:] if kind == "phone" and only.startswith("66") else only


@pytest.mark.parametrize("vector", of("any_id"), ids=lambda vector: str(vector["args"]))
def test_a_promptpay_id_is_written_as_published(vector) -> None:
    tag, written, satang, *_ = [*vector["args"], None][:3]
    kind = KINDS[tag]
    ours = payload(kind, digits(kind, written), satang)
    assert said(ours) == said(vector["expected"])


@pytest.mark.parametrize("vector", of("bill"), ids=lambda vector: str(vector["args"]))
def test_a_bill_is_written_as_published(vector) -> None:
    biller, ref1, ref2, satang, ref3 = [*vector["args"], None, None, None][:5]
    ours = said(payload("biller", biller, satang, ref1=ref1, ref2=ref2 or ""))
    theirs = said(vector["expected"])
    assert (theirs.pop("62", None) is None) == (ref3 is None)  # we use no terminal reference
    assert ours == theirs


@pytest.mark.parametrize("vector", of("parse_slip"), ids=lambda vector: vector["args"][0])
def test_a_slip_is_read_as_published(vector) -> None:
    if isinstance(vector["expected"], list):
        slip = read_slip(vector["args"][0])
        assert [slip.bank, slip.trans_ref] == vector["expected"]


@pytest.mark.parametrize("vector", of("slip"), ids=lambda vector: vector["expected"])
def test_a_slip_s_bank_and_reference_are_found(vector) -> None:
    slip = read_slip(vector["expected"])
    assert [slip.bank, slip.trans_ref] == vector["args"]


@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=lambda vector: vector["why"])
def test_what_is_no_slip_is_refused(vector) -> None:
    with pytest.raises(rules.NotASlip):
        read_slip(vector["payload"])


def test_every_published_vector_was_used() -> None:
    used = [*of("any_id"), *of("bill"), *of("parse_slip"), *of("slip")]
    assert len(used) == len(VECTORS["valid"]) >= 15


@given(st.text(max_size=120))
def test_whatever_is_scanned_is_a_slip_or_refused(text: str) -> None:
    try:
        slip = read_slip(text)
    except rules.NotASlip:
        return
    assert slip.bank


@given(st.from_regex("[0-9]{0,60}", fullmatch=True))
def test_a_right_checksum_alone_is_no_slip(body: str) -> None:
    with pytest.raises(rules.NotASlip):
        read_slip(sealed(body, "91"))


@given(st.integers(1, 10**9))
def test_the_amount_is_written_in_baht_to_the_satang(satang: int) -> None:
    amount = said(payload("phone", "0812345678", satang))["54"]
    baht, rest = amount.split(".")
    assert len(rest) == 2
    assert int(baht) * 100 + int(rest) == satang


@pytest.mark.parametrize(
    ("kind", "number", "refusal"),
    [
        ("phone", "12345", NotAPhone),
        ("phone", "074123456", rules.NotAnAccount),  # a landline bears no PromptPay
        ("tax_id", "123", rules.NotAnAccount),
        ("ewallet", "1234567890123", rules.NotAnAccount),
        ("biller", "0812345678", rules.NotAnAccount),
    ],
)
def test_a_number_that_can_receive_nothing_is_refused(kind, number, refusal) -> None:
    with pytest.raises(refusal):
        rules.normalised(SetAccount("", "", kind, number))


def test_a_number_may_be_written_as_people_write_it() -> None:
    assert rules.normalised(SetAccount("", "", "phone", "๐๘๑-๒๓๔ ๕๖๗๘")) == "0812345678"
    assert rules.normalised(SetAccount("", "", "tax_id", "1-1111-11111-11-1")) == "1111111111111"
