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
from certification.groups.rules import NotANetwork
from certification.schemes import changes, commands, numbers, queries, rules, sound
from certification.schemes.numbers import PLAIN
from certification.schemes.presets import PRESETS
from certification.schemes.rules import (
    AdoptScheme,
    Content,
    FoundScheme,
    Part,
    PublishScheme,
    RuleSet,
)
from certification.schemes.tables import Scheme, SchemeAdoption, SchemeVersion
from tests.cast import LONG_AGO, NETWORK, NOW, RATTAPHUM, TODAY, WAN, village


def sgs() -> Content:
    return queries.preset("sgs-pgs")


def wanted(content: Content | None = None, **also: object) -> PublishScheme:
    plain = PublishScheme(new_id(), content or sgs(), TODAY, "minutes 3/2569")
    return msgspec.structs.replace(plain, **also)


def test_the_preset_has_76_items_in_four_chapters_each_in_both_languages() -> None:
    items = sgs().checklist
    assert len(items) == 76
    assert len({item.chapter for item in items}) == 4  # of the Songkhla draft
    assert len({item.chapter for item in queries.preset("sgs-pgs-small").checklist}) == 5
    assert all(item.th and item.en and item.source for item in items)
    count = {s: sum(item.severity == s for item in items) for s in ("critical", "major", "minor")}
    assert count == {"critical": 19, "major": 34, "minor": 23}


def test_every_setting_says_where_it_comes_from() -> None:
    assert set(sgs().sources) == set(RuleSet.__struct_fields__)
    ours = [s for s in sgs().sources.values() if s.level == "confirm"]
    assert len(ours) > len(sgs().sources) / 2
    assert all(s.source for s in sgs().sources.values())


def test_every_preset_is_sound_and_its_panel_is_as_large_as_the_source_says() -> None:
    assert [rules.unsound(queries.preset(name)) for name in PRESETS] == [""] * len(PRESETS)
    seats = {
        name: sum(seat.minimum for seat in queries.preset(name).rules.panel_seats)
        for name in PRESETS
    }
    assert seats == {"sgs-pgs": 9, "sgs-pgs-small": 3, "sdgspgs": 3, "vietnam-like": 3}


def test_every_whole_number_and_every_share_has_its_bounds() -> None:
    for name, kind in RuleSet.__annotations__.items():
        assert (kind == "int") == (name in sound.BOUNDS), name
        assert kind != "Part" or name in (*sound.SHARES, "yield_tolerance"), name
        if name in sound.BOUNDS:
            for beyond in (sound.BOUNDS[name][0] - 1, sound.BOUNDS[name][1] + 1):
                assert unsound(**{name: beyond}) == name
        if name in sound.SHARES:
            assert [unsound(**{name: p}) for p in (Part(3, 2), Part(-1, 2), Part(1, 0))] == [
                name
            ] * 3


def unsound(**changed: object) -> str:
    return rules.unsound(msgspec.structs.replace(
        sgs(), rules=msgspec.structs.replace(sgs().rules, **changed)
    ))  # fmt: skip


def test_a_setting_that_contradicts_another_or_itself_is_named() -> None:
    settings = sgs().rules
    seat, kit, stages = settings.panel_seats[0], settings.residue_kits[0], settings.stages
    for name, value in {
        "panel_seats": (seat, seat), "decision_stages": settings.decision_stages * 2,
        "stages": stages[::-1], "revoke_pass_share": Part(1, 2), "buffer_spray_neighbour_m": 0,
        "public_fields": (), "manure_days": {"soil_contact": 120}, "number_prefix": "ส",
        "residue_kits": (msgspec.structs.replace(kit, cannot_see=("herbicide",)),),
        "conversion_months": {"annual": 12}, "yield_tolerance": Part(1, 0),
        "severity_deadline_days": {"major": 1},
    }.items():  # fmt: skip
        assert unsound(**{name: value}) == name
    assert unsound(stages=(stages[0], stages[2])) == ""  # not certifiable before it is organic


@pytest.mark.parametrize(
    ("form", "sound_"),
    [
        (PLAIN, True), ("{scheme}/{be4}.{prov}-{seq:03d}{chk}", True),
        ("{scheme}-{be2}-{be4}-{seq:05d}-{chk}", False), ("{scheme}-{prov}-{be2}-{chk}", False),
        ("{scheme}-{prov}-{be2}-{seq:05d}", False), ("{prov}-{scheme}-{be2}-{seq:05d}{chk}", False),
        ("{scheme}-{prov}-{be2}-{seq:09d}{chk}", False), ("{scheme}-{x}-{be2}-{seq:05d}", False),
        ("", False), (PLAIN + "\n", False),
    ],
)  # fmt: skip
def test_a_number_has_scheme_province_year_running_number_and_check_digit(
    form: str, sound_: bool
) -> None:
    assert (unsound(number_format=form) == "") == sound_
    if sound_:
        assert numbers.well_formed(numbers.number(form, "SGS", "90", TODAY, 1_234))


