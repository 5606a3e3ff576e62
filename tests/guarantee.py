"""The way from the field to the certificate, walked by the cast through the product's commands.

    await village(db)
    land = await planted()              # Malee's plot with kale on it
    paper = await certified()           # all of it, up to an organic certificate

Each step takes the id the step before it gave. Three look at Malee's plot: Somchai and Chan, who
farm beside her, and Nok, who eats what she grows. The network meets on TODAY.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from certification.applications import commands as applications
from certification.applications.rules import SubmitApplication
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop, RegisterPlot
from certification.schemes import commands as schemes
from certification.schemes import queries as scheme_queries
from certification.schemes.rules import Content, PublishScheme
from tests.cast import LONG_AGO, MALEE, NOW, RATTAPHUM, TODAY, WAN, YING

LAT, LON = 7.0761, 100.2838
"""In Kamphaeng Phet, Rattaphum (900901)."""
LONG_CLEAN = TODAY - timedelta(days=1_000)
"""Nothing prohibited since: longer than any time of conversion."""
JUST_CLEAN = TODAY - timedelta(days=100)


def square(lat: float = LAT, lon: float = LON, side: float = 0.0008) -> dict[str, Any]:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


async def published(**changed: Any) -> str:
    """The id of a version of SGS-PGS in force since LONG_AGO, with some settings changed."""
    content: Content = scheme_queries.preset("sgs-pgs")
    content = msgspec.structs.replace(
        content, rules=msgspec.structs.replace(content.rules, **changed)
    )
    wanted = PublishScheme(new_id(), content, LONG_AGO.date(), "1/2566")
    return (await run(schemes.publish, wanted, by=WAN, at=LONG_AGO)).version_id


async def planted(
    crops: Sequence[str] = ("kale",),
    *,
    farmer: str = MALEE,
    group: str = RATTAPHUM,
    lat: float = LAT,
    lon: float = LON,
    sown_on: date = TODAY - timedelta(days=40),
) -> str:
    """A plot of about five rai, an even part of it for each crop; answers with its id."""
    land = RegisterPlot(
        id=new_id(), group=group, farmer=farmer, name="หลังบ้าน", kind="field",
        outline=square(lat, lon), farmed_since=LONG_AGO.date(),
    )  # fmt: skip
    made = await run(plots.register, land, by=farmer, at=NOW)
    for crop in crops:
        part = PlantCrop(new_id(), land.id, crop, made.area_m2 // len(crops), sown_on)
        await run(plots.plant, part, by=farmer, at=NOW)
    return land.id


def application(plot: str, *, clean_since: date = LONG_CLEAN, **also: Any) -> SubmitApplication:
    plain = SubmitApplication(
        id=new_id(), plot=plot, scheme="sgs-pgs", farm_plan="ผักใบ หมุนเวียนกับถั่ว",
        no_prohibited_since=clean_since,
        pledge_digest=scheme_queries.preset("sgs-pgs").pledge.digest,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **also)


async def applied(plot: str, *, farmer: str = MALEE, clean_since: date = LONG_CLEAN) -> str:
    wanted = application(plot, clean_since=clean_since)
    return (await run(applications.submit, wanted, by=farmer, at=NOW)).application


async def accepted(plot: str, *, farmer: str = MALEE, clean_since: date = LONG_CLEAN) -> str:
    id = await applied(plot, farmer=farmer, clean_since=clean_since)
    await run(applications.accept, id, by=YING, at=NOW)
    return id
