"""A charter is published in versions; what was decided under one is never rewritten."""

import asyncio
import json
from datetime import timedelta

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.transaction import run
from certification.schemes import commands, queries, rules
from certification.schemes.rules import Content, Part, PublishScheme, RuleSet
from certification.schemes.tables import SchemeVersion
from tests.cast import NOW, TODAY, WAN


def sgs() -> Content:
    return queries.preset("sgs-pgs")


def wanted(content: Content | None = None, **also: object) -> PublishScheme:
    plain = PublishScheme(new_id(), content or sgs(), TODAY, "minutes 3/2569")
    return msgspec.structs.replace(plain, **also)


def test_the_preset_has_76_items_in_five_chapters_each_in_both_languages() -> None:
    items = sgs().checklist
    assert len(items) == 76
    assert len({item.chapter for item in items}) == 5
    assert all(item.th and item.en and item.source for item in items)
    count = {s: sum(item.severity == s for item in items) for s in ("critical", "major", "minor")}
    assert count == {"critical": 19, "major": 34, "minor": 23}


def test_every_setting_says_where_it_comes_from() -> None:
    assert set(sgs().sources) == set(RuleSet.__struct_fields__)
    ours = [s for s in sgs().sources.values() if s.level == "confirm"]
    assert ours
    assert all(s.source.endswith("Confirm with your charter.") for s in ours)


def test_the_pledge_has_three_promises_and_the_input_list_five_prohibitions() -> None:
    assert len(sgs().pledge.promises) == 3
    assert len(sgs().prohibitions) == 5


def test_content_reads_back_from_its_canonical_bytes_and_sorts_its_keys() -> None:
    text = rules.canonical(sgs())
    assert msgspec.json.decode(text, type=Content) == sgs()
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_two_of_three_is_two_thirds() -> None:
    assert Part(2, 3).met(2, 3)
    assert not Part(2, 3).met(1, 2)


@pytest.mark.parametrize("name", ["nothing", "../presets/sgs-pgs", "", "sgs_pgs"])
def test_an_unknown_preset_is_refused(name: str) -> None:
    with pytest.raises(rules.UnknownPreset):
        queries.preset(name)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"checklist": ()}, "checklist"),
        ({"checklist": sgs().checklist * 2}, "checklist"),
        ({"sources": {}}, "sources"),
        ({"pledge": rules.Pledge(())}, "pledge"),
        ({"rules": msgspec.structs.replace(sgs().rules, pass_share=Part(3, 2))}, "shares"),
        ({"rules": msgspec.structs.replace(sgs().rules, validity_months=0)}, "validity_months"),
        ({"rules": msgspec.structs.replace(sgs().rules, number_prefix="ส")}, "number_prefix"),
        ({"rules": msgspec.structs.replace(sgs().rules, reciprocity_years=2**31)}, "numbers"),
        (
            {"rules": msgspec.structs.replace(sgs().rules, yield_tolerance=Part(1, 0))},
            "yield_tolerance",
        ),
    ],
)
def test_a_charter_nobody_could_work_with_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(rules.UnsoundContent) as no:
        rules.published(wanted(msgspec.structs.replace(sgs(), **change)), latest=0)
    assert no.value.facts["why"] == why


async def test_before_the_first_version_nothing_is_in_force(db: Database) -> None:
    await commands.publish(wanted(), by=WAN, at=NOW)
    with pytest.raises(rules.NotInForce):
        await queries.in_force("sgs-pgs", TODAY - timedelta(days=1))
    with pytest.raises(rules.NotInForce):
        await queries.in_force("another", TODAY)


async def test_a_newer_version_holds_from_its_day_and_leaves_the_older_alone(db: Database) -> None:
    first = await commands.publish(wanted(), by=WAN, at=NOW)
    stricter = msgspec.structs.replace(sgs().rules, min_inspectors=4)
    second = await commands.publish(
        wanted(
            msgspec.structs.replace(sgs(), rules=stricter),
            effective_from=TODAY + timedelta(days=10),
        ),
        by=WAN,
        at=NOW,
    )
    assert (first.version, second.version) == (1, 2)
    assert (await queries.in_force("sgs-pgs", TODAY)).version == 1
    later = await queries.in_force("sgs-pgs", TODAY + timedelta(days=10))
    assert later.content.rules.min_inspectors == 4
    assert (await queries.version(first.version_id)).content == sgs()
    assert (await queries.version(first.version_id)).effective_from == TODAY
    assert await queries.schemes() == ["sgs-pgs"]
    assert not await verify([SchemeVersion])


async def test_an_unknown_version_is_missing(db: Database) -> None:
    with pytest.raises(rules.SchemeMissing):
        await queries.version(new_id())


async def test_two_versions_at_the_same_moment_get_two_numbers_or_a_refusal(db: Database) -> None:
    deeds = (run(commands.publish, wanted(), by=WAN, at=NOW) for _ in range(4))
    done = await asyncio.gather(*deeds, return_exceptions=True)
    told = [d.version for d in done if isinstance(d, rules.SchemePublished)]
    assert sorted(told) == list(range(1, len(told) + 1))
    assert all(isinstance(d, rules.SchemePublished | rules.PublishedMeanwhile) for d in done)
    assert [v.version for v in await queries.versions("sgs-pgs")] == sorted(told)
