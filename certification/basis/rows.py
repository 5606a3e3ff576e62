"""What a query gives of a row: no column more than its view names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

View = TypeVar("View", bound=msgspec.Struct)


def as_view(view: type[View], row: Mapping[str, Any]) -> View:
    return view(**{name: row[name] for name in view.__struct_fields__})
