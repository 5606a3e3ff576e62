"""Malee walks round her land; what the phone sends is read, tried and measured."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.basis.refusal import Invalid, Refusal
from certification.plots import shape
from certification.plots.shape import Shape

LON, LAT = 100.26, 7.12
SQUARE = [[100.26, 7.12], [100.261, 7.12], [100.261, 7.121], [100.26, 7.121]]


def polygon(*corners: list[float], closed: bool = True) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]] if closed else [*corners]]}


def exact_m2(lon: float, lat: float, dlon: float, dlat: float) -> float:
    """Area of a frame of meridians and parallels on the WGS 84 ellipsoid (closed form)."""
    e = math.sqrt(shape.ECCENTRICITY2)
    b2 = shape.SEMI_MAJOR_M**2 * (1 - e * e)

    def q(phi: float) -> float:
        s = math.sin(math.radians(phi))
        return s / (1 - e * e * s * s) + math.atanh(e * s) / e

    return b2 * math.radians(dlon) / 2 * (q(lat + dlat) - q(lat))


def test_text_object_feature_and_collection_are_one_plot() -> None:
    bare = polygon(*SQUARE)
    feature = {"type": "Feature", "properties": {"name": "ignored"}, "geometry": bare}
    collection = {"type": "FeatureCollection", "features": [feature]}
    multi = {"type": "MultiPolygon", "coordinates": [bare["coordinates"]]}
    read = [shape.read(it) for it in (bare, json.dumps(bare), feature, collection, multi)]
    assert read == [read[0]] * 5
    assert json.loads(shape.geojson(read[0])) == bare


def test_heights_are_dropped_and_standing_still_adds_no_corner() -> None:
    stood = [[*SQUARE[0], 12.5], [*SQUARE[0], 13], *SQUARE[1:]]
    assert shape.read(polygon(*stood)).rings[0][1] == tuple(SQUARE[1])


def test_a_pond_in_the_plot_does_not_count() -> None:
    pond = [[LON + x, LAT + y] for x, y in ((2e-4, 2e-4), (6e-4, 2e-4), (6e-4, 6e-4), (2e-4, 2e-4))]
    whole = shape.read(polygon(*SQUARE))
    less = shape.read({"type": "Polygon", "coordinates": [[*SQUARE, SQUARE[0]], pond]})
    hole = shape.read({"type": "Polygon", "coordinates": [pond]})
    assert abs(shape.area_m2(whole) - shape.area_m2(less) - shape.area_m2(hole)) <= 1


CASES: list[tuple[Any, type[Refusal]]] = [
    ("", shape.NotAShape),
    ("{", shape.NotAShape),
    ("[" * 5000, shape.NotAShape),
    ({}, shape.NotAShape),
    ({"type": "Point", "coordinates": [LON, LAT]}, shape.NotAShape),
    ({"type": "Polygon", "coordinates": []}, shape.NotAShape),
    ({"type": "Polygon", "coordinates": [None]}, shape.NotAShape),
    ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, shape.NotAShape),
    ({"type": "Polygon", "coordinates": [[[True, False]] * 4]}, shape.NotAShape),
    (polygon([math.nan, LAT], *SQUARE), shape.NotAShape),
    (polygon([math.inf, LAT], *SQUARE), shape.NotAShape),
    ({"type": "FeatureCollection", "features": []}, shape.NotAShape),
    ({"type": "MultiPolygon", "coordinates": [[], []]}, shape.NotAShape),
    (polygon(*SQUARE, closed=False), shape.RingOpen),
    (polygon(SQUARE[0], SQUARE[1], SQUARE[0]), shape.TooFewCorners),
    (polygon(*SQUARE[:3] * 1000), shape.TooManyCorners),
    (polygon(*([lat, lon] for lon, lat in SQUARE)), shape.SwappedCoordinates),
    (polygon(*([lon - 100, lat] for lon, lat in SQUARE)), shape.OutsideThailand),
    (polygon(SQUARE[0], SQUARE[1], SQUARE[3], SQUARE[2]), shape.CrossesItself),
    (polygon([LON, LAT], [LON + 1e-5, LAT], [LON, LAT + 1e-6]), shape.TooSmall),
    (polygon([LON, LAT], [LON + 0.05, LAT], [LON, LAT + 0.05]), shape.TooLarge),
    (polygon([LON, LAT], [LON + 3, LAT], [LON + 3, LAT + 1e-6]), shape.TooLarge),
]


@pytest.mark.parametrize(("given", "why"), CASES)
def test_what_is_no_plot_is_refused_with_the_reason(given: Any, why: type[Refusal]) -> None:
    with pytest.raises(why):
        shape.read(given)


def test_a_crossing_line_is_told_with_its_place() -> None:
    with pytest.raises(shape.CrossesItself) as no:
        shape.read(polygon(SQUARE[0], SQUARE[1], SQUARE[3], SQUARE[2]))
    assert no.value.facts["why"] == "Self-intersection"
    assert float(str(no.value.facts["lon"])) == pytest.approx(LON + 0.0005)
    assert float(str(no.value.facts["lat"])) == pytest.approx(LAT + 0.0005)


def test_a_swapped_point_is_refused() -> None:
    assert shape.read_point(LAT, LON) == (LON, LAT)
    with pytest.raises(shape.SwappedCoordinates):
        shape.read_point(LON, LAT)


def test_half_of_a_neighbour_is_half() -> None:
    one = shape.read(polygon(*SQUARE))
    other = shape.read(polygon(*([lon + 0.0005, lat] for lon, lat in SQUARE)))
    apart = shape.read(polygon(*([lon + 0.001, lat] for lon, lat in SQUARE)))
    assert shape.overlap_permille(one, other) in (499, 500)
    assert shape.overlap_permille(one, apart) == 0
    assert shape.overlap_permille(one, one) in (999, 1000)
    assert shape.covers(one, (LON + 0.0005, LAT + 0.0005))
    assert not shape.covers(one, (LON + 0.002, LAT))


frames = st.tuples(
    st.floats(97.5, 105.5), st.floats(5.7, 20.4), st.floats(1e-4, 0.02), st.floats(1e-4, 0.02)
)


@given(frames)
def test_the_area_agrees_with_the_ellipsoid(frame: tuple[float, float, float, float]) -> None:
    lon, lat, dlon, dlat = (round(part, 7) for part in frame)
    box = [[lon, lat], [lon + dlon, lat], [lon + dlon, lat + dlat], [lon, lat + dlat]]
    read = shape.read(polygon(*box))
    west, south = read.rings[0][0]
    east, north = read.rings[0][2]
    exact = exact_m2(west, south, east - west, north - south)
    assert abs(shape.area_m2(read) - exact) <= 0.51 + exact * 1e-6


stars = st.lists(st.floats(0.3, 1.0), min_size=3, max_size=30).flatmap(
    lambda radii: st.tuples(
        st.just(radii), st.floats(98, 105), st.floats(6, 20), st.floats(2e-4, 5e-3)
    )
)


def star(of: tuple[list[float], float, float, float]) -> Shape:
    """A simple polygon: corners at growing angles round a middle."""
    radii, lon, lat, size = of
    angles = [2 * math.pi * k / len(radii) for k in range(len(radii))]
    return shape.read(
        polygon(
            *(
                [lon + size * r * math.cos(a), lat + size * r * math.sin(a)]
                for r, a in zip(radii, angles, strict=True)
            )
        )
    )


@settings(max_examples=60, deadline=None)
@given(stars)
def test_any_simple_outline_is_read_measured_and_holds_its_point(
    of: tuple[list[float], float, float, float],
) -> None:
    made = star(of)
    assert shape.read(shape.geojson(made)) == made
    assert shape.covers(made, shape.inside(made))
    assert shape.cell(shape.inside(made)) in shape.cells(made)
    backwards = Shape(tuple(ring[::-1] for ring in made.rings))
    assert abs(shape.area_m2(backwards) - shape.area_m2(made)) <= 1
    centre = shape.touching(made).centroid
    per_degree2 = exact_m2(centre.x, centre.y - 5e-5, 1e-4, 1e-4) / 1e-8
    expected = shape.touching(made).area * per_degree2
    assert abs(shape.area_m2(made) - expected) <= 0.51 + expected * 1e-6


@settings(max_examples=60, deadline=None)
@given(stars)
def test_exchanged_coordinates_are_always_noticed(
    of: tuple[list[float], float, float, float],
) -> None:
    turned = [[(lat, lon) for lon, lat in ring] for ring in star(of).rings]
    with pytest.raises(shape.SwappedCoordinates):
        shape.read({"type": "Polygon", "coordinates": turned})


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["type", "coordinates", "features", "geometry"]), inner, max_size=3
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150)
@given(
    json_values | st.fixed_dictionaries({"type": st.just("Polygon"), "coordinates": json_values})
)
def test_nothing_but_a_refusal_comes_of_nonsense(nonsense: Any) -> None:
    with pytest.raises(Invalid):
        shape.read(nonsense)
