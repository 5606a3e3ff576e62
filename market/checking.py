"""`market check epcis FILE`: whether a file, ours or another's, is EPCIS 2.0; if not, why."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from market.answers.terminal import tell
from market.answers.words import LANGUAGES, words
from market.domain.epcis import check
from market.domain.epcis.check import Fault
from market.settings import Settings

FAULTS_SHOWN = 50


def add_to(commands: Any) -> None:
    checked = commands.add_parser("check", help="files of other systems")
    kinds = checked.add_subparsers(required=True, metavar="KIND")
    events = kinds.add_parser("epcis", help="is it EPCIS 2.0? each fault by event and field")
    events.add_argument("file", type=Path, metavar="FILE")
    events.set_defaults(run=run_check)


def run_check(_: Settings, given: argparse.Namespace) -> int:
    try:
        said = given.file.read_bytes()
    except OSError:
        tell("{path} cannot be read.", path=str(given.file))
        return 2
    found = check.read(said)
    for fault in found.faults[:FAULTS_SHOWN]:
        _tell(fault)
    if found.faults:
        tell("{many} faults; nothing was taken in.", many=len(found.faults))
        return 1
    tell("{many} events, all as EPCIS 2.0 has it.", many=len(found.events))
    return 0


def _tell(fault: Fault) -> None:
    for language in LANGUAGES:
        say = words(language)
        why = say(f"epcis.fault.{fault.kind}")
        where = {"event": fault.event, "field": fault.field, "why": why}
        if fault.event == check.WHOLE:
            print(say("Document, {field}: {why}", **where))
        else:
            print(say("Event {event}, {field}: {why}", **where))
