"""What a scan shows, assembled from the rows at the moment of the scan.

Lists are short and newest first: a page is for a phone in the sun.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from certification.areas import queries as areas
from certification.basis import codes
from certification.basis.database import in_use
from certification.basis.text import Text
from certification.basis.units import THAILAND, local_day
from certification.certificates import queries as certificates
from certification.certificates.queries import CertificateView
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.marks import queries as marks
from certification.marks.queries import PublicMark
from certification.plots import queries as plots
from certification.plots.queries import PublicPlot
from certification.schemes import queries as schemes
from market.domain.lots.refusals import NoLot
from market.domain.trace import past, rows, rules, scan
from market.domain.trace.alike import Alike, Trace

LISTED = 20


class CertificatePage(msgspec.Struct, frozen=True):
    """What the charter's `public_fields` leave out is None or empty; that it holds, its number and
    how it came about are always told."""

    code: str
    number: str
    scheme: str
    scheme_name: Text | None
    stage: str | None
    crops: tuple[Text, ...]
    valid_from: date | None
    valid_until: date | None
    now: rules.State
    place: rules.Somewhere
    plot: PublicPlot | None
    """Only where group, tambon and area are all public."""
    farmer_name: str | None
    inspected: rules.Inspected | None
    decided: rules.Decided | None
    before: tuple[rules.Decided, ...]
    """What the bodies decided that passed it on, the first one first."""
    voters: tuple[str, ...]
    """Who voted on it last, where the charter makes it public and they consent."""
    voters_unnamed: int
    timeline: tuple[rules.Happening, ...]
    proof: rules.Proof | None
    newer: str | None
    """Where this one does not hold: the code of the land's certificate that does."""


class PlotPage(msgspec.Struct, frozen=True):
    place: rules.Somewhere
    plot: PublicPlot
    crops: tuple[Text, ...]
    farmer_name: str | None
    certificates: tuple[rules.Brief, ...]
    lots: tuple[rules.Brief, ...]
    """The newest first."""
    marks: tuple[PublicMark, ...]
    """Papers by others."""
    redrawn_as: str | None
    """The code of the plot that took its place."""


class GroupPage(msgspec.Struct, frozen=True):
    code: str
    name: Text
    kind: str
    network: Text | None
    address: Text
    members: int
    plots: int
    m2: int
    certificates: tuple[rules.Brief, ...]
    lots: tuple[rules.Brief, ...]
    groups: tuple[tuple[str, Text], ...]
    """Code and name of the groups of a network."""
    marks: tuple[PublicMark, ...]
    """Its own papers by others."""


async def by_code(typed: str, today: date) -> Trace:
    """As typed or scanned, in any case. Misread, UnknownCode, NotYetReported."""
    row = await rows.row(code, today) if codes.well_formed(code := codes.read(typed)) else None
    if row is None:  # then what `typed` is, is worth more questions
        raise NoLot(lot=await past.subject(typed, "lot"))
    _, own, *shared = row
    return await Alike(scan.shared(tuple(shared)), today).trace(scan.own(own))


async def certificate_page(typed: str, today: date) -> CertificatePage:
    view = await certificates.certificate(await past.subject(typed, "certificate"))
    plot = await plots.plot(view.plot)
    gone = await past.past(view.id)
    content = (await schemes.version(view.scheme_version)).content
    told = frozenset(content.rules.public_fields)
    organ, now = "organ" in told, await past.state(view, None, today)
    voters = await past.voters(view.decision, content.rules) if organ else past.Voters()
    return CertificatePage(
        code=view.code,
        number=view.number,
        scheme=view.scheme,
        scheme_name=content.name if "standard" in told else None,
        stage=view.stage if "stage" in told else None,
        crops=tuple(crops.crop(crop).name for crop in view.crops if "crops" in told),
        valid_from=view.valid_from if "valid_from" in told else None,
        valid_until=view.valid_until if "valid_until" in told else None,
        now=now,
        place=rules.somewhere(await past.place(plot), told),
        plot=await plots.public(plot, today) if told >= rules.LAND else None,
        farmer_name=await past.name(view.holder) if "display_name" in told else None,
        inspected=gone.inspected,
        decided=gone.decided if organ else None,
        before=gone.before if organ else (),
        voters=voters.named,
        voters_unnamed=voters.unnamed,
        timeline=await past.timeline([plot.id, *gone.subjects]),
        proof=await past.proof(view.id),
        newer=None if now.held or not told >= rules.LAND else await _holding(view, today),
    )


async def _holding(view: CertificateView, today: date) -> str | None:
    """Of the same land and scheme, today."""
    for other in await certificates.of_plot(view.plot):
        if other.scheme == view.scheme and (await past.state(other, None, today)).held:
            return other.code
    return None


