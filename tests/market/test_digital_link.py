"""GS1 Digital Link against GS1's own cases, and there and back again."""

import json
import string
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.basis.refusal import Refusal
from market.domain.identifiers import digital_link as links
from market.domain.identifiers import rules, syntax
from market.domain.identifiers.digital_link import DigitalLink
from market.domain.identifiers.syntax import CheckDigitWrong, check_digit, dictionary

GS1 = Path(__file__).parents[1] / "vendor/gs1"
GTIN = "https://a.th/01/09520123456788"


def cases(name: str) -> list[dict]:
    """Of GS1's engine; those that need an option of it which we do not have are left out."""
    found = json.loads((GS1 / f"{name}.json").read_text(encoding="utf-8"))
    return [one for one in found if not one.get("options")]


def test_gs1s_own_cases() -> None:
    wrong, tried = [], 0

    def judge(case: dict, expected: str | None, asked) -> None:
        nonlocal tried
        tried += 1
        try:
            got = asked()
        except Refusal:
            got = None
        if got != expected:
            wrong.append((case, got))

    for one in cases("dl-uri-parse"):
        judge(one, one["element_string"], lambda c=one: links.read(c["uri"]).element_string())
    for one in cases("dl-uri-generate"):
        judge(
            one, one["expected_uri"],
            lambda c=one: links.made(links.elements(c["ai_data"]), c["stem"]).uri(),
        )  # fmt: skip
    for one in cases("ai-bracketed-parse"):
        judge(
            one, one["element_string"],
            lambda c=one: DigitalLink(links.elements(c["bracketed"])).element_string(),
        )  # fmt: skip
    assert not wrong, wrong
    assert tried == 25


def test_each_way_to_be_wrong_has_its_own_no() -> None:
    for address, code in (
        ("HtTp://a.th/01/09520123456788", "not_an_address"),
        ("ftp://a.th/01/09520123456788", "not_an_address"),
        ("https://[fe80::1%25lo]/01/09520123456788", "not_an_address"),
        ("https://a.th/01/09520123456788/10/ก", "not_an_address"),
        ("https://a.th/L/7K2M9QXD", "no_key"),
        ("https://a.th/10/ABC", "no_key"),
        ("https://a.th/gtin/09520123456788", "no_key"),
        ("https://a.th/01/09520123456789", "check_digit_wrong"),
        ("https://a.th/01/9520123456788", "value_unfit"),
        (f"{GTIN}/10/{'A' * 21}", "value_unfit"),
        (f"{GTIN}/10/A%00B", "value_unfit"),
        (f"{GTIN}/10/A%20B", "value_unfit"),
        (f"{GTIN}/10/", "value_unfit"),
        (f"{GTIN}?17=261301", "value_unfit"),
        (f"{GTIN}?17=260230", "value_unfit"),
        (f"{GTIN}?17=", "value_unfit"),
        (f"{GTIN}/21/X/10/Y", "wrong_order"),
        (f"{GTIN}/10/X/10/Y", "wrong_order"),
        (f"{GTIN}/235/X/10/Y", "wrong_order"),
        (f"{GTIN}/89/X", "no_key"),
        (f"{GTIN}?10=X", "belongs_in_the_path"),
        (f"{GTIN}?89=X", "unknown_ai"),
        (f"{GTIN}?99=X&99=X", "said_twice"),
        (f"{GTIN}/10/X?10=X", "said_twice"),
        (f"{GTIN}?7040=1ABC", "not_in_the_query"),
    ):
        with pytest.raises(Refusal) as no:
            links.read(address)
        assert no.value.code == f"identifiers.{code}", address
    with pytest.raises(CheckDigitWrong) as told:
        links.read("https://a.th/01/09520123456789")
    assert told.value.facts["right"] == "8"


def test_what_is_not_gs1s_in_the_question_is_left_alone() -> None:
    link = links.read(f"{GTIN.replace('https', 'HTTPS')}/10/L%2F1?linkType=gs1:pip&17=261200&lang")
    assert link.path == (("01", "09520123456788"), ("10", "L/1"))
    assert link.attributes == (("17", "261200"),)
    assert link.uri("https://b.th/x/") == "https://b.th/x/01/09520123456788/10/L%2F1?17=261200"


def test_the_dictionary_is_read_whole() -> None:
    """Each check it names is known here or said not to be looked up."""
    elsewhere = {
        "iso3166", "iso3166999", "iso3166alpha2", "iso4217", "iban", "mediatype", "packagetype",
        "couponcode", "couponposoffer", "importeridx", "posinseqslash",
    }  # fmt: skip
    named = {check for e in dictionary().values() for part in e.parts for check in part.checks}
    assert named - elsewhere - {"csum"} == set(syntax.CHECKS) & named
    assert named - set(syntax.CHECKS) - {"csum"} == elsewhere & named
    assert len(dictionary()) > 500
    assert dictionary()["01"].qualifiers == (("22", "10", "21"), ("235",))


SET_82 = st.text(syntax.SET_82, min_size=1, max_size=20)
NUMBERS = st.text(string.digits, min_size=13, max_size=13).map(lambda d: d + check_digit(d))


@settings(max_examples=150)
@given(
    gtin=NUMBERS,
    some=st.dictionaries(st.sampled_from(["22", "10", "21"]), SET_82),
    rest=st.dictionaries(st.sampled_from(["90", "98", "99"]), SET_82),
)
def test_there_and_back(gtin: str, some: dict[str, str], rest: dict[str, str]) -> None:
    """Whatever may stand in it comes back; another check digit never does."""
    if not all(one.isdigit() for one in gtin[1:5]):
        return
    link = links.made([("01", gtin), *some.items(), *rest.items()], "https://a.th/x")
    assert links.read(link.uri()) == link
    assert [ai for ai, _ in link.path] == ["01", *[q for q in ("22", "10", "21") if q in some]]
    wrong = gtin[:-1] + str((int(gtin[-1]) + 1) % 10)
    with pytest.raises(CheckDigitWrong):
        links.read(link.uri().replace(f"/01/{gtin}", f"/01/{wrong}", 1))


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_nonsense_is_refused_and_never_breaks(text: str) -> None:
    for address in (text, f"https://a.th/01/{text}", f"{GTIN}/10/{text}", f"{GTIN}?{text}"):
        with suppress(Refusal):
            links.read(address)


def test_no_prefix_is_taken_that_nobody_is_licensed() -> None:
    for prefix in ("0212345", "2001234", "299", "29912", "9521234", "9781234", "98123", "00001"):
        with pytest.raises(Refusal):
            rules.prefix(prefix)
    for prefix in ("", "885", "8" * 13, "885A123", "885 12 ก"):
        with pytest.raises(rules.PrefixUnfit):
            rules.prefix(prefix)
    assert rules.prefix("๘๘๕-9990 ") == "8859990"


def test_a_number_lies_under_the_prefix_or_is_not_theirs() -> None:
    assert rules.gtin("8859990000017", "8859990") == "08859990000017"
    assert rules.gtin(" 0885999-0000017", "8859990") == "08859990000017"
    with pytest.raises(rules.NotUnderThePrefix):
        rules.gtin("8859990000017", "8859991")
    with pytest.raises(CheckDigitWrong):
        rules.gtin("8859990000018", "8859990")
    for typed in ("", "12345670", "88599900000170", "x" * 13, "²" * 13):
        with pytest.raises((rules.GtinUnfit, CheckDigitWrong)):
            rules.gtin(typed, "8859990")
