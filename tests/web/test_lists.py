"""Every list of the guarantee is a table to take along, with what its page shows and no more."""

import csv
import io
import re
import zipfile
from html import unescape
from xml.etree import ElementTree

from httpx import AsyncClient

from certification.applications import queries as applications
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.inputs import commands as inputs
from certification.inputs.rules import NoteUse
from certification.inspections import commands as inspections
from certification.inspections.rules import MakeFinding
from certification.trainings import commands as trainings
from market.answers.cells import COMPUTES
from tests.cast import KRIT, MALEE, NETWORK, NOW, PARTICULARS, SOMCHAI, TODAY, WAN, YING
from tests.doors import Doors
from tests.guarantee import LON, accepted, begun, certified, nok_may_look, planted, published
from tests.web.test_trainings import training

ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
EVIL = '=HYPERLINK("http://x","ปุ๋ย")'
"""Typed by somebody who hopes that a spreadsheet reckons it."""
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

PAGES = (
    (WAN, "/certs", rf'"/certs/({ID})"'),
    (YING, "/rounds", rf'<h3><a class="tap" href="/farm/plots/({ID})"'),
    (YING, "/trainings", ""),
    (WAN, "/inputs", r'name="key" value="([^"]+)"'),
    (WAN, "/season", rf'"/season/panels/({ID})"'),
    (WAN, "/season/panels/{season}", rf'"/season/panel-seats/({ID})"'),
    (WAN, "/season/inspectors", rf'"/season/inspectors/({ID})"'),
    (WAN, "/season/draws", rf'"/season/draws/({ID})"'),
    (WAN, "/board", ""),
    (WAN, "/board?of=meetings", rf'"/meetings/({ID})"'),
    (WAN, "/board/calls", r'<li class="stack"><div class="between"><h3>(.+?)<'),
    (WAN, "/board/visits", rf'"/inspect/({ID})"'),
    (WAN, "/findings", rf'"/findings/({ID})"'),
    (WAN, "/findings/extensions", r'<h2 class="h3">(.+?)<'),
    (WAN, "/certs/ending", rf'"/certs/({ID})"'),
    (WAN, "/residues", rf'"/residues/({ID})"'),
    (WAN, "/grievances", rf'"/grievances/({ID})"'),
    (WAN, "/marks", rf'"/marks/({ID})"'),
    (WAN, f"/organs/{NETWORK}", ""),
    (SOMCHAI, "/inspect", rf'(?:<h2>|="between">)<a class="tap" href="/inspect/({ID})"'),
    (MALEE, "/farm/findings", rf'"/farm/findings/({ID})"'),
    (MALEE, "/farm/inputs", r'<h2 class="h3">(.+?)<'),
    (WAN, "/farm/plots/{plot}/inputs", r'<h2 class="h3">(.+?)<'),
    (MALEE, "/farm/trainings", r'<h2 class="h3">(.+?)<'),
    (MALEE, "/farm/plots", rf'<h2 class="h3"><a class="tap" href="/farm/plots/({ID})"'),
    (MALEE, "/farm/marks", ""),
    (MALEE, "/farm/grievances", ""),
    (WAN, "/season/rings", ""),
    (MALEE, "/draws/{draw}", ""),
    (MALEE, "/registry/public", ""),
)  # fmt: skip
"""Who opens which page, and what there is once for each row (empty: several rows to a part)."""
EMPTY = (f"/organs/{NETWORK}", "/certs/ending", "/residues", "/grievances", "/marks",
         "/farm/marks", "/farm/grievances", "/season/rings", "/draws/{draw}")  # fmt: skip
"""In this story nothing stands there; their own tests have rows."""


