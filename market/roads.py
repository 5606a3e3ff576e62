"""`market roads build`: an extract of OpenStreetMap becomes the roads that days are planned on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from certification.basis.refusal import Refusal
from market.answers.words import LANGUAGES, words
from market.gateways.roads import ways
from market.gateways.roads.found import CREDIT
from market.settings import Settings


class PackagesMissing(Refusal):
    """osmium and scipy, the extra `roads`."""

    code = "roads.packages_missing"


class NoExtract(Refusal):
    """Not a file of OpenStreetMap, or not to be read."""

    code = "roads.no_extract"


class NoRoads(Refusal):
    """Nothing to drive on, or not there."""

    code = "roads.no_roads"


def add_to(commands: Any) -> None:
    words = commands.add_parser("roads", help="the roads that days are planned on").add_subparsers(
        required=True, metavar="WORD"
    )
    built = words.add_parser("build", help="from an extract of OpenStreetMap; once, and when newer")
    built.add_argument("--pbf", type=Path, required=True, metavar="FILE")
    built.add_argument("--around", type=_spot, metavar="LAT,LON", help="only so far from here")
    built.add_argument("--km", type=float, default=60.0, metavar="KM")
    built.add_argument("--tracks", action="store_true", help="all farm tracks are roads, too")
    built.set_defaults(run=build)


def build(said: Settings, given: argparse.Namespace) -> int:
    try:
        from market.gateways.roads import extract, network  # noqa: PLC0415  (an extra)
    except ImportError as no:
        raise PackagesMissing(missing=str(no.name)) from None
    box = network.around([given.around], given.km * 1_000) if given.around else None
    try:
        roads = extract.read(given.pbf, box, tracks=given.tracks)
    except (OSError, RuntimeError) as no:
        raise NoExtract(file=str(given.pbf), why=str(no)) from None
    if not len(roads.first):
        raise NoRoads(file=str(given.pbf))
    network.save(roads, ways.network_file(said))
    ways.forget(said)
    km = round(float((roads.along[roads.last] - roads.along[roads.first]).sum()) / 1_000)
    for language in LANGUAGES:
        print(words(language)(
            "{km} km of roads, as they were {as_of_day}, are ready for planning. {credit}",
            km=km, as_of_day=roads.as_of, credit=CREDIT,
        ))  # fmt: skip
    return 0


def _spot(said: str) -> tuple[float, float]:
    lat, lon = map(float, said.split(","))
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(said)
    return lat, lon
