"""A group's files for others: with names for its leader, without for the province, not for Krit."""

import csv
import io
from html import unescape

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Grants
from tests.cast import (
    ADMIN,
    CHAN,
    KRIT,
    LONG_AGO,
    MALEE,
    NETWORK,
    NOK,
    PARTICULARS,
    RATTAPHUM,
    YING,
)
from tests.doors import Doors
from tests.market import farm as farms

NAME = PARTICULARS[MALEE].name
PAGE = f"/organs/{RATTAPHUM}/exchange"


async def test_who_asks_gets_no_more_than_that_role_may_know(doors: Doors) -> None:
    farm = await run(farms._settled, "organic", "kale")
    lot = await farm.harvest()
    given = Grants(new_id(), CHAN, "officer", area="9009")
    await run(groups.grant_role, given, by=ADMIN, at=LONG_AGO)
    leader, officer = await doors.as_(YING), await doors.as_(CHAN)
    for where in (PAGE, f"/api/v1/groups/{RATTAPHUM}/exchange"):
        assert NAME in (await leader.get(f"{where}/farmer.csv")).text
        told = await officer.get(f"{where}/farmer.csv")
        assert MALEE in told.text
        assert NAME not in told.text
        assert told.headers["cache-control"] == "no-store"
        for person in (KRIT, NOK, MALEE):
            outsider = await doors.as_(person)
            for file in ("farmer.csv", "acfs.zip", "fsma204.csv"):
                assert (await outsider.get(f"{where}/{file}")).status_code in (403, 404)
        assert (await leader.get(f"{where}/nothing.csv")).status_code == 404
        sheet = await leader.get(f"{where}/fsma204.csv?lot={lot.code.lower()}")
        rows = list(csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
        assert [row["Traceability lot code"] for row in rows] == [lot.code]
        assert (await leader.get(f"{where}/fsma204.csv?since=31-2-2569")).status_code == 400
    assert (await officer.get(f"/organs/{NETWORK}/exchange")).status_code == 404  # more than hers


async def test_the_page_says_what_each_file_is_and_keeps_what_was_typed(doors: Doors) -> None:
    for language, word in (("th", "มกอช."), ("en", "ACFS")):
        ying = await doors.as_(YING, language)
        shown = unescape((await ying.get(PAGE)).text)
        assert word in shown
        assert f"{PAGE}/acfs.zip" in shown
        wrong = await ying.get(f"{PAGE}?since=31-2-2569&until=2026-11-22&lot=")
        assert wrong.status_code == 400
        assert 'value="31-2-2569"' in wrong.text
        assert "fsma204.xlsx?" not in wrong.text
    catalogue = await doors.stranger().get("/api/v1/catalogue")
    assert catalogue.headers["content-type"] == "application/ld+json"
    assert catalogue.headers["access-control-allow-origin"] == "*"
