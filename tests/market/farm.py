"""Malee's land for the market's stories: a plot, kale on it, and a certificate in the rows.

    there = await farm(db)                                # 2 rai of kale, organic since a month
    event = await there.harvest(grams=20_000)             # today, by Malee

The certificate is laid straight into the tables, as the committee's work is told in other files.
"""

from datetime import date, datetime, timedelta

import msgspec

from certification.applications.tables import Application
from certification.basis import codes
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.certificates.tables import Certificate, CertificateCrop, CertificateEvent
from certification.decisions.tables import Decision
from certification.inspections.tables import Inspection
from certification.meetings.tables import Meeting
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop, RegisterPlot
from certification.schemes import commands as schemes
from certification.schemes import queries as charters
from certification.schemes.rules import FoundScheme, PublishScheme
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot, LotHarvested
from tests.cast import LONG_AGO, MALEE, NETWORK, NOW, RATTAPHUM, TODAY, WAN, village

RAI_M2 = 1_600
SEEN = NOW - timedelta(days=60)
"""When inspectors were on the plot."""
KALE_GRAMS = 2 * 1_800_000
"""What two rai of kale are expected to yield by the list of crops."""
CEILING = KALE_GRAMS * 11 // 10


class Farm(msgspec.Struct):
    plot: str
    plot_code: str
    planting: str
    certificate: str = ""
    number: str = ""

    def kale(self, grams: int = 20_000, **changed: object) -> HarvestLot:
        """From land without a certificate its farmer says that it is ordinary produce."""
        usual = HarvestLot(
            self.plot, "kale", TODAY, grams, self.planting, as_plain=not self.certificate
        )
        return msgspec.structs.replace(usual, **changed)

    async def harvest(
        self, grams: int = 20_000, *, by: str = MALEE, at: datetime = NOW, id: str = "",
        **changed: object,
    ) -> LotHarvested:  # fmt: skip
        return await run(lots.harvest, id or new_id(), self.kale(grams, **changed), by=by, at=at)

    async def happened(self, kind: str, from_on: date, *, seq: int = 1) -> None:
        """Something befell the certificate."""
        await CertificateEvent.insert(
            CertificateEvent(
                id=new_id(), certificate=self.certificate, kind=kind, from_on=from_on,
                because="herbicide", note=None, by=WAN, at=NOW, seq=seq, salt=bytes(16),
            )
        )  # fmt: skip


async def farm(db: Database, *, stage: str | None = "organic", crop: str = "kale") -> Farm:
    """`stage` None: no certificate."""
    await village(db)
    return await run(_settled, stage, crop)


async def _settled(stage: str | None, crop: str) -> Farm:
    there = await planted(crop)
    if stage:
        await certify(there, stage=stage)
    return there


async def planted(
    crop: str = "kale", *, farmer: str = MALEE, group: str = RATTAPHUM, tambon: str = "900901"
) -> Farm:
    """Two rai, so sown that today lies in the time of harvest."""
    plot, planting = new_id(), new_id()
    registered = await plots.register(
        RegisterPlot(
            id=plot, group=group, farmer=farmer, name="หลังบ้าน", kind="field", lat=7.0761,
            lon=100.2838, area_m2=2 * RAI_M2, tambon=tambon, farmed_since=LONG_AGO.date(),
        ),
        by=farmer, at=LONG_AGO,
    )  # fmt: skip
    sown = PlantCrop(planting, plot, crop, 2 * RAI_M2, TODAY - timedelta(days=40))
    await plots.plant(sown, by=farmer, at=NOW)
    return Farm(plot, registered.code, planting)


async def charter(scheme: str = "sgs-pgs") -> str:
    """The scheme's version, published where it was not yet."""
    if known := await charters.versions(scheme):
        return known[-1].id
    prefix = "SGS" if scheme == "sgs-pgs" else f"X{len(await charters.founded())}"
    shipped = charters.preset("sgs-pgs-small")
    settings = msgspec.structs.replace(shipped.rules, number_prefix=prefix)
    content = msgspec.structs.replace(shipped, scheme=scheme, rules=settings)
    first = FoundScheme(new_id(), scheme, prefix, NETWORK)
    await schemes.found(first, by=WAN, at=LONG_AGO)
    id = new_id()
    published = PublishScheme(id, content, LONG_AGO.date(), "1/2566")
    await schemes.publish(published, by=WAN, at=LONG_AGO)
    return id


async def certify(
    there: Farm, *, stage: str = "organic", crops: tuple[str, ...] = ("kale",),
    scheme: str = "sgs-pgs", since: date = TODAY - timedelta(days=30),
    until: date = TODAY + timedelta(days=335), number: str = "SGS-90-69-00001-7",
) -> str:  # fmt: skip
    async with transaction():
        version, decision = await charter(scheme), await _decided(there.plot, stage, scheme)
        there.certificate, there.number = new_id(), number
        code = await codes.issue("certificate", there.certificate, at=NOW)
        await Certificate.insert(
            Certificate(
                id=there.certificate, code=code, number=number, scheme=scheme,
                scheme_version=version, plot=there.plot, group=RATTAPHUM, holder=MALEE,
                decision=decision, stage=stage, valid_from=since, valid_until=until, by=WAN, at=NOW,
            )
        )  # fmt: skip
        rows = [CertificateCrop(id=new_id(), certificate=there.certificate, crop=c) for c in crops]
        await CertificateCrop.insert(*rows)
    return there.certificate


async def _decided(plot: str, stage: str, scheme: str) -> str:
    application, meeting, decision = new_id(), new_id(), new_id()
    await Application.insert(
        Application(
            id=application, plot=plot, group=RATTAPHUM, applicant=MALEE,
            scheme_version=await charter(scheme), state="decided", farm_plan="ผักสวนครัว",
            no_prohibited_since=LONG_AGO.date() if stage == "organic" else SEEN.date(),
            submitted_at=NOW, by=MALEE, salt=bytes(16),
        )
    )  # fmt: skip
    await Inspection.insert(
        Inspection(
            id=new_id(), application=application, plot=plot,
            scheme_version=await charter(scheme), kind="initial", state="signed",
            planned_on=SEEN.date(), started_at=SEEN, ended_at=SEEN, farmer_signature="signed",
            assigned_by=WAN, at=SEEN,
        )
    )  # fmt: skip
    await Meeting.insert(
        Meeting(id=meeting, organ=NETWORK, body="committee", place="ศาลา",
                held_on=TODAY - timedelta(days=30), opened_by=WAN, opened_at=NOW)
    )  # fmt: skip
    await Decision.insert(
        Decision(
            id=decision, meeting=meeting, application=application, turn=1,
            body="committee", final=True, outcome="approved", stage=stage, snapshot="{}",
            present=7, quorum_needed=5, votes_for=5, votes_against=0, abstained=0, recused=1,
            by=WAN, at=NOW, salt=bytes(16),
        )
    )  # fmt: skip
    return decision
