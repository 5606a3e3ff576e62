"""What anybody may know of a lot, a certificate, a plot and a group, by the code on the packet."""

from __future__ import annotations

from datetime import datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.units import local_day
from certification.strength import queries as strength
from certification.strength.queries import Told
from market.domain.trace import made, queries
from market.domain.trace.alike import Trace
from market.domain.trace.made import MadeTrace
from market.domain.trace.past import subject
from market.domain.trace.queries import CertificatePage, GroupPage, PlotPage

At = NamedDependency[datetime]


@get(
    "/api/v1/lots/by-code/{code:str}",
    opt={"op": "trace.read"},
    tags=["trace"],
    summary="A lot: its verdict on the day of harvest and today, how it came to be, its proof",
)
async def trace_lot(code: FromPath[str], at: At) -> Trace | MadeTrace:
    return await made.of_any(code, local_day(at))


@get(
    "/api/v1/certificates/by-code/{code:str}",
    opt={"op": "trace.read"},
    tags=["trace"],
    summary="A certificate and how it stands today",
)
async def trace_certificate(code: FromPath[str], at: At) -> CertificatePage:
    return await queries.certificate_page(code, local_day(at))


@get(
    "/api/v1/plots/by-code/{code:str}",
    opt={"op": "trace.read"},
    tags=["trace"],
    summary="A plot as strangers may see it: tambon, tenths of a rai, a place within a kilometre",
)
async def trace_plot(code: FromPath[str], at: At) -> PlotPage:
    return await queries.plot_page(code, local_day(at))


@get(
    "/api/v1/groups/by-code/{code:str}",
    opt={"op": "trace.read"},
    tags=["trace"],
    summary="A producer group or network, in numbers",
)
async def trace_group(code: FromPath[str], at: At) -> GroupPage:
    return await queries.group_page(code, local_day(at))


@get(
    "/api/v1/groups/by-code/{code:str}/strength",
    opt={"op": "trace.read"},
    tags=["trace"],
    summary="How strong a group's guarantee is: counts of the last 365 days and of those before",
)
async def trace_strength(code: FromPath[str], at: At) -> Told:
    return await strength.told(await subject(code, "group", "network"), local_day(at))


DOORS = [trace_lot, trace_certificate, trace_plot, trace_group, trace_strength]
