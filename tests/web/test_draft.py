"""The next version of a charter is changed by pages, by two people, and nothing of it is lost."""

import csv
import io
import re
from html import unescape

from certification.schemes import queries
from tests.cast import WAN, YING
from tests.doors import Doors
from tests.guarantee import published

THERE = "/draft/sgs-pgs"
AREA = r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>'
SELECT = r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>'


def filled(page: str) -> dict[str, list[str]]:
    """What the page's first large form would send as it stands."""
    form = max(re.findall(r"<form.*?</form>", page, re.DOTALL), key=len)
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") != "checkbox" or " checked" in tag:
            sent.setdefault(told.get("name", ""), []).append(unescape(told.get("value", "")))
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        sent.setdefault(name, []).append(unescape(text))
    for name, options in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent.setdefault(name, []).append(chosen[1] if chosen else "")
    return sent


async def test_every_part_of_a_draft_is_changed_by_its_page_and_lost_to_nobody(
    doors: Doors,
) -> None:
    await published()
    wan = await doors.as_(WAN)
    await wan.post(THERE)
    first = (await queries.draft("sgs-pgs")).content

    asked = (await wan.get(f"{THERE}/settings")).text
    as_it_stands = filled(asked)
    said = await wan.post(f"{THERE}/settings", data=as_it_stands, follow_redirects=False)
    assert said.status_code == 303
    assert (await queries.draft("sgs-pgs")).content == first  # the form says what the draft says

    stale = as_it_stands | {"max_open_minor": ["๓"], "kin_degree": ["3"]}
    told = await wan.post(f"{THERE}/settings", data=stale)
    assert told.status_code == 409
    assert 'value="๓"' in told.text  # what was typed is still there, and what it would change
    assert "ถ้าบันทึกจะเปลี่ยนสิ่งนี้" in told.text
    again = stale | {"revision": ["2"], "confirmed": ["kin_degree"], "confirmed_by": ["3/2569"]}
    seats = {"panel_seats.3.code": ["temple"], "panel_seats.3.th": ["วัด"],
             "panel_seats.3.leg": ["citizens"], "panel_seats.3.minimum": ["0"]}  # fmt: skip
    wrong = await wan.post(f"{THERE}/settings", data=again | {"quorum_count": ["many"]})
    assert (wrong.status_code, 'value="many"' in wrong.text) == (400, True)
    unnamed = await wan.post(f"{THERE}/settings", data=again | {"confirmed_by": [""]})
    assert unnamed.status_code == 400
    assert (await wan.post(f"{THERE}/settings", data=again | seats)).status_code == 200
    rules, sources = (c := (await queries.draft("sgs-pgs")).content).rules, c.sources
    assert (rules.max_open_minor, rules.kin_degree, rules.panel_seats[-1].code) == (3, 3, "temple")
    assert (sources["kin_degree"].level, sources["kin_degree"].source) == ("sourced", "3/2569")

    words = filled((await wan.get(f"{THERE}/words")).text)
    words |= {"promise.3.th": ["ไม่เผาฟาง"], "never.0.th": [""]}
    assert (await wan.post(f"{THERE}/words", data=words)).status_code == 200
    content = (await queries.draft("sgs-pgs")).content
    assert content.pledge.promises[3].th == "ไม่เผาฟาง"
    assert len(content.prohibitions) == len(first.prohibitions) - 1


async def test_questions_are_mended_moved_taken_out_added_and_carried_as_a_table(
    doors: Doors,
) -> None:
    await published()
    wan = await doors.as_(WAN)
    await wan.post(THERE)
    items = f"{THERE}/lists/items"
    row = filled((await wan.get(f"{items}/E02")).text)
    mended = row | {"severity": ["major"], "evidence": ["photo|document"]}
    assert (await wan.post(f"{items}/E02", data=mended)).status_code == 200
    for pressed, revision in (("up", "2"), ("up", "3")):  # the first stays the first
        there = await wan.post(f"{items}/E02", data={"do": pressed, "revision": revision})
        assert there.status_code == 200
    await wan.post(f"{items}/E03", data={"do": "retire", "revision": "4"})
    new = mended | {"code": ["E09"], "th": ["ถามเพิ่ม"], "revision": ["5"]}
    assert (await wan.post(f"{items}/new", data=new)).status_code == 200
    odd = await wan.post(f"{items}/new", data=new | {"severity": ["huge"], "revision": ["6"]})
    assert odd.status_code == 400
    assert (await wan.get(f"{items}/E03")).status_code == 404
    content = (await queries.draft("sgs-pgs")).content
    assert [item.code for item in content.checklist][:2] == ["E02", "E01"]
    assert (content.checklist[0].severity, content.checklist[0].evidence) == (
        "major", ("photo", "document"),
    )  # fmt: skip
    assert [i.th for i in content.checklist if i.code == "E09"] == ["ถามเพิ่ม"]

    for which, revision in (("items", "6"), ("inputs", "7")):
        assert (await wan.get(f"{THERE}/lists/{which}?as=xlsx")).content.startswith(b"PK")
        table = (await wan.get(f"{THERE}/lists/{which}?as=csv")).content
        sent = await wan.post(
            f"{THERE}/lists/{which}", data={"revision": revision},
            files={"file": ("list.csv", table)},
        )  # fmt: skip
        assert sent.status_code == 200
        assert (await queries.draft("sgs-pgs")).content == content  # there and back is the same
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    rows[1][5] = "perhaps"
    broken = io.StringIO()
    csv.writer(broken).writerows(rows)
    for file in (broken.getvalue().encode(), b"\xff\xfe\x00", b"code,th\nX,y\n", b""):
        said = await wan.post(
            f"{THERE}/lists/inputs", data={"revision": "8"}, files={"file": ("list.csv", file)}
        )
        assert said.status_code == 400, file[:20]
    copper = filled((await wan.get(f"{THERE}/lists/inputs/0")).text)
    forbidden = copper | {"until": ["2026-12-31"], "status": ["restricted"]}
    assert (await wan.post(f"{THERE}/lists/inputs/0", data=forbidden)).status_code == 200
    assert "inputs" in unescape((await wan.get(THERE)).text)  # restricted, and no condition said
    ying = await doors.as_(YING)
    assert (await ying.get(f"{THERE}/lists/items")).status_code == 403
