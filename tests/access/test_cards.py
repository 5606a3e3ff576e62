"""What a chat shows of a link: each page that anybody may open has a card, and nothing personal."""

import re
from html import unescape

from tests.access import canaries
from tests.access.sown import STRANGER, Sown
from tests.databases import only_sqlite

CARD = re.compile(r'<meta property="og:(title|description|site_name|image)" content="([^"]*)">')


@only_sqlite  # what a head says asks no database
async def test_every_public_page_has_a_card_and_no_card_tells_of_a_person(sown: Sown) -> None:
    await canaries.put()
    wrong, pages = list[object](), 0
    for door in sown.routes():
        if door.method != "GET" or not door.public or door.api or door.path.endswith(".html"):
            continue  # a file to keep has no card
        said = await sown.ask(door, STRANGER, headers={"accept": "text/html"})
        if said.status_code != 200 or "text/html" not in said.headers.get("content-type", ""):
            continue
        found, pages = {name: unescape(text) for name, text in CARD.findall(said.text)}, pages + 1
        missing = {"title", "description", "site_name", "image"} - {
            n for n, t in found.items() if t
        }
        if missing and "<head>" in said.text:
            wrong.append((door.name, missing))
        if not found.get("image", ".png").startswith(("http", ".png")):
            wrong.append((door.name, found["image"]))
        if heard := canaries.heard(" ".join(found.values())):
            wrong.append((door.name, heard))
    assert not wrong, "\n".join(["", *map(str, wrong)])
    assert pages > 25