async def plot_page(typed: str, today: date) -> PlotPage:
    plot = await plots.plot(await past.subject(typed, "plot"))
    shown = await plots.public(plot, today)
    holder = await plots.holder(plot.id, today)
    held = await certificates.of_plot(plot.id)
    return PlotPage(
        place=await past.place(plot),
        plot=shown,
        crops=tuple(crops.crop(crop).name for crop in shown.crops),
        farmer_name=await past.name(holder) if holder and await _names(held) else None,
        certificates=await _certificates(held, today),
        lots=await _lots("l.plot = {}", (plot.id,)),
        marks=await marks.on_plot(plot.code, holder or "", today),
        redrawn_as=(await plots.plot(plot.replaced_by)).code if plot.replaced_by else None,
    )


async def group_page(typed: str, today: date) -> GroupPage:
    group = await groups.group(await past.subject(typed, "group", "network"))
    network = await groups.group(group.network) if group.network else None
    [land] = await in_use().query(LAND, group.id, group.id)
    [people_] = await in_use().query(MEMBERS, group.id, group.id, today, today)
    below = await groups.networks_groups(group.id)
    ours = [group.id, *(one.id for one in below)]
    granted = [view for one in ours for view in await certificates.of_group(one)]
    return GroupPage(
        code=group.code,
        name=Text(group.name_th, group.name_en),
        kind=group.kind,
        network=Text(network.name_th, network.name_en) if network else None,
        address=Text(areas.address(group.area), areas.address(group.area, "en")),
        members=people_["members"],
        plots=land["plots"],
        m2=int(land["m2"]),
        certificates=await _certificates(granted, today),
        lots=await _lots(f'l."group" IN ({OURS})', (group.id, group.id)),
        groups=tuple((one.code, Text(one.name_th, one.name_en)) for one in below),
        marks=await marks.of_group(group.id, today),
    )


async def head() -> tuple[int, bytes]:
    """Of the log: while it stands, no deed has changed what any page says."""
    [row] = await in_use().look("SELECT seq, leaf FROM log_head WHERE id = 1")
    return row[0], row[1]


async def turns_at(at: datetime) -> datetime:
    """When a page may say something else though nothing is done: a new day, a round's hours."""
    midnight = datetime.combine(local_day(at) + timedelta(days=1), time(), THAILAND)
    [hours] = await in_use().look(TURNS, at, at)
    return min([midnight, *(msgspec.convert(moment, datetime) for moment in hours if moment)])


TURNS = (
    "SELECT (SELECT min(opens_at) FROM cycle WHERE opens_at > {}),"
    " (SELECT min(closes_at) FROM cycle WHERE closes_at > {})"
)

OURS = "SELECT id FROM producer_group WHERE id = {} OR network = {}"
"""The group itself, or the network and its groups."""

LAND = (
    "SELECT count(*) AS plots, coalesce(sum(p.area_m2), 0) AS m2 FROM plot p"  # noqa: S608
    f' WHERE p."group" IN ({OURS})'
    " AND NOT EXISTS (SELECT 1 FROM plot newer WHERE newer.replaces = p.id)"
)
MEMBERS = (
    "SELECT count(DISTINCT person) AS members FROM membership"  # noqa: S608
    f' WHERE "group" IN ({OURS}) AND since <= {{}} AND (until IS NULL OR until >= {{}})'
)
"""The noqa above: the text put in is the constant OURS."""


async def _certificates(views: Sequence[CertificateView], today: date) -> tuple[rules.Brief, ...]:
    return tuple([
        rules.Brief(
            view.code, Text(view.number, view.number), view.valid_until,
            (await past.state(view, None, today)).state,
        )
        for view in views[:LISTED]
    ])  # fmt: skip


async def _names(held: Sequence[CertificateView]) -> bool:
    """Whether the charters under which the plot was certified all let the farmer be named."""
    every = {one.scheme_version for one in held}
    return all(
        [
            "display_name" in (await schemes.version(one)).content.rules.public_fields
            for one in every
        ]
    )


async def _lots(where: str, given: Iterable[str]) -> tuple[rules.Brief, ...]:
    rows = await in_use().query(
        "SELECT l.code, l.crop, l.harvested_on, l.claim FROM lot l"  # noqa: S608  (ours)
        f" WHERE {where} ORDER BY l.harvested_on DESC, l.id DESC LIMIT {LISTED}",
        *given,
    )
    return tuple(
        rules.Brief(row["code"], crops.crop(row["crop"]).name, row["harvested_on"], row["claim"])
        for row in rows
    )