async def story(wan: AsyncClient) -> dict[str, str]:
    """A certificate, a visit with a finding, an application that waits, a diary, a training."""
    await nok_may_look()
    await published(max_consecutive_years=0)
    [asked] = await applications.of_plot((await certified()).plot)
    plot = await planted(lon=LON + 0.01)
    visit = await begun(await accepted(plot))
    finding = MakeFinding(new_id(), visit, "P22", "major", EVIL, EVIL)
    await run(inspections.find, finding, by=SOMCHAI, at=NOW)
    await accepted(await planted(lon=LON + 0.02))
    use = NoteUse(id=new_id(), plot=plot, product=EVIL, amount="-1 ถุง", used_on=TODAY)
    await run(inputs.note_use, use, by=MALEE, at=NOW)
    for topic in (EVIL, "ทำปุ๋ยหมัก"):
        await run(trainings.record, training(topic=topic), by=YING, at=NOW)
    season, draw, common = new_id(), new_id(), {"organ": NETWORK, "scheme": "sgs-pgs"}
    more = {"deed": "extend", "due_on": "15 ม.ค. 70", "reason": EVIL, "meeting_ref": "3/2569"}
    for address, form in (
        (
            "/board/calls",
            {"id": new_id(), "application": asked.id, "kind": "complaint", "reason": EVIL},
        ),
        ("/season", {"id": season, **common, "season": str(TODAY.year + 543)}),
        ("/season/draws", {"id": draw, **common, "count": "", "reason": ""}),
        (
            f"/findings/{finding.id}/decision",
            {"id": new_id(), **more, "decided_on": "22 พ.ย. 69"},
        ),
    ):
        assert (await wan.post(address, data=form)).status_code == 200, address
    return {"season": season, "plot": plot, "draw": draw}


def cells(book: bytes) -> tuple[list[list[str]], bool]:
    """What stands in the cells, line by line, and whether any computes."""
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        shared = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))
        words = ["".join(one.itertext()) for one in shared]
        drawn = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    lines = [
        [
            words[int(value.text or "")]
            for cell in line
            if cell.get("t") == "s" and (value := cell.find(f"{SHEET}v")) is not None
        ]
        for line in drawn.iter(f"{SHEET}row")
    ]
    return lines, next(drawn.iter(f"{SHEET}f"), None) is not None


async def test_every_list_of_the_guarantee_is_a_table_too(doors: Doors) -> None:
    wan, krit = await doors.as_(WAN), await doors.as_(KRIT)
    ids, wrong = await story(wan), list[str]()
    for who, address, once in PAGES:
        path, of = address.format(**ids).partition("?")[::2]
        there = await doors.as_(who)
        page = unescape((await there.get(path)).text)
        empty = address in EMPTY
        links = re.findall(r'href="[^"?]*\?([^"]*as=(?:csv|xlsx))"', page)
        links = [link for link in links if of in link and ("of=" in link) == bool(of)]
        if len(links) != 2 and not empty:
            wrong.append(f"{address}: links {links}")
        text = (await there.get(f"{path}?{of}&as=csv")).content.decode("utf-8-sig")
        book = await there.get(f"{path}?{of}&as=xlsx")
        [heads, *rows] = csv.reader(io.StringIO(text, newline=""))
        [top, *lines], reckons = cells(book.content)
        if (len(lines), top) != (len(rows), heads) or not (rows or empty):
            wrong.append(f"{address}: {len(rows)} rows as CSV, {len(lines)} as XLSX")
        if once and not empty and len(rows) != (seen := len(set(re.findall(once, page)))):
            wrong.append(f"{address}: {len(rows)} rows, {seen} on the page")
        if reckons or any(cell.startswith(COMPUTES) for row in rows for cell in row):
            wrong.append(f"{address}: a cell computes")
        named = {one.name for key, one in PARTICULARS.items() if key != who and one.name in text}
        if more := {name for name in named if name not in page}:
            wrong.append(f"{address}: names {more}, the page does not")
        if who in (WAN, YING):
            theirs = (await krit.get(f"{path}?{of}&as=csv")).text
            wrong += [
                f"{address}: Krit reads of {PARTICULARS[one].name}"
                for one in (MALEE, SOMCHAI)
                if PARTICULARS[one].name in theirs
            ]
    assert not wrong, "\n".join(wrong)
