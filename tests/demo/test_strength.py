"""The figures of each group of the demo, counted again from whole tables."""

from datetime import UTC, datetime, timedelta

from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.strength import queries
from market.app import opened
from market.settings import Settings


async def test_every_figure_can_be_counted_from_the_rows(demo: Settings) -> None:
    today = local_day(datetime.now(UTC))
    since = today - timedelta(days=364)
    async with opened(demo):
        visits = await in_use().query("SELECT * FROM inspection")
        plots = {p["id"]: p["group"] for p in await in_use().query("SELECT * FROM plot")}
        findings = await in_use().query("SELECT * FROM finding")
        seen = False
        for group in await groups.every():
            told = (await queries.told(group.id, today)).year
            below = {group.id, *(one.id for one in await groups.networks_groups(group.id))}
            done = [
                v for v in visits
                if plots[v["plot"]] in below and v["state"] == "signed"
                and since <= local_day(v["ended_at"]) <= today
            ]  # fmt: skip
            assert told.visits == len(done)
            assert told.unannounced == len([v for v in done if v["kind"] == "random"])
            if told.findings:
                seen = True
                assert told.findings.made == len([
                    f for f in findings
                    if plots[f["plot"]] in below and since <= local_day(f["at"]) <= today
                ])  # fmt: skip
        assert seen
