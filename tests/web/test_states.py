"""Whatever became of what bears a code: its page says what, since when, and what one can do."""

from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from certification.basis import codes
from certification.basis.codes import PublicCode
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.plots import commands as plots
from certification.plots.rules import RegisterPlot
from certification.residues import commands as residues
from certification.residues.rules import NoteTest, Seen
from market.answers.language import spoken
from market.answers.words import words
from market.domain.accounts import pins
from market.domain.lots import queries as lots
from market.domain.trace import rules
from tests import doors as doors_of
from tests.access.test_every_route import told
from tests.cast import LONG_AGO, MALEE, NOW, RATTAPHUM, SOMCHAI, TODAY, YESTERDAY
from tests.doors import Doors
from tests.market import farm as farms
from tests.market.test_lineage import make
from tests.market.test_lot_corrections import correct
from tests.market.test_recalls import recall

SINCE = TODAY - timedelta(days=3)
WEEK = timedelta(days=7)


@pytest.fixture
async def doors(db: Database, tmp_path: Path) -> AsyncIterator[Doors]:
    yield await doors_of.opened(db, tmp_path)
    pins.close()


class States:
    """Each land with its own certificate and lot, and what befell it."""

    def __init__(self) -> None:
        self.made = 0

    async def land(self, stage: str | None = "organic", **terms: object) -> farms.Farm:
        self.made += 1
        there = await run(farms.planted)
        if stage:
            number = f"SGS-90-69-{self.made:05}-7"
            await run(farms.certify, there, stage=stage, number=number, **terms)
        return there

    async def befell(self, kind: str, *, on: object = SINCE) -> tuple[str, str, farms.Farm]:
        """Lot, certificate, farm: harvested while it held."""
        there = await self.land()
        lot = (await there.harvest(1_000, harvested_on=TODAY - WEEK)).code
        await run(there.happened, kind, on)
        return lot, await self.paper(there), there

    async def paper(self, there: farms.Farm) -> str:
        [row] = await PublicCode.select().where(PublicCode.subject == there.certificate)
        return str(row["code"])


async def says(doors: Doors, path: str, status: int, *keys: str, **facts: object) -> list[str]:
    """What lacks on the page in each language it is in; a sentence is named by its key."""
    wrong = []
    for language in spoken(path):
        said = await doors.stranger(language).get(path)
        text, say = unescape(said.text).replace("\xa0", " "), words(language)
        if said.status_code != status:
            wrong.append(f"{language} {path}: {said.status_code}")
        for key in keys:
            sentence = say(key, **facts).replace("\xa0", " ")
            if sentence not in text:
                wrong.append(f"{language} {path}: lacks {sentence!r}")
        if "trace." in text.replace("trace.svg", ""):
            wrong.append(f"{language} {path}: bare key")
    return wrong


async def test_each_state_has_its_honest_page(doors: Doors) -> None:
    states, wrong = States(), list[str]()
    since = {"on": SINCE}
    for kind, verdict in (
        ("suspended", "held_then_suspended_now"), ("revoked", "held_then_ended_since"),
        ("surrendered", ""), ("superseded", ""),
    ):  # fmt: skip
        lot, paper, _ = await states.befell(kind)
        loud = [f"trace.head.{verdict}", f"trace.verdict.{verdict}", f"trace.do.{verdict}"]
        quiet = ["Organic, checked", "trace.do.held_then_expired_since"]
        keys = loud if verdict else quiet
        wrong += await says(doors, f"/L/{lot}", 200, *keys, f"trace.state.{kind}", "since {on}",
                            **since)  # fmt: skip
        wrong += await says(doors, f"/C/{paper}", 200, f"trace.paper.{kind}", "since {on}", **since)
    lot, _, _ = await states.befell("revoked", on=TODAY - 2 * WEEK)
    wrong += await says(
        doors, f"/L/{lot}", 200, "trace.head.not_held_at_harvest", "trace.do.not_held_at_harvest"
    )
    wrong += await _over_and_not_yet(doors, states)
    wrong += await _other_goods(doors, states)
    wrong += await _land_and_people(doors, states)
    wrong += await _made_of_others(doors, states)
    wrong += await _codes_that_err(doors, states)
    assert not wrong, told([*wrong])


async def _over_and_not_yet(doors: Doors, states: States) -> list[str]:
    """By the calendar alone; and the certificate that holds instead is one press away."""
    there = await states.land(since=TODAY - 4 * WEEK, until=YESTERDAY)
    lot = (await there.harvest(1_000, harvested_on=TODAY - WEEK)).code
    paper, old = await states.paper(there), {"on": TODAY}
    wrong = await says(doors, f"/L/{lot}", 200, "trace.do.held_then_expired_since",
                       "trace.state.expired", "since {on}", **old)  # fmt: skip
    wrong += await says(doors, f"/C/{paper}", 200, "trace.paper.expired", "since {on}", **old)
    await run(farms.certify, there, number="SGS-90-69-00091-7", since=TODAY)
    newer = await states.paper(there)
    page = unescape((await doors.stranger().get(f"/C/{paper}")).text)
    if f'href="/C/{newer}"' not in page:
        wrong.append(f"/C/{paper}: does not lead to what holds today")
    there = await states.land(since=TODAY + WEEK)
    coming = {"on": TODAY + WEEK}
    return wrong + await says(doors, f"/C/{await states.paper(there)}", 200,
                              "trace.paper.not_yet", "trace.from", **coming)  # fmt: skip


