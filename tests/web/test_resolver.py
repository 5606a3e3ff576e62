"""A code asked by programs: its links, its facts, one link of it; and by whom it may be read."""

import json
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from certification.basis import codes
from certification.basis.codes import PublicCode
from certification.basis.database import Database
from certification.basis.transaction import run, transaction
from market.app import in_front_of
from market.domain.accounts import pins
from market.web.negotiated import FACTS, LINKSET, PAGE, preferred
from tests import doors as doors_of
from tests.cast import NOW, RATTAPHUM
from tests.doors import ORIGIN, Doors
from tests.market import farm as farms
from tests.raw import ask

VOC = "https://ref.gs1.org/voc/"
CHROME = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


class Resolver:
    def __init__(self, doors: Doors, farm: farms.Farm, lot: str, certificate: str) -> None:
        self.doors, self.farm, self.lot, self.certificate = doors, farm, lot, certificate
        self.app = in_front_of(doors.app, lambda: doors.now)

    async def asked(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict, bytes]:
        sent = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
        status, told, body = await ask(self.app, method, path.replace("{L}", self.lot), *sent)
        return status, {k.decode(): v.decode() for k, v in told}, body


@pytest.fixture
async def there(db: Database, tmp_path: Path) -> AsyncIterator[Resolver]:
    doors = await doors_of.opened(db, tmp_path)
    farm = await run(farms._settled, "organic", "kale")
    lot = (await farm.harvest(20_000)).code
    row = await PublicCode.select().where(PublicCode.subject == farm.certificate).first()
    assert row is not None
    yield Resolver(doors, farm, lot, row["code"])
    pins.close()


async def test_one_address_answers_people_and_programs(there: Resolver) -> None:
    lot = f"/L/{there.lot}"
    forms = {
        PAGE: ["", "text/html", CHROME.decode(), "*/*", "image/png", "application/json;q=0"],
        LINKSET: ["application/linkset+json", "text/html;q=0.5, application/linkset+json"],
        FACTS: ["application/json", "application/json, */*;q=0.1", "application/*"],
    }  # fmt: skip
    for kind, accepts in forms.items():
        for accept in accepts:
            status, headers, body = await there.asked(lot, accept=accept)
            assert (status, headers["content-type"].split(";")[0]) == (200, kind), accept
            assert {"accept", "accept-language"} <= {*headers["vary"].split(", ")}, accept
            assert body
    status, headers, _ = await there.asked(f"{lot}?linkType=linkset", accept=CHROME.decode())
    assert (status, headers["content-type"]) == (200, "application/linkset+json")
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in headers["link"]
    assert headers["link"].startswith("<https://ref.gs1.org/standards/resolver/linkset-context>")
    page = (await there.asked(lot))[1]
    assert page["link"] == '<?linkType=linkset>; rel="linkset"; type="application/linkset+json"'
    facts = json.loads((await there.asked(lot, accept="application/json"))[2])
    api = json.loads((await there.asked(f"/api/v1/lots/by-code/{there.lot}"))[2])
    assert facts == api
    assert facts["farmer_name"] is None


async def test_a_linkset_is_told_in_the_readers_language_with_a_page_in_each(
    there: Resolver,
) -> None:
    for language, described in (("th", "คะน้า 2026"), ("en", "Chinese kale 2026")):
        body = (await there.asked("/L/{L}?linkType=linkset", accept_language=language))[2]
        [told] = json.loads(body)["linkset"]
        assert told["anchor"] == f"{ORIGIN}/L/{there.lot}"
        assert told["itemDescription"].startswith(described)
        pages = [one for one in told[VOC + "pip"] if one["type"] == PAGE]
        assert [(one["hreflang"], one["href"]) for one in pages] == [
            ([of], f"{ORIGIN}/{of}/L/{there.lot}") for of in ("th", "en", "ms")
        ]
        assert told[VOC + "certificationInfo"][0]["href"].endswith(f"/C/{there.certificate}")
        assert len(told[VOC + "defaultLink"]) == 1
        for one in (link for name in told if name.startswith(VOC) for link in told[name]):
            assert one.keys() == {"href", "title", "hreflang", "type"}
            assert "links." not in one["title"]


