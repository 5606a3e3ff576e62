"""What befell a lot is said in EPCIS 2.0 as GS1's schema and another's generator of ids have it."""

import json
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from certification.basis import codes
from certification.basis.database import Database
from market.domain.epcis import document, prehash, queries, rules, told
from market.domain.epcis.facts import (
    CalledBack,
    Carried,
    CertificateTurned,
    Crated,
    Fact,
    Harvested,
    Inspected,
    Made,
    Moved,
    Ordered,
    SoldInSum,
    Spoilt,
    Weighed,
)
from market.jobs import readers
from tests.cast import CHAN
from tests.epcis import VENDOR, faults, judged
from tests.market.farm import farm
from tests.market.test_lineage import beside, make
from tests.market.test_lot_corrections import correct

ORIGIN = "https://khiao.example.org"
CODES = st.text(codes.ALPHABET, min_size=7, max_size=7).map(
    lambda body: body + codes.check_character(body)
)
CRATES = st.text(codes.ALPHABET, min_size=16, max_size=16)
LOTS = st.builds(Weighed, CODES, st.integers(1, 10**9))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
COMMON = {"entry": st.integers(1, 10**9), "told_at": MOMENTS, "group": CODES}
IDS = st.uuids().map(str)
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(
        Harvested, **COMMON, lot=LOTS, plot=CODES, crop=st.sampled_from(["kale", "rice_jasmine"]),
        on=st.dates(date(2020, 1, 1), date(2099, 1, 1)),
        claim=st.sampled_from(["organic", "in_conversion", "plain"]),
        certificate=st.none() | CODES,
    ),
    st.builds(Inspected, **COMMON, plot=CODES, ended_at=MOMENTS, conformant=st.booleans()),
    st.builds(
        CertificateTurned, **COMMON, plot=CODES, certificate=CODES,
        turn=st.sampled_from(["suspended", "reinstated", "revoked"]),
        on=st.dates(date(2020, 1, 1), date(2099, 1, 1)),
    ),
    st.builds(
        Carried, **COMMON, lot=LOTS, place=st.none() | IDS,
        turn=st.sampled_from(["loaded", "unloaded", "returned"]),
    ),
    st.builds(
        Made, **COMMON, kind=st.sampled_from(["split", "mix", "pack"]),
        inputs=st.lists(LOTS, min_size=1, max_size=3).map(tuple),
        outputs=st.lists(LOTS, min_size=1, max_size=3).map(tuple),
        loss_grams=st.integers(0, 10**6),
    ),
    st.builds(
        Crated, **COMMON, crate=CRATES, place=st.none() | IDS,
        lots=st.lists(LOTS, min_size=1, max_size=3).map(tuple),
        turn=st.sampled_from(["filled", "emptied"]),
    ),
    st.builds(
        Moved, **COMMON, dispatch=IDS, at=MOMENTS,
        turn=st.sampled_from(["sent", "counted", "counted_otherwise"]),
        lots=st.lists(LOTS, min_size=1, max_size=3).map(tuple),
        crates=st.lists(CRATES, max_size=3, unique=True).map(tuple),
        from_place=st.none() | IDS, to_place=st.none() | IDS,
    ),
    st.builds(
        CalledBack, **COMMON, lot=CODES, turn=st.sampled_from(["recalled", "cleared"])
    ),
    st.builds(Spoilt, **COMMON, lot=LOTS),
    st.builds(SoldInSum, **COMMON, lot=LOTS),
    st.builds(
        Ordered, **COMMON, order=IDS, lots=st.lists(LOTS, min_size=1, max_size=4).map(tuple),
        turn=st.sampled_from(["reserved", "handed_over", "cancelled"]),
    ),
)  # fmt: skip


def said(facts: list[Fact]) -> tuple[list[rules.Event], bytes]:
    events = [rules.event(fact, ORIGIN) for fact in facts]
    bodies = [one.body.decode() for one in events]
    newest = max((one.told_at for one in events), default=datetime(2026, 1, 1, tzinfo=UTC))
    return events, document.document(newest, bodies)


@given(st.lists(FACTS, min_size=1, max_size=12))
@settings(max_examples=25)
def test_any_chain_is_valid_and_has_the_ids_that_another_generator_finds(facts: list[Fact]):
    events, written = said(facts)
    assert said(facts)[1] == written  # the same facts, the same bytes
    told = json.loads(written)
    assert judged(told) == [one.id for one in events]
    assert faults(told) == []


