"""Garbage is looked for among what tests make, not among all that was imported for them.

That stays to the end: some 350,000 things, each looked at again every few tests.
"""

import gc
from collections.abc import Iterator

import pytest

AT_ONCE = 10_000
"""Things made since the last look; Python's 700 are a look or two in every request."""

gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    result = yield
    gc.freeze()
    gc.set_threshold(AT_ONCE, 10, 10)
    gc.enable()
    return result
