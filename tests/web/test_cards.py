"""A link in a chat shows a picture of its own: small, of the right size, of nobody by name."""

import html
import re
import time
from io import BytesIO

from PIL import Image, ImageChops

from certification.basis.transaction import run
from market.web import cards
from market.web.cards import Card
from tests.doors import ORIGIN, Doors
from tests.market import farm as farms
from tests.market.stall import stall_in_village

TAGS = re.compile(r'<meta (?:property|name)="(og:image|twitter:card)" content="([^"]*)">')
PAPER = (251, 249, 243)
MOST_BYTES = 60_000


async def test_a_crawler_finds_a_picture_of_its_own_behind_each_public_page(
    doors: Doors, monkeypatch
) -> None:
    there, drawn = await stall_in_village(), list[Card]()
    png = cards.png
    monkeypatch.setattr("market.web.pages.cards.png", lambda card: drawn.append(card) or png(card))
    chat = doors.stranger("th")
    farm = await run(farms._settled, "organic", "kale")
    lot = (await farm.harvest(20_000)).code
    page = (await chat.get(f"/L/{lot}")).text
    codes = {f"L/{lot}", *re.findall(r'href="/([CG]/[0-9A-Z]{8})"', page)}
    assert {one[0] for one in codes} == {"L", "C", "G"}
    wrong, pictures = [], set()
    for path in (
        *[f"/{one}" for one in sorted(codes)], f"/shop/{there.cycle}",
        f"/shop/{there.cycle}/{there.offer}", "/stops", "/stops?lang=en", "/",
    ):  # fmt: skip
        tags = dict(TAGS.findall((await chat.get(path)).text))
        address = html.unescape(tags["og:image"]).removeprefix(ORIGIN)
        got = await chat.get(address)
        assert got.status_code == 200, (path, address, got.text)
        pictures.add(got.content)
        with Image.open(BytesIO(got.content)) as image:
            kind = (image.format, image.size, got.headers["content-type"], tags["twitter:card"])
        if kind != ("PNG", (1200, 630), "image/png", "summary_large_image"):
            wrong.append((path, kind))
        if len(got.content) > MOST_BYTES or "set-cookie" in got.headers:
            wrong.append((path, len(got.content)))
        again = {"if-none-match": got.headers.get("etag", "")}
        if path != "/" and (await chat.get(address, headers=again)).status_code != 304:
            wrong.append((path, "drawn again"))
    assert not wrong
    assert len(pictures) == len(codes) + 5
    said = " ".join(map(str, drawn))
    assert "คะน้า" in said
    assert "อินทรีย์ ตรวจแล้ว" in said
    assert "มาลี" not in said
    assert (await chat.get("/L/22222222/card.png")).status_code == 404


def test_a_long_thai_name_is_drawn_whole_and_stays_in_its_room() -> None:
    """Marks stand two storeys above and below; nothing touches the neighbour or an edge."""
    tall = "ฐี่ฏุญู้ปู่ผึ้งที่อยู่ใต้น้ำ "
    card = Card(tall * 9, "bad", tall * 5, (tall * 4,) * 4, tall * 5, "26", "leafy", "ตลาดเขียว")
    began = time.process_time()
    drawn = cards.png(card)
    assert len(drawn) <= MOST_BYTES
    assert time.process_time() - began < 2
    image = Image.open(BytesIO(drawn)).convert("RGB")

    def ink(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int] | None:
        room = image.crop((left, top, right, bottom))
        return ImageChops.difference(
            room, Image.new("RGB", room.size, room.getpixel((0, 0)))
        ).getbbox()

    words = ink(0, 92, 840, 522)
    assert words
    assert words[0] >= 55
    assert words[1] > 4
    assert words[3] < 428
    assert ink(1150, 92, 1200, 522) is None
    one = Image.open(BytesIO(cards.png(Card("ก"))))
    high = Image.open(BytesIO(cards.png(Card("กี่กุ้"))))
    assert one.size == high.size == (1200, 630)
    low, tall_box = [
        ImageChops.difference(picture.convert("RGB"), Image.new("RGB", (1200, 630), PAPER))
        .crop((0, 92, 840, 400))
        .getbbox()
        for picture in (one, high)
    ]
    assert low
    assert tall_box
    assert tall_box[1] < low[1] < low[3] < tall_box[3], "both storeys of its marks are drawn"
