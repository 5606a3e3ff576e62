"""Every lot of the demo, scanned both ways: hot made from what its kin share, slow by itself."""

from types import SimpleNamespace

from certification.basis.database import in_use
from certification.basis.units import local_day
from market.app import in_front_of, opened
from market.domain.trace import queries, rows, scan
from market.domain.trace.alike import Alike
from tests.doors import hung
from tests.raw import ask
from tests.seeded import SEEDED_AT

TODAY = local_day(SEEDED_AT)
LANGUAGES = [((b"accept-language", language),) for language in (b"th", b"en")]


async def test_each_lot_is_told_the_same_both_ways(demo):
    differ, kin = [], {}
    async with opened(demo):
        hot = in_front_of(hung(SimpleNamespace(settings=demo, now=SEEDED_AT)), lambda: SEEDED_AT)
        lots = await in_use().query("SELECT code, deed FROM lot ORDER BY code")
        for code, deed in ((row["code"], row["deed"]) for row in lots):
            for language in LANGUAGES:
                fast, slow = [
                    await ask(app, "GET", f"/L/{code}", *language) for app in (hot, hot.inner)
                ]
                if fast != slow:
                    differ.append((code, language))
            if deed is None and await by_kin(code, kin) != await queries.by_code(code, TODAY):
                differ.append((code, "facts"))
    assert differ == []
    assert len(lots) > 150
    assert 50 < len(kin) < len(lots)


async def by_kin(code, kin):
    """What is shared is of the first of them."""
    alike_in, own, *shared = await rows.row(code, TODAY)
    kin.setdefault(alike_in, Alike(scan.shared(shared), TODAY))
    return await kin[alike_in].trace(scan.own(own))
