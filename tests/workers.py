"""Which worker runs which test: one seeds what takes long to seed, and runs all that stands on it.

Every other test goes to whoever is free.
"""

from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

DEAR = ("browser", "demo", "faults")
"""Folders of tests; each has one demo or one history, made once for the worker."""


class ByFolder(LoadScopeScheduling):
    """xdist hands out whole scopes, the largest first; here most scopes are one test."""

    def _split_scope(self, nodeid: str) -> str:
        folder = PurePath(nodeid.partition("::")[0]).parent.name
        return folder if folder in DEAR else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    return ByFolder(config, log)
