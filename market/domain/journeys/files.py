"""A journey as GPX 1.1 and as GeoJSON (RFC 7946): the plan's own numbers.

These travel further than a paper: no host, no grower, no buyer stands in them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import msgspec

from certification.basis.units import kilos
from market.domain.journeys.rules import Journey, Spot, Visit, moment

GPX = "http://www.topografix.com/GPX/1/1"


def gpx(of: Journey) -> bytes:
    """Each visit as a waypoint, and the whole as a route from the base to the base."""
    root = ElementTree.Element("gpx", {"version": "1.1", "creator": "Talat Khiao", "xmlns": GPX})
    about = ElementTree.SubElement(root, "metadata")
    _text(about, "name", f"{of.name} {of.on} v{of.version}")
    _text(about, "time", _utc(of.published_at))
    for one in of.visits:
        _point(root, "wpt", one.spot, *_told(of, one))
    route = ElementTree.SubElement(root, "rte")
    _text(route, "name", of.name)
    _text(route, "number", str(of.version))
    _point(route, "rtept", of.base, _at(of, of.leaves_s), of.base.name_th, "", "base")
    for one in of.visits:
        _point(route, "rtept", one.spot, *_told(of, one))
    _point(route, "rtept", of.base, _at(of, of.back_s), of.base.name_th, "", "base")
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _told(of: Journey, one: Visit) -> tuple[str, str, str, str]:
    goods = ", ".join(f"{x.name_th} {x.lot_code} {kilos(x.grams)}" for x in one.goods)
    return _at(of, one.arrive_s), f"{one.seq}. {one.spot.name_th}", goods, one.kind


def _point(parent: ElementTree.Element, tag: str, spot: Spot, *told: str) -> None:
    """In the order in which the schema has them."""
    at = {"lat": f"{spot.lat:.7f}", "lon": f"{spot.lon:.7f}"}
    point = ElementTree.SubElement(parent, tag, at)
    for name, said in zip(("time", "name", "desc", "type"), told, strict=True):
        if said:
            _text(point, name, said)


def _text(parent: ElementTree.Element, name: str, said: str) -> None:
    """Without what XML cannot hold."""
    shown = "".join(c for c in said if c >= " " and c not in "\ufffe\uffff")
    ElementTree.SubElement(parent, name).text = shown


def _at(of: Journey, second: int) -> str:
    return _utc(moment(of.on, second))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def geojson(of: Journey) -> bytes:
    """A point for the base and each visit, and straight lines between them."""
    line = [_lon_lat(spot) for spot in of.points]
    features = [_feature(_dot(of.base), {"kind": "base", "name_th": of.base.name_th,
                                         "name_en": of.base.name_en,
                                         "leave": _bangkok(of, of.leaves_s),
                                         "back": _bangkok(of, of.back_s)})]  # fmt: skip
    features += [_feature(_dot(one.spot), _properties(of, one)) for one in of.visits]
    route: dict[str, object] = {"type": "LineString", "coordinates": line}
    features.append(_feature(route, {"kind": "route", "metres": of.metres, "roads": of.roads}))
    about = {"on": of.on, "truck": of.name, "version": of.version}
    whole = {"type": "FeatureCollection", "features": features, "journey": about}
    return msgspec.json.encode(whole)


def _properties(of: Journey, one: Visit) -> dict[str, object]:
    return {
        "seq": one.seq, "kind": one.kind, "id": one.id,
        "name_th": one.spot.name_th, "name_en": one.spot.name_en,
        "arrive": _bangkok(of, one.arrive_s), "start": _bangkok(of, one.start_s),
        "leave": _bangkok(of, one.leave_s), "grams": one.grams, "crates": one.crates,
        "goods": {x.lot_code: x.grams for x in one.goods}, "load": one.load,
    }  # fmt: skip


def _bangkok(of: Journey, second: int) -> str:
    return moment(of.on, second).isoformat()


def _feature(geometry: dict[str, object], properties: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _dot(spot: Spot) -> dict[str, object]:
    return {"type": "Point", "coordinates": _lon_lat(spot)}


def _lon_lat(spot: Spot) -> list[float]:
    return [spot.lon, spot.lat]
