"""Draws as they were fixed beforehand and as they came out."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.inspections.tables import Inspection
from certification.plots.tables import Plot
from certification.schemes.tables import SchemeVersion


class Draw(Table, tablename="draw", tags=[PROVEN]):
    """`sealed`, `items` and `came` are open when the visits are done; the log has commitments."""

    id = columns.row_id()
    organ = columns.link(Group)
    scheme = columns.word(20)
    scheme_version = columns.link(SchemeVersion)
    season = column.Integer(default=None)
    """The year, of the common era."""
    number = column.Integer(default=None)
    """1, 2, … of that organ, scheme and season."""
    reason = column.Text(default=None, help_text="Public: no names in it")
    state = columns.word(10)
    """prepared, drawn"""
    items = columns.private(null=False)
    """Codes of the plots that may come out, each on a line, in their order."""
    list_digest = columns.word(64)
    in_force = columns.number()
    """Plots with a certificate on that day, also those drawn before."""
    drawn_before = columns.number()
    to_draw = columns.number()
    share_part = columns.number()
    share_of = columns.number()
    least = columns.number()
    commitment = columns.word(64)
    """SHA-256 of what is sealed."""
    sealed = columns.private(null=False)
    by = columns.person()
    at = columns.instant()
    size = columns.number(null=True)
    """Of the checkpoint."""
    root = columns.word(64, null=True)
    came = columns.private()
    """Codes in the order in which they came out."""
    drawn_by = columns.person(null=True)
    drawn_at = columns.instant(null=True)
    salt = columns.salt()
    draw_in_turn = Unique([organ, scheme, season, number])


class DrawnPlot(Table, tablename="drawn_plot"):
    """Not proven one by one: what came out stands in the draw, and the visit is proven."""

    id = columns.row_id()
    draw = columns.link(Draw)
    turn = column.Integer(default=None)
    plot = columns.link(Plot)
    inspection = columns.link(Inspection, null=True)
    drawn_plot_once = Unique([draw, turn])


class DrawnLetGo(Table, tablename="drawn_let_go", tags=[PROVEN, APPEND_ONLY]):
    """Nobody is sent there any more: its certificate ended meanwhile. The draw stays as it came
    out; of the plot only the turn is told, as long as the draw is not open."""

    id = columns.row_id()
    draw = columns.link(Draw)
    turn = column.Integer(default=None)
    """In which it came out."""
    reason = columns.private(null=False)
    """Public once the draw is open: no names in it."""
    by = columns.person()
    at = columns.instant()
    salt = columns.salt()
    drawn_let_go_once = Unique([draw, turn])
