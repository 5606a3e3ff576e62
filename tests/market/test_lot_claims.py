"""What a harvest may be called: never more than the certificate and the land can answer for."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.schemes.rules import Part
from market.domain.lots import rules
from market.domain.lots.refusals import HarvestInFuture, HarvestTooLongAgo, NoGrams
from market.domain.lots.rules import HIGHER_FIRST, Claimed, HarvestLot, Held, Yield
from market.domain.lots.uncertified import (
    UNCERTIFIED,
    BeforeCertificate,
    CertificateNotInForce,
    CropOutOfScope,
    NeverCertified,
    Paper,
    check_certified,
)
from tests.cast import TODAY, TOMORROW

KALE = HarvestLot("plot", "kale", TODAY, 10_000, "planting")
ORGANIC = Held("c-organic", "sgs-pgs", "organic", Part(6, 5), conversion_labelled=True)
CONVERSION = Held("c-conversion", "sgs-pgs", "in_conversion", Part(6, 5), conversion_labelled=True)
OTHER_SCHEME = Held("c-other", "sdgspgs", "organic", Part(1, 1), conversion_labelled=True)
HUNDRED_KILOS = Yield(TODAY - timedelta(days=5), TODAY + timedelta(days=20), 100_000, 0)


def lot(**changed: object) -> HarvestLot:
    return msgspec.structs.replace(KALE, **changed)


def yields(**changed: object) -> Yield:
    return msgspec.structs.replace(HUNDRED_KILOS, **changed)


def claim(data: HarvestLot = KALE, held: tuple[Held, ...] = (ORGANIC,),
          given: Yield | None = HUNDRED_KILOS) -> Claimed:  # fmt: skip
    return rules.claim(data, held, given)


def test_certified_land_within_its_yield_gives_organic_goods() -> None:
    assert claim() == Claimed(
        "organic", "certificate_held", "c-organic", "sgs-pgs", (), ceiling_grams=120_000
    )


def test_land_in_conversion_gives_goods_in_conversion() -> None:
    assert claim(held=(CONVERSION,)).claim == "in_conversion"
    assert claim(held=(CONVERSION,)).certificate == "c-conversion"


@pytest.mark.parametrize(
    ("because", "data", "held", "given"),
    [
        ("no_certificate", KALE, (), HUNDRED_KILOS),
        ("no_planting", KALE, (ORGANIC,), None),
        ("yield_unknown", KALE, (ORGANIC,), yields(expected_grams=None)),
        ("over_ceiling", lot(grams=120_001), (ORGANIC,), HUNDRED_KILOS),
        ("over_ceiling", KALE, (ORGANIC,), yields(claimed_grams=110_001)),
        ("over_ceiling", KALE, (CONVERSION,), yields(claimed_grams=110_001)),
        ("outside_window", lot(harvested_on=TODAY - timedelta(days=20)), (ORGANIC,), HUNDRED_KILOS),
        ("outside_window", KALE, (ORGANIC,), yields(window_until=TODAY - timedelta(days=15))),
        ("wished_lower", lot(wish="plain"), (ORGANIC,), HUNDRED_KILOS),
        ("no_certificate", lot(wish="plain"), (), HUNDRED_KILOS),
        (
            "conversion_not_labelled",
            KALE,
            (msgspec.structs.replace(CONVERSION, conversion_labelled=False),),
            HUNDRED_KILOS,
        ),
    ],
)
def test_a_plain_lot_says_why(
    because: str, data: HarvestLot, held: tuple[Held, ...], given: Yield | None
) -> None:
    claimed = claim(data, held, given)
    assert (claimed.claim, claimed.because) == ("plain", because)
    assert (claimed.certificate, claimed.scheme, claimed.also) == (None, None, ())


def test_what_is_critical_and_open_stands_against_any_claim() -> None:
    claimed = rules.claim(KALE, [ORGANIC], HUNDRED_KILOS, open_critical=True)
    assert (claimed.claim, claimed.because) == ("plain", "open_critical")


def test_the_last_gram_under_the_ceiling_is_still_organic() -> None:
    assert claim(given=yields(claimed_grams=110_000)).claim == "organic"


@pytest.mark.parametrize("days", [-14, 14])
def test_a_crop_calendar_is_rough(days: int) -> None:
    on = HUNDRED_KILOS.window_from if days < 0 else HUNDRED_KILOS.window_until
    assert claim(lot(harvested_on=on + timedelta(days=days))).claim == "organic"


def test_a_wish_only_lowers() -> None:
    assert claim(lot(wish="in_conversion")).claim == "in_conversion"
    assert claim(lot(wish="in_conversion")).because == "wished_lower"
    assert claim(lot(wish="organic"), (CONVERSION,)).claim == "in_conversion"


def test_one_certificate_is_named_and_the_others_are_listed() -> None:
    both = claim(held=(OTHER_SCHEME, ORGANIC))
    assert (both.scheme, both.also) == ("sdgspgs", ("c-organic",))
    wished = claim(lot(scheme="sgs-pgs"), (OTHER_SCHEME, ORGANIC))
    assert (wished.scheme, wished.certificate, wished.also) == (
        "sgs-pgs", "c-organic", ("c-other",),
    )  # fmt: skip


def test_organic_goes_before_conversion() -> None:
    assert claim(held=(CONVERSION, OTHER_SCHEME)).certificate == "c-other"


HELD = st.builds(
    Held, st.sampled_from("abcdef"), st.sampled_from(["sgs-pgs", "sdgspgs"]),
    st.sampled_from(["organic", "in_conversion"]), st.just(Part(11, 10)), st.booleans(),
)  # fmt: skip
LOTS = st.builds(
    HarvestLot, st.just("plot"), st.just("kale"),
    st.integers(0, 60).map(lambda back: TODAY - timedelta(days=back)),
    st.integers(1, 300_000), st.just("planting"), st.sampled_from(HIGHER_FIRST),
    st.sampled_from([None, "sgs-pgs", "sdgspgs"]),
)  # fmt: skip
YIELDS = st.none() | st.builds(
    Yield, st.just(TODAY - timedelta(days=30)), st.just(TODAY),
    st.none() | st.integers(0, 400_000), st.integers(0, 400_000),
)  # fmt: skip


@given(data=LOTS, held=st.lists(HELD, max_size=4, unique_by=lambda h: h.certificate), given_=YIELDS)
def test_no_claim_without_all_it_rests_on(
    data: HarvestLot, held: list[Held], given_: Yield | None
) -> None:
    claimed = rules.claim(data, held, given_)
    assert claimed.because in rules.BECAUSE
    assert claimed == rules.claim(data, held[::-1], given_), "the order of rows decides nothing"
    if claimed.claim == "plain":
        assert claimed.certificate is None
        return
    [named] = [one for one in held if one.certificate == claimed.certificate]
    assert HIGHER_FIRST.index(claimed.claim) >= HIGHER_FIRST.index(data.wish)
    assert claimed.claim == "in_conversion" or named.stage == "organic"
    assert {*claimed.also} == {one.certificate for one in held} - {named.certificate}
    assert given_ is not None
    assert given_.expected_grams is not None
    assert given_.claimed_grams + data.grams <= given_.expected_grams * 11 // 10


PAPERS = st.lists(
    st.builds(
        Paper, st.sampled_from(["SGS-1", "SGS-2"]),
        st.sampled_from(["not_yet", "active", "expired", "suspended", "revoked"]),
        st.booleans(), st.just(TODAY),
    ),
    max_size=3,
)  # fmt: skip


@given(data=LOTS, held=st.lists(HELD, max_size=1), papers=PAPERS, yes=st.booleans())
def test_what_no_certificate_covers_is_saved_only_by_a_yes(
    data: HarvestLot, held: list[Held], papers: list[Paper], yes: bool
) -> None:
    data = msgspec.structs.replace(data, as_plain=yes)
    claimed = rules.claim(data, held, None)
    if held or yes or data.wish == "plain":
        check_certified(data, claimed, papers)
        assert claimed.claim == "plain"
        return
    with pytest.raises(UNCERTIFIED) as no:
        check_certified(data, claimed, papers)
    states = {one.state for one in papers if one.names_crop}
    assert isinstance(no.value, CropOutOfScope) == any(one.state == "active" for one in papers)
    if isinstance(no.value, BeforeCertificate):
        assert "not_yet" in states
    if isinstance(no.value, CertificateNotInForce):
        assert "not_yet" not in states
        assert no.value.facts["state"] in states
    if isinstance(no.value, NeverCertified):
        assert not states


def test_a_harvest_is_of_today_or_lately() -> None:
    rules.check_harvest(KALE, TODAY)
    rules.check_harvest(lot(harvested_on=TODAY - timedelta(days=30)), TODAY)
    with pytest.raises(HarvestInFuture):
        rules.check_harvest(lot(harvested_on=TOMORROW), TODAY)
    with pytest.raises(HarvestTooLongAgo):
        rules.check_harvest(lot(harvested_on=TODAY - timedelta(days=31)), TODAY)
    with pytest.raises(HarvestInFuture):
        rules.check_harvest(lot(harvested_on=date(2569, 11, 22)), TODAY)  # พ.ศ. taken for ค.ศ.


@pytest.mark.parametrize("grams", [0, -1])
def test_nothing_is_no_harvest(grams: int) -> None:
    with pytest.raises(NoGrams):
        rules.check_harvest(lot(grams=grams), TODAY)
