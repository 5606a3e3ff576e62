"""Pictures of every page, small enough to be kept with the code."""

from tests.browser.screens import DESK, FOLDER, PHONE, file, listed

BYTES_MOST = 45_000
"""Of a picture, on the average."""
YOUNG_PAGES_MOST = 5
"""That were made since the pictures were taken."""


def test_every_page_has_a_picture_on_a_phone_and_on_a_desk() -> None:
    wanted = {file(route, width) for route in listed() for width in (PHONE, DESK)}
    missing = sorted(one.name for one in wanted if not one.is_file())
    assert len(wanted) > 150
    assert len(missing) <= 2 * YOUNG_PAGES_MOST, missing


def test_no_picture_is_of_a_page_that_is_gone_and_all_are_small() -> None:
    wanted = {file(route, width) for route in listed() for width in (PHONE, DESK)}
    kept = set(FOLDER.glob("*.webp"))
    assert not {one.name for one in kept - wanted}
    assert sum(one.stat().st_size for one in kept) < BYTES_MOST * len(kept)
