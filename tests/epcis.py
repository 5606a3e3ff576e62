"""GS1's schema where it is at hand, and GS1 Germany's generator of event ids, as judges of ours."""

import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.skips import MISSING

VENDOR = Path(__file__).parent / "vendor" / "epcis"
SHARED = "shared/data/vectors/epcis"
"""Beside the checkout or above it: GS1's own files may not be handed on. Missed by name."""


def outside(name: str) -> Path:
    for above in Path(__file__).resolve().parents:
        if (path := above / SHARED / name).exists():
            return path
    pytest.skip(f"{MISSING}{name} of gs1/EPCIS")


@cache
def schema() -> Any:
    path = outside("schema/EPCIS-JSON-Schema.json")
    return jsonschema_rs.validator_for(json.loads(path.read_text()), validate_formats=True)


def faults(document: dict[str, Any]) -> list[str]:
    return [f"{one.instance_path}: {one.message[:200]}" for one in schema().iter_errors(document)]


def judged(document: dict[str, Any]) -> list[str]:
    """The id of each event as the generator of RalphTro/epcis-event-hash-generator has it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from epcis_event_hash_generator import hash_generator, json_to_py  # noqa: PLC0415

        events = json_to_py.event_list_from_epcis_document_json(json.loads(json.dumps(document)))
        return list(hash_generator.epcis_hashes_from_events(events))