async def _other_goods(doors: Doors, states: States) -> list[str]:
    there = await states.land()
    plain = (await there.harvest(1_000, wish="plain")).code
    wrong = await says(
        doors, f"/L/{plain}", 200, "Ordinary goods, not organic", "trace.do.no_claim"
    )
    turning = await states.land("in_conversion")
    lot = (await turning.harvest(1_000)).code
    wrong += await says(doors, f"/L/{lot}", 200, "In conversion, not yet organic",
                        "trace.do.in_conversion")  # fmt: skip
    tested = await there.harvest(1_000)
    seen = (Seen("organophosphate", "unsafe"), Seen("carbamate", "not_found"))
    test = NoteTest(
        new_id(), RATTAPHUM, "sgs-pgs", "gt", TODAY, seen, "พี่พยาบาล", "พี่พยาบาล",
        plot=there.plot, lot=tested.lot, lot_code=tested.code,
    )  # fmt: skip
    await run(residues.note, test, by=SOMCHAI, at=NOW)
    return wrong + await says(
        doors, f"/L/{tested.code}", 200, "trace.head.laboratory", "trace.do.laboratory"
    )


async def _made_of_others(doors: Doors, states: States) -> list[str]:
    """Split, mixed, corrected and, with all that was made of it, called back."""
    there, turning = await states.land(), await states.land("in_conversion")
    first, second = await there.harvest(4_000), await turning.harvest(2_000)
    [part] = (await make("split", {first.lot: 1_000}, 1_000)).lots
    [mixed] = (await make("mix", {first.lot: 1_000, second.lot: 1_000}, 2_000, lower=True)).lots
    of = {one: (await lots.lot(one)).code for one in (first.lot, part.lot, mixed.lot)}
    wrong = await says(doors, f"/L/{of[part.lot]}", 200, "Part of one harvest", "Organic, checked",
                       "lots.because.of_sources")  # fmt: skip
    wrong += await says(doors, f"/L/{of[mixed.lot]}", 200, "Packed from {count} harvests",
                        "In conversion, not yet organic", "lots.because.lowest_of_sources",
                        count=2)  # fmt: skip
    await correct(first.lot, grams=3_500)
    wrong += await says(doors, f"/L/{first.code}", 200, "What was told before")
    wrong += await says(
        doors, f"/L/{first.code}/corrections", 200, "Told before", "Known now",
        "Nothing is rubbed out: what was told first stays in the public record.",
    )  # fmt: skip
    await recall(first.lot)
    for code in of.values():
        wrong += await says(
            doors, f"/L/{code}", 200, "Called back", "recalls.because.illness", "What you can do:",
            "Nothing of this lot is sold any more. Bring this page or the packet to where you got"
            " it; the group pays back what you paid.",
        )  # fmt: skip
    return wrong


async def _land_and_people(doors: Doors, states: States) -> list[str]:
    bare = await states.land(None)
    wrong = await says(
        doors, f"/P/{bare.plot_code}", 200,
        "This plot has no certificate. Nothing from it may be sold as organic.",
    )  # fmt: skip
    anew = RegisterPlot(
        id=new_id(), group=RATTAPHUM, farmer=MALEE, name="หลังบ้าน", kind="field", lat=7.0761,
        lon=100.2838, area_m2=3_000, tambon="900901", farmed_since=LONG_AGO.date(),
        replaces=bare.plot,
    )  # fmt: skip
    made = await run(plots.register, anew, by=MALEE, at=NOW)
    wrong += await says(doors, f"/P/{bare.plot_code}", 200, "The plot as it is now")
    if f'href="/P/{made.code}"' not in unescape(
        (await doors.stranger().get(f"/P/{bare.plot_code}")).text
    ):
        wrong.append("the old plot does not lead to the new one")
    async with transaction():
        await in_use().query("UPDATE membership SET until = {}", TODAY - timedelta(days=1))
    group = doors.village.codes[RATTAPHUM]
    return wrong + await says(
        doors, f"/G/{group}", 200,
        "Nobody belongs to it at present, so nothing new is vouched for."
        " What it vouched for before keeps its page.",
    )  # fmt: skip


async def _codes_that_err(doors: Doors, states: States) -> list[str]:
    async with transaction():
        [early] = await codes.issue_block("lot", new_id(), 1, at=NOW)
    wrong = await says(
        doors, f"/L/{early}", 200, "Not reported yet",
        "Until then nothing is certain about these goods: do not take them for organic yet.",
    )  # fmt: skip
    for code in (codes.make(), "nothing"):
        wrong += await says(
            doors, f"/L/{code}", 404, "Type the code once more",
            "Then the packet may not be from a farmer of this market. Ask the seller where it"
            " comes from; do not take it for certified because of the label alone.",
        )  # fmt: skip
    for slip in slips(early):
        page = unescape((await doors.stranger().get(f"/L/{slip}")).text)
        if f'href="/L/{early}"' not in page:
            wrong.append(f"{slip} is not taken for {early}")
    return wrong


def slips(code: str) -> list[str]:
    """Each place misread, swapped with the next, left out, and one too many."""
    wrong = [
        code[:place] + ("2" if code[place] != "2" else "3") + code[place + 1 :]
        for place in range(len(code))
    ]
    wrong += [
        code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        for at in range(len(code) - 1)
        if code[at] != code[at + 1]
    ]
    wrong += [code[:at] + code[at + 1 :] for at in range(len(code))]
    return [*dict.fromkeys(one for one in [*wrong, f"{code}7"] if one != code)]


def test_what_looks_alike_comes_first_and_two_look_alikes_are_found() -> None:
    body = "8S2B500"
    code = body + codes.check_character(body)
    twice = code.replace("8", "B", 1).replace("5", "S", 1)
    assert code in set(rules.misread_twice(twice, codes.ALPHABET))
    assert rules.likeness(twice, code) == 0
    assert rules.likeness("AB23CD45", "BA23CD45") == 1
    assert rules.likeness("AB23CD45", "AB23CD4") == 2
