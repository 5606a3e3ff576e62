"""`doors`, as for the pages."""

from tests.web.conftest import doors

__all__ = ["doors"]
