"""The drawings of produce: one for every crop, small, and nothing but shapes."""

import re

from certification.crops import queries as crops
from market.web import produce

SHAPES = {"path", "circle", "ellipse", "rect", "g"}
BYTES_MAX = 600


def test_every_crop_has_its_drawing_and_every_drawing_its_crop():
    drawn = [crop for look in produce.looks().values() for crop in look.crops]
    assert sorted(drawn) == sorted(crop.id for crop in crops.crops())
    assert len(produce.looks()) >= 60
    assert all(look.crops for look in produce.looks().values())


def test_a_drawing_is_small_and_nothing_but_shapes():
    for name, look in produce.looks().items():
        assert len(look.inside) <= BYTES_MAX, name
        assert set(re.findall(r"<([a-z]+)", look.inside)) <= SHAPES, name
        assert "href" not in look.inside, name
        assert not re.search(r"\bon[a-z]+=", look.inside), name


def test_what_is_not_in_the_list_is_leafy():
    assert produce.look_of("unobtainium") == "leafy"
    assert (produce.look_of("kale"), produce.look_of("durian")) == ("kale", "durian")