def test_the_ids_do_not_rest_on_where_the_clock_stands_or_how_the_fields_are_arranged():
    lot = Weighed("7K2M9QXD", 2_500)
    one = Harvested(
        entry=7, told_at=datetime(2026, 11, 22, 2, tzinfo=UTC), group="GGGG0000", lot=lot,
        plot="P1111111", crop="kale", on=date(2026, 11, 22), claim="organic",
    )  # fmt: skip
    told = rules.event(one, ORIGIN)
    assert told.id == (
        "ni:///sha-256;fc5d3fb9ce7dfdc370b49431840f44fa6bdb40efb1f6e34d4a6d326272433db0?ver=CBV2.0"
    )  # for ever: whoever changes the words of events changes what was printed and signed
    body = json.loads(told.body)
    turned = dict(reversed(body.items())) | {"recordTime": "2030-01-01T00:00:00Z", "eventID": "x:y"}
    turned["eventTime"] = "2026-11-21T17:00:00Z"
    assert prehash.event_id(turned, rules.NAMESPACES) == told.id


def test_the_reference_events_have_their_reference_prehash():
    """Ours names nothing by GS1 keys; where the examples do, the key is written as a Digital Link
    beforehand, as the standard asks of whoever computes."""
    for path in sorted(VENDOR.glob("*.jsonld")):
        text = path.read_text()
        for urn, link in LINKS.items():
            text = text.replace(f'"{urn}"', f'"https://id.gs1.org/{link}"')
        told = json.loads(text)
        prefixes = {
            k: v for one in told["@context"] if isinstance(one, dict) for k, v in one.items()
        }
        wanted = path.with_suffix(".prehashes").read_text().split("\n")
        events = told["epcisBody"]["eventList"]
        assert [prehash.prehash(one, prefixes) for one in events] == wanted[: len(events)]


LINKS = {
    "urn:epc:id:sscc:4012345.0000000111": "00/040123450000001112",
    "urn:epc:id:sscc:4012345.0000000222": "00/040123450000002225",
    "urn:epc:id:sscc:4012345.0000000333": "00/040123450000003338",
    "urn:epc:id:sgln:4012345.00011.987": "414/4012345000115/254/987",
    "urn:epc:id:sgtin:0614141.107346.2017": "01/10614141073464/21/2017",
    "urn:epc:id:sgtin:0614141.107346.2018": "01/10614141073464/21/2018",
    "urn:epc:id:sgln:0614141.07346.1234": "414/0614141073467/254/1234",
    "urn:epc:id:sgtin:4012345.011111.1": "01/04012345111118/21/1",
    "urn:epc:id:sgtin:4012345.011111.2": "01/04012345111118/21/2",
    "urn:epc:id:sgln:4012345.00005.0": "414/4012345000054",
}


async def test_a_mix_names_what_went_in_and_a_correction_what_was_wrong(db: Database) -> None:
    told.use(ORIGIN)
    malee, chan = await farm(db), await beside(CHAN)
    first = await malee.harvest(6_000)
    second = await chan.harvest(4_000, by=CHAN)
    made = await make("mix", {first.lot: 2_000, second.lot: 3_000}, 4_700)
    await readers.tell_events()
    await correct(first.lot, grams=5_500)
    await readers.tell_events()
    chain = await queries.chain(made.lots[0].code)
    assert chain.newest is not None
    whole = json.loads(document.document(chain.newest, chain.bodies))
    events = whole["epcisBody"]["eventList"]
    assert faults(whole) == []
    assert judged(whole) == [one["eventID"] for one in events]
    [mix] = [one for one in events if one["type"] == "TransformationEvent"]
    assert sum(one["quantity"] for one in mix["inputQuantityList"]) == 5
    assert [one["quantity"] for one in mix["outputQuantityList"]] == [4.7]
    assert mix["ilmd"] == {"tk:lossKilos": 0.3}
    harvests = {one["eventID"]: one for one in events if one["bizStep"] == "commissioning"
                and one["type"] == "ObjectEvent"}  # fmt: skip
    assert sorted(one["quantityList"][0]["quantity"] for one in harvests.values()) == [4, 5.5, 6]
    [wrong] = [one for one in harvests.values() if "errorDeclaration" in one]
    assert wrong["quantityList"][0]["quantity"] == 6
    [right] = wrong["errorDeclaration"]["correctiveEventIDs"]
    assert harvests[right]["quantityList"][0]["quantity"] == 5.5
    both = await queries.one(wrong["eventID"], queries.Asked(public_only=True))
    assert ["errorDeclaration" in one for one in both] == [False, True]