def test_an_input_list_says_one_thing_of_each_day() -> None:
    listed = sgs().inputs
    assert {one.status for one in listed} == {"allowed", "restricted", "prohibited", "unknown"}
    copper = next(one for one in listed if one.code == "copper")
    until, since = TODAY, TODAY + timedelta(days=1)
    before = msgspec.structs.replace(copper, until=until)
    after = msgspec.structs.replace(copper, from_on=since, status="prohibited")
    both = msgspec.structs.replace(sgs(), inputs=(after, before))
    assert rules.unsound(both) == ""
    said = [both.input("copper", on) for on in (until, since)]
    assert [one and one.status for one in said] == ["restricted", "prohibited"]
    assert both.input("nothing", TODAY) is None
    for wrong in (
        (before, copper), (msgspec.structs.replace(copper, restriction=None),),
        (msgspec.structs.replace(before, from_on=since),),
    ):  # fmt: skip
        assert rules.unsound(msgspec.structs.replace(sgs(), inputs=wrong)) == "inputs"


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
        ({"rules": msgspec.structs.replace(sgs().rules, pass_share=Part(3, 2))}, "pass_share"),
        ({"rules": msgspec.structs.replace(sgs().rules, validity_months=0)}, "validity_months"),
        ({"rules": msgspec.structs.replace(sgs().rules, number_prefix="ส")}, "number_prefix"),
        (
            {"rules": msgspec.structs.replace(sgs().rules, reciprocity_years=2**31)},
            "reciprocity_years",
        ),
        (
            {"rules": msgspec.structs.replace(sgs().rules, yield_tolerance=Part(1, 0))},
            "yield_tolerance",
        ),
    ],
)
def test_a_charter_nobody_could_work_with_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(rules.UnsoundContent) as no:
        rules.published(wanted(msgspec.structs.replace(sgs(), **change)))
    assert no.value.facts["why"] == why


async def founded(db: Database, scheme: str = "sgs-pgs", prefix: str = "SGS") -> None:
    await village(db)
    first = FoundScheme(new_id(), scheme, prefix, NETWORK)
    await run(commands.found, first, by=WAN, at=LONG_AGO)


async def test_before_the_first_version_nothing_is_in_force(db: Database) -> None:
    await founded(db)
    await commands.publish(wanted(), by=WAN, at=NOW)
    with pytest.raises(rules.NotInForce):
        await queries.in_force("sgs-pgs", TODAY - timedelta(days=1))
    with pytest.raises(rules.NotInForce):
        await queries.in_force("another", TODAY)


async def test_a_newer_version_holds_from_its_day_and_leaves_the_older_alone(db: Database) -> None:
    await founded(db)
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
    assert not await verify([Scheme, SchemeVersion])


async def test_an_unknown_version_is_missing(db: Database) -> None:
    with pytest.raises(rules.SchemeMissing):
        await queries.version(new_id())


async def test_two_versions_at_the_same_moment_get_two_numbers_or_a_refusal(db: Database) -> None:
    await founded(db)
    deeds = (run(commands.publish, wanted(), by=WAN, at=NOW) for _ in range(4))
    done = await asyncio.gather(*deeds, return_exceptions=True)
    told = [d.version for d in done if isinstance(d, rules.SchemePublished)]
    assert sorted(told) == list(range(1, len(told) + 1))
    assert all(isinstance(d, rules.SchemePublished | rules.PublishedMeanwhile) for d in done)
    assert [v.version for v in await queries.versions("sgs-pgs")] == sorted(told)


def of(number: int, content: Content | None = None) -> rules.Version:
    return rules.Version(new_id(), "sgs-pgs", number, TODAY, "", content or sgs())


def test_a_version_follows_its_meeting_and_the_version_before_it() -> None:
    day = timedelta(days=1)
    for too_early, older in (
        (wanted(minutes_on=TODAY, effective_from=TODAY - day), ()),
        (wanted(effective_from=TODAY - day), (of(1),)),
    ):
        with pytest.raises(rules.InForceTooEarly):
            rules.published(too_early, older=older)
    assert rules.published(wanted(), older=(of(1), of(2))).version == 3
    with pytest.raises(rules.MeetingUnnamed):
        rules.ensure_decided(wanted(meeting_ref=" "), today=TODAY)
    with pytest.raises(rules.MeetingToCome):
        rules.ensure_decided(wanted(minutes_on=TODAY + day), today=TODAY)
    with pytest.raises(rules.OtherPrefix):
        rules.published(wanted(), prefix="ELSE")


