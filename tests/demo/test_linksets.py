"""The linkset of every public id of the demo: by GS1's own schema, and no link in it is dead."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import jsonschema_rs

from certification.basis.database import in_use
from market.app import in_front_of, opened
from market.web.scanned import LETTERS
from tests.databases import mostly_sqlite
from tests.doors import hung
from tests.raw import ask
from tests.seeded import SEEDED_AT

GS1 = Path(__file__).parents[1] / "vendor/gs1"
SCHEMA = jsonschema_rs.validator_for(json.loads((GS1 / "gs1-linkset-schema.json").read_text()))
LINKSET = (b"accept", b"application/linkset+json")
ONE_IN = 1 if "MARKET_LONG" in os.environ else 3
KINDS_MIN = {"lot": 150, "certificate": 20, "plot": 20, "group": 3, "network": 1}


@mostly_sqlite  # where links lead to is no matter of the engine
async def test_every_public_id_is_told_as_a_linkset_whose_links_all_answer(demo):
    """Of the lots one in three is asked, and as many of all links are followed; by `--long` all."""
    wrong, followed, counted = [], {}, dict.fromkeys(KINDS_MIN, 0)
    async with opened(demo):
        app = in_front_of(hung(SimpleNamespace(settings=demo, now=SEEDED_AT)), lambda: SEEDED_AT)
        ids = await in_use().query("SELECT code, kind FROM public_code ORDER BY code")
        for row in ids:
            if row["kind"] not in KINDS_MIN:
                continue
            counted[row["kind"]] += 1
            if row["kind"] == "lot" and counted["lot"] % ONE_IN:
                continue
            address = f"/{LETTERS[row['kind']]}/{row['code']}"
            status, headers, body = await ask(app, "GET", address, LINKSET)
            told = json.loads(body)
            faults = [str(one) for one in SCHEMA.iter_errors(told)]
            kind = dict(headers)[b"content-type"]
            if status != 200 or kind != b"application/linkset+json" or faults:
                wrong.append((address, status, kind, faults))
                continue
            [context] = told["linkset"]
            if context.pop("anchor") != demo.origin + address or not context.pop("itemDescription"):
                wrong.append((address, "anchor or description"))
            for relation, links in context.items():
                followed |= {link["href"]: (link, relation, address) for link in links}
        linked = [*followed.items()]
        assert len(linked) > 500
        for href, (link, relation, address) in linked[::ONE_IN]:
            status, headers, _ = await ask(app, "HEAD", href.removeprefix(demo.origin))
            kind = dict(headers)[b"content-type"].split(b";")[0].decode()
            if (status, kind) != (200, link["type"]):
                wrong.append((address, relation, href, status, kind))
    assert not wrong, "\n".join(map(str, wrong[:20]))
    assert all(counted[kind] >= least for kind, least in KINDS_MIN.items()), counted


def test_the_schema_judges():
    """GS1's own valid example passes, and what we would send if we forgot something does not."""
    assert SCHEMA.is_valid(json.loads((GS1 / "valid-gs1-example.json").read_text()))
    link = {"href": "https://a.th/L/1", "title": "x", "hreflang": ["th"], "type": "text/html"}
    pip = "https://ref.gs1.org/voc/pip"
    sound = {"anchor": "https://a.th/L/1", "itemDescription": "x", pip: [link]}
    assert SCHEMA.is_valid({"linkset": [sound]})
    for name in ("anchor", "itemDescription"):
        assert not SCHEMA.is_valid({"linkset": [{k: v for k, v in sound.items() if k != name}]})
    for spoilt in ({**link, "href": "/L/1"}, {**link, "extra": 1}, {"href": link["href"]}):
        assert not SCHEMA.is_valid({"linkset": [{**sound, pip: [spoilt]}]})
