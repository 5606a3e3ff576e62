"""A charter changes in mid-season; a plot is certified by two schemes: each keeps to its own."""

from typing import Any

import msgspec

from certification.applications import commands as applications
from certification.applications import queries as application_queries
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands, queries
from certification.certificates.rules import ChangeCertificate, IssueCertificate
from certification.inspections import queries as inspections
from certification.schemes import commands as schemes
from certification.schemes import queries as scheme_queries
from certification.schemes.rules import FoundScheme, PublishScheme
from tests.cast import LONG_AGO, MALEE, NETWORK, NOW, TODAY, WAN, village
from tests.guarantee import (
    ON_PAPER,
    accepted,
    application,
    decided,
    inspected,
    meeting,
    planted,
    published,
)


async def stricter(scheme: str = "sgs-pgs", **changed: Any) -> str:
    content = (await scheme_queries.in_force(scheme, TODAY)).content
    rules = msgspec.structs.replace(content.rules, **changed)
    content = msgspec.structs.replace(content, rules=rules, checklist=content.checklist[1:])
    wanted = PublishScheme(new_id(), content, TODAY, "9/2569", TODAY)
    return (await run(schemes.publish, wanted, by=WAN, at=NOW)).version_id


async def test_who_applied_under_a_version_is_judged_by_it_to_the_end(db: Database) -> None:
    await village(db)
    first = await published()
    asked = await accepted(await planted())
    await stricter(min_inspectors=9, quorum_count=50, validity_months=1, number_format=SHORT)
    visit = await inspected(asked)  # by three, who answer a question that is no longer asked
    issued = await run(
        commands.issue, IssueCertificate(new_id(), await decided(asked, await meeting())),
        by=WAN, at=NOW,
    )  # fmt: skip
    paper = await queries.certificate(issued.certificate)
    assert (await application_queries.application(asked)).scheme_version == first
    assert (await inspections.inspection(visit)).scheme_version == first
    assert paper.scheme_version == first
    assert paper.valid_until == TODAY.replace(year=2027, day=21)
    assert paper.number.startswith("SGS-90-69-")
    later = await accepted(await planted(lon=100.29))
    assert (await application_queries.application(later)).scheme_version != first


SHORT = "{scheme}/{prov}.{be4}-{seq:03d}{chk}"


async def test_a_plot_holds_certificates_of_two_schemes_and_loses_one_alone(db: Database) -> None:
    await village(db)
    await published()
    content = scheme_queries.preset("sgs-pgs-small")
    rules = msgspec.structs.replace(
        content.rules,
        number_prefix="TWO",
        number_format=SHORT,
        history_years=0,
        group_min_members=1,
    )
    other = msgspec.structs.replace(content, scheme="second", rules=rules)
    await run(schemes.found, FoundScheme(new_id(), "second", "TWO", NETWORK), by=WAN, at=LONG_AGO)
    await run(
        schemes.publish, PublishScheme(new_id(), other, LONG_AGO.date(), "1/2566"),
        by=WAN, at=LONG_AGO,
    )  # fmt: skip
    plot, papers = await planted(), []
    for scheme in ("sgs-pgs", "second"):
        wanted = application(plot, scheme=scheme)
        await run(applications.submit, wanted, by=MALEE, at=NOW)
        await run(applications.accept, wanted.id, ON_PAPER, by=WAN, at=NOW)
        await inspected(wanted.id)
        decision = await decided(wanted.id, await meeting())
        done = await run(commands.issue, IssueCertificate(new_id(), decision), by=WAN, at=NOW)
        papers.append(done)
    held = await queries.holding(plot, "kale", TODAY)
    assert {(one.scheme, one.number) for one in held} == {
        ("sgs-pgs", papers[0].number), ("second", papers[1].number),
    }  # fmt: skip
    assert papers[1].number.startswith("TWO/90.2569-001")
    lost = ChangeCertificate(new_id(), papers[0].certificate, "complaint", TODAY)
    await run(commands.suspend, lost, by=WAN, at=NOW)
    assert [one.scheme for one in await queries.holding(plot, "kale", TODAY)] == ["second"]
