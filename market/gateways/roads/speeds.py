"""How fast a laden pick-up goes along a way of OpenStreetMap, by its tags; and where it does not.

Speeds by class, surface and track are those of OSRM's car profile (BSD-2, see docs/data.md), which
were tuned against driven routes. Farm tracks and paths are roads where a tag lets cars in, other
tracks when they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Tags = Mapping[str, str]

FASTEST_KMH = 85.0
OF_THE_LIMIT = 0.8
"""What of a signed limit is reached on average."""
CLASSES = {
    "motorway": 90, "motorway_link": 45, "trunk": 85, "trunk_link": 40, "primary": 65,
    "primary_link": 30, "secondary": 55, "secondary_link": 25, "tertiary": 40, "tertiary_link": 20,
    "unclassified": 25, "residential": 25, "living_street": 10, "service": 15, "road": 25,
    "track": 10, "path": 10, "pedestrian": 10,
}  # fmt: skip
SURFACES = {
    "cement": 80, "compacted": 80, "fine_gravel": 80, "paving_stones": 60, "metal": 60,
    "bricks": 60, "grass": 40, "wood": 40, "sett": 40, "grass_paver": 40, "gravel": 40,
    "unpaved": 40, "ground": 40, "dirt": 40, "pebblestone": 40, "cobblestone": 30, "clay": 30,
    "earth": 20, "stone": 20, "rocky": 20, "sand": 20, "laterite": 15, "mud": 10,
}  # fmt: skip
TRACKS = {"grade1": 60, "grade2": 40, "grade3": 30, "grade4": 25, "grade5": 20}
SMOOTHNESS = {"intermediate": 80, "bad": 40, "very_bad": 20, "horrible": 10, "very_horrible": 5}
NOT_FOR_CARS = frozenset(["path", "pedestrian"])
SAID = frozenset(["yes", "permissive", "designated"])
CLOSED = frozenset([
    "no", "agricultural", "forestry", "emergency", "psv", "bus", "taxi", "foot", "restricted",
    "military", "official",
])  # fmt: skip
WHO_ONLY = frozenset(["private", "delivery", "destination", "customers", "permit", "residents"])
"""Open to who is going there; nobody drives through."""
NOT_THROUGH = 0.5
HIERARCHY = ("motorcar", "motor_vehicle", "vehicle", "access")
PASSABLE = frozenset([
    "cattle_grid", "border_control", "toll_booth", "sally_port", "no", "entrance",
    "height_restrictor", "arch", "kerb", "gate", "lift_gate", "swing_gate",
])  # fmt: skip
SIGNAL_S, GATE_S = 2.0, 60.0
MPH = 1.609344


def speeds(tags: Tags, *, tracks: bool = False) -> tuple[float, float] | None:
    """Kilometres an hour forward and backward, 0 where that is not allowed; None: no way for us."""
    kind, access = tags.get("highway", ""), _first(tags, HIERARCHY)
    if kind not in CLASSES or not _open(tags, kind, access, tracks=tracks):
        return None
    share = NOT_THROUGH if access in WHO_ONLY else 1.0
    forward = share * _speed(tags, kind, "forward")
    backward = share * _speed(tags, kind, "backward")
    oneway = tags.get("oneway:motor_vehicle") or tags.get("oneway", "")
    if oneway in ("-1", "reverse"):
        return 0.0, backward
    implied = kind == "motorway" or tags.get("junction") in ("roundabout", "circular")
    if oneway in ("yes", "1", "true") or (implied and oneway != "no"):
        return forward, 0.0
    return forward, backward


def _open(tags: Tags, kind: str, access: str, *, tracks: bool) -> bool:
    if tags.get("area") == "yes" or tags.get("smoothness") == "impassable":
        return False
    if access in CLOSED or (kind == "service" and access == "private"):
        return False
    if kind in NOT_FOR_CARS:
        return _first(tags, HIERARCHY[:-1]) in SAID
    return kind != "track" or tracks or access in SAID


def _first(tags: Tags, keys: Sequence[str]) -> str:
    return next((tags[key] for key in keys if key in tags), "")


def _speed(tags: Tags, kind: str, way: str) -> float:
    signed = limit(tags.get(f"maxspeed:{way}") or tags.get("maxspeed", ""))
    rough = kind == "track" or kind in NOT_FOR_CARS
    most = signed * OF_THE_LIMIT if signed and not rough else CLASSES[kind]
    worn = (
        table.get(tags.get(key, ""), FASTEST_KMH)
        for key, table in (("surface", SURFACES), ("tracktype", TRACKS), ("smoothness", SMOOTHNESS))
    )
    return float(min(FASTEST_KMH, most, *worn))


def limit(said: str) -> float:
    """Of `60`, `60 km/h` or `40 mph`; 0 where nothing is said that can be read."""
    number, _, unit = said.partition(" ")
    if not number.isascii() or not number.isdigit() or len(number) > 3:
        return 0.0
    return int(number) * (MPH if unit == "mph" else 1.0)


def blocks(tags: Tags) -> bool:
    """A bollard, a wall, a stone in the way."""
    if access := _first(tags, HIERARCHY):
        return access in CLOSED
    return "barrier" in tags and tags["barrier"] not in PASSABLE


def delay_s(tags: Tags) -> float:
    """At a place on the way."""
    if tags.get("highway") == "traffic_signals":
        return SIGNAL_S
    return GATE_S if tags.get("barrier", "").endswith("gate") and not blocks(tags) else 0.0