def test_a_code_never_stands_for_something_else() -> None:
    item, rest = sgs().checklist[0], sgs().checklist[1:]
    without = msgspec.structs.replace(sgs(), checklist=rest)

    def asked(**changed: object) -> Content:
        new = msgspec.structs.replace(item, **changed)
        return msgspec.structs.replace(sgs(), checklist=(new, *rest))

    other_words, other_kind = asked(th="ถามเรื่องอื่น"), asked(answer_type="integer")
    assert rules.reused(other_words, [sgs()]) == ""  # words mended while it is asked
    assert rules.reused(other_kind, [sgs()]) == item.code
    assert rules.reused(other_words, [sgs(), without]) == item.code  # retired, and back as another
    assert rules.reused(sgs(), [sgs(), without]) == ""
    with pytest.raises(rules.AnotherCode):
        rules.published(wanted(other_kind), older=(of(1),))
    listed = msgspec.structs.replace(sgs().inputs[0], substance="something else")
    inputs = msgspec.structs.replace(sgs(), inputs=(listed, *sgs().inputs[1:]))
    assert rules.reused(inputs, [sgs()]) == listed.code


def test_what_differs_is_named_in_each_part_and_nothing_else() -> None:
    before, [first, second, *rest] = sgs(), sgs().checklist
    mended = msgspec.structs.replace(second, severity="major", evidence=("photo",))
    after = msgspec.structs.replace(
        before, checklist=(mended, first, *rest[:-1]), inputs=before.inputs[1:],
        rules=msgspec.structs.replace(before.rules, kin_degree=3),
        sources={**before.sources, "kin_degree": rules.Source("sourced", "Meeting 3/2569")},
        pledge=rules.Pledge(before.pledge.promises[:2]),
    )  # fmt: skip
    told = {(one.where, one.what, one.key) for one in changes.between(before, after)}
    assert told == {
        ("settings", "changed", "kin_degree"), ("sources", "changed", "kin_degree"),
        ("pledge", "removed", "3"), ("checklist", "changed", second.code),
        ("checklist", "removed", rest[-1].code), ("inputs", "removed", before.inputs[0].code),
        ("checklist", "moved", first.code), ("checklist", "moved", second.code),
        ("checklist", "moved", rest[0].code),
    }  # fmt: skip
    [fields] = [
        c.fields for c in changes.between(before, after) if c.key == second.code and c.fields
    ]
    assert set(fields) == {"severity", "evidence"}
    assert changes.between(before, before) == []
    assert {c.what for c in changes.between(after, before) if c.key == "3"} == {"added"}


async def test_a_scheme_has_one_owner_one_code_and_letters_of_its_own(db: Database) -> None:
    await founded(db)
    for scheme, prefix, owner, no in (
        ("sgs-pgs", "X", NETWORK, rules.CodeTaken), ("other", "SGS", NETWORK, rules.CodeTaken),
        ("Bad code", "X", NETWORK, rules.UnsoundContent),
        ("other", "ส", NETWORK, rules.UnsoundContent),
        ("other", "X", RATTAPHUM, NotANetwork),
    ):  # fmt: skip
        with pytest.raises(no):
            await run(commands.found, FoundScheme(new_id(), scheme, prefix, owner), by=WAN, at=NOW)
    with pytest.raises(rules.SchemeUnknown):
        other = msgspec.structs.replace(sgs(), scheme="nobodys")
        await run(commands.publish, wanted(other), by=WAN, at=NOW)
    with pytest.raises(rules.AdoptedAlready):
        own = AdoptScheme(new_id(), "sgs-pgs", NETWORK, "1/2569")
        await run(commands.adopt, own, by=WAN, at=NOW)
    assert await queries.used_by(NETWORK) == {"sgs-pgs"}
    assert not await verify([Scheme, SchemeAdoption])


async def test_two_who_change_a_draft_are_told_and_neither_loses(db: Database) -> None:
    await founded(db)
    await run(commands.publish, wanted(), by=WAN, at=NOW)
    await run(commands.begin_draft, "sgs-pgs", by=WAN, at=NOW)
    with pytest.raises(rules.DraftBegunAlready):
        await run(commands.begin_draft, "sgs-pgs", by=WAN, at=NOW)
    saved = [run(commands.save_draft, "sgs-pgs", sgs(), seen=1, by=WAN, at=NOW) for _ in range(3)]
    done = await asyncio.gather(*saved, return_exceptions=True)
    assert [one for one in done if isinstance(one, int)] == [2]
    assert sum(isinstance(one, rules.DraftChangedMeanwhile) for one in done) == 2
    stale = wanted(draft=1)
    with pytest.raises(rules.DraftChangedMeanwhile):
        await run(commands.publish, stale, by=WAN, at=NOW)
    assert len(await queries.versions("sgs-pgs")) == 1  # nothing of it was written
    await run(commands.publish, msgspec.structs.replace(stale, draft=2), by=WAN, at=NOW)
    with pytest.raises(rules.DraftMissing):
        await queries.draft("sgs-pgs")
