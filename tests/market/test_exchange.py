"""What is handed to the state, to exporters and to other shops is whole, and says no more than who
asks may know."""

import csv
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.answers import exchanged
from market.domain.exchange import acfs, catalogue, fsma
from market.domain.exchange.rules import NoSuchSheet, Scope
from market.domain.labels import commands as labels
from market.domain.labels.rules import PrintLabels
from market.domain.lots import queries as lots
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer
from market.domain.products import queries as products
from tests.cast import DAO, MALEE, NETWORK, NOW, PARTICULARS, RATTAPHUM, TODAY
from tests.market.crates import crates_of
from tests.market.farm import farm
from tests.market.stall import stall_in_village
from tests.market.test_lineage import make
from tests.skips import PACKAGES, program

ORIGIN = "https://khiao.example.org"
NODE = PACKAGES.parent
VENDOR = Path(__file__).parents[1] / "vendor"
SCOPE = Scope(groups=(RATTAPHUM,), networks=(NETWORK,), today=TODAY)
NOT_OURS = {"1.1325(a)(1)(vi)", "1.1330(a)(6)"}
"""Fish that live in tanks."""


async def bytes_of(name: str, scope: Scope = SCOPE) -> bytes:
    return b"".join([part async for part in exchanged.file(name, scope, ORIGIN, NOW).content])


async def table(name: str, scope: Scope = SCOPE) -> list[dict[str, str]]:
    said = (await bytes_of(name, scope)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(said, newline="")))
    return [{head.rpartition("(")[2].rstrip(")"): row[head] for head in row} for row in rows]


async def told(db: Database) -> tuple[str, str, str]:
    """Malee's kale is packed, mixed, sent on and sold: the codes of the harvest, of the packets and
    of what was mixed with them."""
    malee = await farm(db)
    first, second = await malee.harvest(6_000), await malee.harvest(4_000)
    sheet = PrintLabels(first.lot, "a4-3x8", 500, 12)
    await run(labels.print_run, new_id(), sheet, by=MALEE, at=NOW)
    packed = await make("pack", {first.lot: 2_000}, 1_900)
    mixed = await make("mix", {packed.lots[0].lot: 1_000, second.lot: 1_000}, 2_000)
    there = await stall_in_village()
    yard = await crates_of(there, 1)
    sent = await yard.sent(5_000)
    await yard.received(sent.id, yard.counted(5_000))
    order = await there.paid(1_000)
    await there.hand_over(order.order)
    return first.code, packed.lots[0].code, mixed.lots[0].code


def test_every_key_data_element_of_the_rule_has_its_column() -> None:
    asked = set(json.loads((VENDOR / "cfr/key-data-elements.json").read_text()))
    answered = {paragraph for head in fsma.HEADS for paragraph in head.fills}
    assert asked - answered == NOT_OURS
    assert answered <= asked


async def test_each_event_stands_on_its_line_with_what_the_rule_asks_of_it(db: Database) -> None:
    harvested, packed, mixed = await told(db)
    rows = await table("fsma204.csv")
    of: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        of.setdefault(row["Critical tracking event"], []).append(row)
    wanting = []
    for cte, section in (
        (fsma.HARVESTING, "1.1325(a)(1)"), (fsma.PACKING, "1.1330(a)"),
        (fsma.SHIPPING, "1.1340(a)"), (fsma.RECEIVING, "1.1345(a)"),
        (fsma.TRANSFORMATION, "1.1350"),
    ):  # fmt: skip
        assert of[cte], cte
        wanting += [
            (cte, head.name)
            for head in fsma.HEADS
            if any(one.startswith(section) for one in head.fills)
            and not all(row[head.name] for row in of[cte])
        ]
    assert wanting == [
        (fsma.HARVESTING, "Variety"), (fsma.PACKING, "Variety"),
        (fsma.PACKING, "Harvester phone"), (fsma.PACKING, "Cooling location"),
        (fsma.PACKING, "Cooling date"),
    ]  # fmt: skip
    by_labels, by_deed = of[fsma.PACKING]
    assert (by_labels["Traceability lot code"], by_labels["Quantity"]) == (harvested, "6.000")
    assert (by_deed["Traceability lot code"], by_deed["Input lot code"]) == (packed, harvested)
    assert {row["Input lot code"] for row in of[fsma.TRANSFORMATION]} >= {packed}
    assert len({row["Event ID"] for row in of[fsma.TRANSFORMATION]}) == 1
    assert of[fsma.SALE][0]["Immediate subsequent recipient"] == "1 buyer"
    assert of[fsma.SHIPPING][0]["Location of the event"].startswith(
        "Base, "
    )  # maybe somebody's home
    everything = "\n".join(str(row) for row in rows)
    assert not [one for one in PARTICULARS.values() if one.name in everything]

    only = await table("fsma204.csv", await _of_lot(packed))
    assert {row["Traceability lot code"] for row in only} == {harvested, packed, mixed}
    before = Scope(groups=SCOPE.groups, today=TODAY, until=TODAY - timedelta(days=1))
    assert await table("fsma204.csv", before) == []
    with zipfile.ZipFile(io.BytesIO(await bytes_of("fsma204.xlsx"))) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == len(rows) + 1


async def _of_lot(code: str) -> Scope:
    [row] = await in_use().query("SELECT id FROM lot WHERE code = {}", code)
    return Scope(groups=SCOPE.groups, today=TODAY, lot=row["id"])