async def test_a_link_that_is_asked_for_is_gone_to(there: Resolver) -> None:
    for asked, accept, leads in (
        ("gs1:defaultLink", "", f"/en/L/{there.lot}"),
        ("gs1:pip", "", f"/en/L/{there.lot}"),
        ("pip", CHROME.decode(), f"/en/L/{there.lot}"),
        (f"{VOC}certificationInfo", "", f"/en/C/{there.certificate}"),
        ("https://gs1.org/voc/locationInfo", "", f"/en/P/{there.farm.plot_code}"),
        ("gs1:traceability", "application/json", f"/api/v1/lots/by-code/{there.lot}"),
        ("gs1:homepage", "application/json", f"/en/G/{there.doors.village.codes[RATTAPHUM]}"),
    ):
        status, headers, _ = await there.asked(
            f"/L/{{L}}?linkType={asked}", accept=accept, accept_language="en"
        )
        assert (status, headers["location"]) == (307, leads), asked
        assert (await there.asked(leads))[0] == 200
    moved = await there.asked(f"/l/{there.lot.lower()}?linkType=gs1:pip&lang=en")
    assert (moved[0], moved[1]["location"]) == (303, f"/L/{there.lot}?lang=en&linkType=gs1%3Apip")
    moved = await there.asked(f"/P/{there.lot}?linkType=linkset")
    assert moved[1]["location"] == f"/L/{there.lot}?linkType=linkset"


async def test_a_link_that_is_not_there_is_refused_and_the_linkset_offered(
    there: Resolver,
) -> None:
    for asked in ("gs1:recipeInfo", "nonsense", "%00", "gs1:'><script>", "x" * 200):
        for accept in ("", "application/json", "application/linkset+json"):
            status, headers, body = await there.asked(f"/L/{{L}}?linkType={asked}", accept=accept)
            if asked == "%00":
                assert status == 400
                continue
            assert status == 404, (asked, accept)
            assert 'rel="linkset"' in headers["link"]
            assert accept or b"<script" not in body
    said = await there.asked("/L/{L}?linkType=gs1:recipeInfo", accept_language="en")
    assert b"Nothing of the kind recipeInfo is told of this code" in said[2]
    assert f'href="/C/{there.certificate}"' in unescape(said[2].decode())
    said = await there.asked("/L/{L}?linkType=gs1:recipeInfo", accept=FACTS)
    assert "gs1:traceability" in json.loads(said[2])["facts"]["known"]


async def test_codes_that_err_are_refused_in_the_form_that_was_asked_for(there: Resolver) -> None:
    for code in (codes.make(), "nothing", "0"):
        for accept in ("application/json", "application/linkset+json"):
            status, headers, body = await there.asked(f"/L/{code}", accept=accept)
            assert (status, headers["content-type"]) == (404, "application/problem+json")
            assert json.loads(body)["code"] in ("trace.unknown_code", "trace.misread")
            assert headers["access-control-allow-origin"] == "*"
    async with transaction():
        [early] = await codes.issue_block("lot", "d" * 36, 1, at=NOW)
    [told] = json.loads((await there.asked(f"/L/{early}", accept=LINKSET))[2])["linkset"]
    assert "ยังไม่มีรายงาน" in told["itemDescription"]
    assert (await there.asked(f"/L/{early}", accept=FACTS))[0] == 404
    assert (await there.asked(f"/L/{early}?linkType=gs1:certificationInfo"))[0] == 404
    assert (await there.asked(f"/L/{early}?linkType=gs1:defaultLink"))[0] == 307


async def test_head_says_what_get_would_and_options_what_may_be_asked(there: Resolver) -> None:
    for path in ("/L/{L}", "/L/{L}?linkType=linkset", f"/C/{there.certificate}", "/L/0", "/"):
        got, head = await there.asked(path), await there.asked(path, "HEAD")
        assert head[:2] == got[:2], path
        assert head[2] == b""
        assert got[2]
    status, headers, body = await there.asked(
        "/L/{L}", "OPTIONS", origin="https://a.example", access_control_request_method="GET"
    )
    assert (status, body) == (204, b"")
    assert headers["allow"] == "GET, OPTIONS"
    assert headers["access-control-allow-origin"] == "*"
    assert "GET" in headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in headers


def test_what_is_preferred() -> None:
    """By weight, then the page; the most exact saying counts; nonsense is no wish."""
    for accept, kind in (
        ("", PAGE), ("nonsense", PAGE), (";;,,/", PAGE), ("application/json;q=0", PAGE),
        ("application/json;q=0.2, text/html;q=0.1", FACTS), ("text/*;q=0.3, */*;q=0.9", FACTS),
        ("application/linkset+json;q=0.9, application/json;q=0.8", LINKSET),
        ("application/json;version=1;q=0.7, text/html;q=0.6", FACTS), ("APPLICATION/JSON", FACTS),
        ("application/ld+json", PAGE), (CHROME.decode(), PAGE), ("*/*", PAGE),
    ):  # fmt: skip
        assert preferred(accept) == kind, accept
