"""Documents of others: what is EPCIS 2.0 is accepted, what is not is refused with reasons."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from market import cli
from market.domain.epcis import check
from tests.epcis import VENDOR, faults, outside

PLAIN = {
    "@context": [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"shop": "https://shop.example.org/words#"},
    ],
    "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-22T02:00:00Z",
    "epcisBody": {"eventList": [
        {
            "type": "ObjectEvent", "action": "ADD", "bizStep": "receiving",
            "disposition": "in_progress",
            "eventTime": "2026-11-22T09:00:00.000+07:00", "eventTimeZoneOffset": "+07:00",
            "epcList": ["https://khiao.example.org/L/7K2M9QXD"],
            "quantityList": [
                {"epcClass": "https://khiao.example.org/L/7K2M9QXD", "quantity": 2.5, "uom": "KGM"}
            ],
            "sourceList": [{"type": "location", "source": "https://shop.example.org/1"}],
            "ilmd": {"shop:shelf": "A4"}, "shop:colour": "green",
        },
    ] * 2},
}  # fmt: skip
Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, tuple[tuple[int, str, str], Change]] = {
    "no context": ((0, "@context", "missing"), lambda d: d.pop("@context")),
    "words of nobody": ((2, "bizStep", "not_a_word"), lambda d: at(d).update(bizStep="selling")),
    "its address": (
        (2, "bizStep", "not_a_word"),
        lambda d: at(d).update(bizStep="https://ref.gs1.org/cbv/BizStep-selling"),
    ),
    "a disposition": (
        (2, "disposition", "not_a_word"), lambda d: at(d).update(disposition="in_transport"),
    ),
    "a party": (
        (2, "sourceList.1.type", "not_a_word"), lambda d: at(d)["sourceList"][0].update(type="at"),
    ),
    "ilmd of nobody": (
        (2, "ilmd.shelf", "no_namespace"), lambda d: at(d)["ilmd"].update(shelf="A"),
    ),
    "ilmd observed": ((2, "ilmd", "only_when_added"), lambda d: at(d).update(action="OBSERVE")),
    "an action": ((2, "action", "not_an_action"), lambda d: at(d).update(action="CREATE")),
    "no action": ((2, "action", "missing"), lambda d: at(d).pop("action")),
    "no time": ((2, "eventTime", "missing"), lambda d: at(d).pop("eventTime")),
    "a day": ((2, "eventTime", "not_a_time"), lambda d: at(d).update(eventTime="22-11-2026")),
    "no zone": (
        (2, "eventTime", "not_a_time"), lambda d: at(d).update(eventTime="2026-11-22T09:00:00"),
    ),
    "a month too many": (
        (2, "eventTime", "not_a_time"), lambda d: at(d).update(eventTime="2026-13-22T09:00:00Z"),
    ),
    "a paper": (
        (2, "certificationInfo", "not_an_address"), lambda d: at(d).update(certificationInfo=42),
    ),
    "kilos in words": (
        (2, "quantityList.1.quantity", "not_a_number"),
        lambda d: at(d)["quantityList"][0].update(quantity="2.5"),
    ),
    "a field more": (
        (2, "quantityList.1.colour", "unknown_field"),
        lambda d: at(d)["quantityList"][0].update(colour="green"),
    ),
    "a field of nobody": ((2, "colour", "no_namespace"), lambda d: at(d).update(colour="green")),
    "about nothing": (
        (2, "epcList", "names_nothing"),
        lambda d: [at(d).pop(name) for name in ("epcList", "quantityList")],
    ),
    "nothing at all": (
        (0, "eventList", "not_a_list"), lambda d: d["epcisBody"].update(eventList=[]),
    ),
}  # fmt: skip


def at(document: dict[str, Any]) -> dict[str, Any]:
    """The second event."""
    found: dict[str, Any] = document["epcisBody"]["eventList"][1]
    return found


def test_each_way_to_be_wrong_is_named_with_event_and_field() -> None:
    assert check.read(json.dumps(PLAIN).encode()).faults == ()
    wrong = []
    for name, (expected, change) in WRONG.items():
        document = json.loads(json.dumps(PLAIN))
        change(document)
        found = check.read(json.dumps(document).encode()).faults
        if check.Fault(*expected) not in found:
            wrong.append((name, found))
    assert wrong == []
    assert [one.kind for one in check.read(b"\xff{").faults] == ["not_json"]
    assert [one.kind for one in check.read(b"[" * 100_000).faults] == ["not_json"]


def test_what_others_say_is_valid_is_accepted_and_what_is_not_is_refused() -> None:
    valid = sorted((VENDOR / "capture/valid").glob("*.json")) + sorted(VENDOR.glob("*.jsonld"))
    assert {one.name: check.read(one.read_bytes()).faults for one in valid} == {
        one.name: () for one in valid
    }
    for one in (VENDOR / "capture/invalid").glob("*.json"):
        assert check.read(one.read_bytes()).faults, one.name


def test_gs1s_own_examples_are_accepted_and_what_gs1s_schema_refuses_is_refused() -> None:
    examples = sorted(outside("gs1-examples").rglob("*.jsonld"))
    assert len(examples) >= 7
    assert [(one.name, f) for one in examples if (f := check.read(one.read_bytes()).faults)] == []
    for _, change in WRONG.values():
        document = json.loads(json.dumps(PLAIN))
        change(document)
        if faults(document):
            assert check.read(json.dumps(document).encode()).faults


def test_the_command_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps(PLAIN))
    assert cli.main(["check", "epcis", str(file)]) == 0
    document = json.loads(json.dumps(PLAIN))
    at(document).update(bizStep="selling")
    file.write_text(json.dumps(document))
    assert cli.main(["check", "epcis", str(file)]) == 1
    said = capsys.readouterr().out
    assert "Event 2, bizStep: is no word of CBV 2.0" in said
    assert "เหตุการณ์ที่ 2, bizStep: ไม่ใช่คำใน CBV 2.0" in said
