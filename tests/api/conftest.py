"""`doors` and the engine, as for the pages."""

from tests.web.conftest import doors, engine

__all__ = ["doors", "engine"]
