"""What was expected of which planting, and the lots that came of it."""

from __future__ import annotations

from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from certification.plots.tables import Planting
from market.domain.lots.tables import Lot


class Forecast(Table, tablename="forecast", tags=[PROVEN]):
    """Its grams are a row of `stock` whose source it is."""

    id = columns.row_id()
    planting = columns.link(Planting)
    group = columns.link(Group)
    farmer = columns.link(Person)
    crop = columns.word(40, index=True)
    ready_on = columns.day(index=True)
    promised_grams = columns.number()
    """As it was said last; lowering it is no promise broken."""
    percent = columns.number()
    """Of what is promised so much could be ordered before it was there."""
    because = columns.word(10)
    """start, record"""
    claim = columns.word(20)
    """What a harvest of that day would earn, as things stood when it was said."""
    given_up_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()
    forecast_grams = Check((promised_grams > 0) & (percent > 0) & (percent <= 100))


class ForecastDelivery(Table, tablename="forecast_delivery", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    forecast = columns.link(Forecast)
    lot = columns.link(Lot, unique=True)
    at = columns.instant()