async def test_the_six_tables_hold_together_and_name_farmers_only_where_they_may(
    db: Database,
) -> None:
    there = await farm(db)
    await stall_in_village()
    six = {name: await table(f"{name}.csv") for name in (one.name for one in acfs.SHEETS)}
    operators = {row["operator_code"] for row in six["operator"]}
    crops = {row["crop_code"] for row in six["crop"]}
    farmers = {row["farmer_code"] for row in six["farmer"]}
    assert {row["operator_code"] for row in six["farmer"] + six["plot"]} <= operators
    assert {row["network_code"] for row in six["operator"] + six["product"]} <= operators | {""}
    assert {row["farmer_code"] for row in six["plot"]} <= farmers | {""}
    assert {row["crop_code"] for row in six["product"]} <= crops
    [land] = [row for row in six["plot"] if row["plot_code"] == there.plot_code]
    assert (land["rai"], land["area_code"], land["certificate_number"], land["stage"]) == (
        "2", "900901", there.number, "อินทรีย์",
    )  # fmt: skip
    assert land["latitude"] != "7.076"  # near, as on the plot's page
    assert {row["name"] for row in six["farmer"]} == {""}
    named = await table("farmer.csv", Scope(groups=(RATTAPHUM,), today=TODAY, names=True))
    assert PARTICULARS[MALEE].name in {row["name"] for row in named}

    await in_use().query("UPDATE producer_group SET name_en = {} WHERE id = {}", "=1+1", RATTAPHUM)
    with zipfile.ZipFile(io.BytesIO(await bytes_of("acfs.zip"))) as file:
        assert file.testzip() is None
        assert file.namelist() == [f"{one.name}.csv" for one in acfs.SHEETS]
        assert file.read("operator.csv").startswith(b"\xef\xbb\xbf")
        assert "'=1+1" in file.read("operator.csv").decode()
    for name in ("acfs.csv", "fsma204.zip", "farmer.xlsx", "../farmer.csv", ""):
        with pytest.raises(NoSuchSheet):
            exchanged.file(name, SCOPE, ORIGIN, NOW)


async def test_the_catalogue_says_what_the_shop_says_in_words_that_others_know(
    db: Database,
) -> None:
    document = await offered(db)
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"])
    known = set((VENDOR / "dfc/words.txt").read_text().split())
    terms = {word for node in nodes.values() for word in node if word.startswith("dfc-")}
    assert terms <= known
    context = json.loads((VENDOR / "dfc/context.json").read_text())["@context"]
    assert {"dfc-b", "dfc-m", "skos", "rdfs"} <= set(context)
    plain, organic = (one for one in nodes.values() if one["@type"] == "dfc-b:SuppliedProduct")
    assert plain["dfc-b:hasCertification"] == []
    item = nodes[organic["dfc-b:referencedBy"][0]]
    offer = nodes[item["dfc-b:offeredThrough"][0]]
    assert nodes[organic["dfc-b:suppliedBy"]]["@type"] == "dfc-b:Enterprise"
    assert offer["dfc-b:hasPrice"]["dfc-b:value"] == 4.0  # a step of 100 g at 40 baht
    assert item["dfc-b:stockLimitation"] == 60
    paper = nodes[organic["dfc-b:hasCertification"][0]]
    assert paper["https://schema.org/certificationStatus"]["@id"].endswith("Active")
    dangling = [one for node in nodes.values() for one in links(node) if one not in nodes]
    assert dangling == []
    said = json.dumps(document, ensure_ascii=False)
    assert not [one for one in PARTICULARS.values() if one.name in said or one.phone in said]


@pytest.mark.node_packages
async def test_the_consortiums_own_program_reads_enterprises_items_prices_and_certificates(
    db: Database,
) -> None:
    document = await offered(db)
    ended = subprocess.run(
        [program("node") or "", NODE / "dfc.mjs"], input=json.dumps(document), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    read = json.loads(ended.stdout)
    said = [one for one in document["@graph"] if one["@type"] == "dfc-b:Enterprise"]
    assert {(one["id"], one["name"]) for one in read["enterprises"]} == {
        (one["@id"], one["dfc-b:name"]) for one in said
    }
    assert {(one["price"], one["stock"], one["of"]) for one in read["items"]} == {
        (4, 60, "คะน้า"), (4, 100, "คะน้า"),
    }  # fmt: skip
    papers = [one["@id"] for one in document["@graph"] if "skos:notation" in one]
    assert sorted(one for item in read["items"] for one in item["certifications"]) == papers


def links(node: dict[str, Any]) -> Iterator[str]:
    """Of its own addresses those that name another node; a certificate's file is none."""
    for name, said in node.items():
        for one in said if isinstance(said, list) else [said]:
            address = one.get("@id", "") if isinstance(one, dict) else one
            own = isinstance(address, str) and address.startswith(ORIGIN)
            if name != "@id" and own and not address.endswith("vc.json"):
                yield address


async def offered(db: Database) -> dict[str, Any]:
    """Malee's organic kale beside the stall's plain one."""
    malee = await farm(db)
    harvested = await malee.harvest(6_000)
    there = await stall_in_village()
    [goods] = await products.of_crop(NETWORK, "kale")
    stock = await lots.stock_of(harvested.lot)
    made = MakeOffer(new_id(), there.cycle, stock.id, goods.id, 4_000, 100)
    await run(offers.offer, made, by=DAO, at=NOW)
    body = b"".join([part async for part in catalogue.streamed(NOW, ORIGIN)])
    return json.loads(body)
